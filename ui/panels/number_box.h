// Fields for numbers: the same text means the same number in every locale (core/base/number_text.h), and what cannot be read is
// said, never clamped, rounded or taken for something else. The former value stays then.
//
// A form shows refusal().text() beside its fields. Escape takes back what is being typed. Thread rule: the interface's.
#pragma once

#include <QDoubleSpinBox>
#include <QSpinBox>
#include <utility>

#include "core/base/result.h"

namespace r2t2::ui {

/// Why what was typed last was not taken; empty once something else is typed.
class Refusal final : public QObject {
    Q_OBJECT

public:
    explicit Refusal(QObject* box) : QObject(box) {}
    [[nodiscard]] const QString& text() const { return text_; }
    void set(const QString& text);

Q_SIGNALS:
    void changed(const QString& text);

private:
    QString text_;
};

/// `Box` is Qt's: ranges, arrows, prefix, suffix and the text for the lowest value are as there.
template <typename Box>
class TypedBox : public Box {
public:
    using Value = decltype(std::declval<Box>().value());

    explicit TypedBox(QWidget* parent = nullptr);
    [[nodiscard]] Refusal& refusal() const { return *refusal_; }
    /// Takes what is typed now, as leaving the field does. False: it was refused.
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

}  // namespace r2t2::ui
