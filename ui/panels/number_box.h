// Fields for numbers: the same text means the same number in every locale (core/base/number_text.h), and what cannot be read is
// said, never clamped, rounded or taken for something else. The former value stays then, from the first letter that cannot be read.
//
// A form shows the text of its fields' RefusalList. Escape takes back what is being typed. Thread rule: the interface's.
#pragma once

#include <QDoubleSpinBox>
#include <QSpinBox>
#include <functional>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace r2t2::ui {

/// Why what was typed last was not taken; empty once something else is typed, or the field has another value.
class Refusal final : public QObject {
    Q_OBJECT

public:
    explicit Refusal(QObject* box) : QObject(box) {}
    [[nodiscard]] const QString& text() const { return text_; }
    void set(const QString& text);
    /// False: it stands, and nobody who wanted to use the number has been stopped by it before.
    [[nodiscard]] bool pass();

Q_SIGNALS:
    void changed(const QString& text);

private:
    QString text_;
    bool told_ = false;
};

/// `Box` is Qt's: ranges, arrows, prefix, suffix and the text for the lowest value are as there.
template <typename Box>
class TypedBox : public Box {
public:
    using Value = decltype(std::declval<Box>().value());

    explicit TypedBox(QWidget* parent = nullptr);
    [[nodiscard]] Refusal& refusal() const { return *refusal_; }
    /// Takes what is typed now, as leaving the field does. False, once: it was refused.
    bool commit();

    [[nodiscard]] QString textFromValue(Value value) const override;
    [[nodiscard]] Value valueFromText(const QString& text) const override;
    [[nodiscard]] QValidator::State validate(QString& text, int& position) const override;
    void fixup(QString& text) const override;

protected:
    void focusInEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] Result<Value> read(const QString& text) const;  ///< in range
    [[nodiscard]] QString shown(Value value) const;               ///< with the box's own words
    void follow_typing();
    Refusal* refusal_;
    Value kept_{};  ///< before typing began
};
extern template class TypedBox<QSpinBox>;
extern template class TypedBox<QDoubleSpinBox>;

/// Whole numbers.
using WholeBox = TypedBox<QSpinBox>;

/// Any number, shown with as many digits as it has and kept as it is: nothing is rounded to decimals.
class NumberBox final : public TypedBox<QDoubleSpinBox> {
public:
    enum class Arrows { Add, Multiply };  ///< singleStep() is added, or four steps are a factor of ten
    explicit NumberBox(QWidget* parent = nullptr, Arrows arrows = Arrows::Add) : TypedBox(parent), arrows_(arrows) { setDecimals(kDecimals); }
    void stepBy(int steps) override;

private:
    static constexpr int kDecimals = 40;  ///< enough for every digit of numbers from 1e-23
    Arrows arrows_;
};

/// The refusals of a form's fields: each is shown, each goes by itself.
class RefusalList final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    template <typename Box>
    void add(Box* box) {
        refusals_.push_back(&box->refusal());
        commits_.emplace_back([box] { return box->commit(); });
        connect(&box->refusal(), &Refusal::changed, this, [this] { Q_EMIT changed(text()); });
    }
    [[nodiscard]] QString text() const;  ///< a line a refusal
    bool commit();                       ///< of every box. False, once: something was refused
    void clear();

Q_SIGNALS:
    void changed(const QString& text);

private:
    std::vector<Refusal*> refusals_;
    std::vector<std::function<bool()>> commits_;
};

}  // namespace r2t2::ui
