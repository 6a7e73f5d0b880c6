#include "ui/panels/number_box.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QStringList>
#include <cmath>
#include <type_traits>

#include "core/base/number_text.h"

namespace r2t2::ui {

namespace {

QString text_of(int value) { return QString::number(value); }
QString text_of(double value) { return QString::fromStdString(number_text(value)); }

/// Without the box's own words around the number.
QString bare(const QString& prefix, const QString& suffix, QString text) {
    if (!prefix.isEmpty() && text.startsWith(prefix)) {
        text.remove(0, prefix.size());
    }
    if (!suffix.isEmpty() && text.endsWith(suffix)) {
        text.chop(suffix.size());
    }
    return text.trimmed();
}

}  // namespace

void Refusal::set(const QString& text) {
    told_ = false;
    if (text != text_) {
        text_ = text;
        Q_EMIT changed(text_);
    }
}

bool Refusal::pass() { return text_.isEmpty() || std::exchange(told_, true); }

QString RefusalList::text() const {
    QStringList lines;
    for (const Refusal* refusal : refusals_) {
        if (!refusal->text().isEmpty()) {
            lines << refusal->text();
        }
    }
    return lines.join(QLatin1Char('\n'));
}

bool RefusalList::commit() {
    bool all = true;
    for (const auto& commit : commits_) {
        all = commit() && all;
    }
    return all;
}

void RefusalList::clear() {
    for (Refusal* refusal : refusals_) {
        refusal->set({});
    }
}

template <typename Box>
TypedBox<Box>::TypedBox(QWidget* parent) : Box(parent), refusal_(new Refusal(this)) {
    this->setLocale(QLocale::c());
    this->setCorrectionMode(QAbstractSpinBox::CorrectToPreviousValue);
    kept_ = this->value();
    QObject::connect(this->lineEdit(), &QLineEdit::textEdited, this, [this] { follow_typing(); });
    QObject::connect(this, &Box::valueChanged, this, [this](Value value) {
        if (this->lineEdit()->isModified()) {
            return;
        }
        if (value != kept_) {  // by arrows or by the form: what was refused is of a former state
            refusal_->set({});
        }
        kept_ = value;
    });
    QObject::connect(this, &QAbstractSpinBox::editingFinished, this, [this] {
        this->lineEdit()->setModified(false);
        kept_ = this->value();
    });
}

/// "0.4" on the way to "0.4+0.1" counts as long as it stands; with the letter that makes it unreadable the former value is back, and what
/// is typed stays to be said.
template <typename Box>
void TypedBox<Box>::follow_typing() {
    refusal_->set({});
    const QString text = this->lineEdit()->text();
    if (this->value() == kept_ || read(text)) {
        return;
    }
    const int cursor = this->lineEdit()->cursorPosition();
    this->setValue(kept_);
    this->lineEdit()->setText(text);
    this->lineEdit()->setCursorPosition(cursor);
    this->lineEdit()->setModified(true);
}

template <typename Box>
bool TypedBox<Box>::commit() {
    this->interpretText();
    this->lineEdit()->setModified(false);
    kept_ = this->value();
    return refusal_->pass();
}

template <typename Box>
QString TypedBox<Box>::shown(Value value) const {
    const bool lowest = value <= this->minimum() && !this->specialValueText().isEmpty();
    return lowest ? this->specialValueText() : this->prefix() + text_of(value) + this->suffix();
}

template <typename Box>
Result<typename TypedBox<Box>::Value> TypedBox<Box>::read(const QString& text) const {
    const QString number = bare(this->prefix(), this->suffix(), text);
    if (!this->specialValueText().isEmpty() && number == this->specialValueText()) {
        return this->minimum();
    }
    const std::string name = (this->accessibleName().isEmpty() ? this->objectName() : this->accessibleName()).toStdString();
    const auto parsed = [&] {
        if constexpr (std::is_same_v<Value, int>) {
            return parse_whole_number(number.toStdString(), name);
        } else {
            return parse_number(number.toStdString(), name);
        }
    }();
    if (!parsed) {
        return parsed.error();
    }
    if (*parsed < this->minimum() || *parsed > this->maximum()) {
        return invalid_input({}, name, number.toStdString(), (text_of(this->minimum()) + QStringLiteral(" to ") + text_of(this->maximum())).toStdString());
    }
    return static_cast<Value>(*parsed);
}

template <typename Box>
QString TypedBox<Box>::textFromValue(Value value) const {
    return text_of(value);
}

template <typename Box>
typename TypedBox<Box>::Value TypedBox<Box>::valueFromText(const QString& text) const {
    const Result<Value> value = read(text);
    return value ? *value : this->value();
}

/// Nothing is kept from being typed: what is wrong is said when the field is left. "1." is on the way to 1.5: it counts once the field
/// is left.
template <typename Box>
QValidator::State TypedBox<Box>::validate(QString& text, int&) const {
    const QString number = bare(this->prefix(), this->suffix(), text);
    const bool on_the_way = number.endsWith(QLatin1Char('.')) || number.endsWith(QLatin1Char(','));
    return !on_the_way && read(text) ? QValidator::Acceptable : QValidator::Intermediate;
}

/// Qt's last word before it goes back to the former value.
template <typename Box>
void TypedBox<Box>::fixup(QString& text) const {
    const Result<Value> value = read(text);
    if (value) {
        text = this->prefix() + text_of(*value) + this->suffix();
        return;
    }
    text = shown(kept_);
    const QString reason = QString::fromStdString(value.error().message()) + QObject::tr("; %1 stays").arg(text);
    refusal_->set(reason);
}

/// Escape takes back what was typed; where nothing was, it is the window's key.
template <typename Box>
void TypedBox<Box>::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && event->modifiers() == Qt::NoModifier && this->lineEdit()->isModified()) {
        refusal_->set({});
        const Value kept = kept_;
        this->lineEdit()->setModified(false);
        this->setValue(kept);
        this->lineEdit()->setText(shown(kept));
        this->selectAll();
        event->accept();
        return;
    }
    Box::keyPressEvent(event);
}

template <typename Box>
void TypedBox<Box>::focusInEvent(QFocusEvent* event) {
    if (!this->lineEdit()->isModified()) {  // a menu that was closed gives the keyboard back in the middle of a number
        kept_ = this->value();
    }
    Box::focusInEvent(event);
}

template class TypedBox<QSpinBox>;
template class TypedBox<QDoubleSpinBox>;

void NumberBox::stepBy(int steps) {
    const double to = arrows_ == Arrows::Multiply ? value() * std::pow(10.0, steps * 0.25) : value() + steps * singleStep();
    // Without the noise of binary fractions: 0.15, not 0.15000000000000002.
    setValue(arrows_ == Arrows::Multiply ? QString::number(to, 'g', 6).toDouble() : QString::number(to, 'f', 9).toDouble());
    selectAll();
}

}  // namespace r2t2::ui
