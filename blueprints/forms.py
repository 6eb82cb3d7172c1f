"""Forms: what people send, digits folded, errors as texts beside the field. Also turns a step's fields into a form."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field as WtField
from wtforms import FileField, MultipleFileField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from blueprints import mapping
from blueprints.choosing import SlotField
from blueprints.language import switching
from engine import digits, fields
from engine.errors import Refusal
from engine.wording import Text


class Form(FlaskForm):  # type: ignore[misc]
    """A page's main form. A post that only switches the language shows the page again with all that was typed, unjudged."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = False

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        return not switching() and super().validate_on_submit(extra_validators)

    def refuse(self, refusal: Refusal) -> None:
        """Put an operation's refusal beside the field it speaks of, or at the top."""
        field = self._fields.get(refusal.field or "")
        target = field if field is not None else self
        if target is self:
            self.form_errors.append(refusal.message)
        else:
            target.errors = [*target.errors, refusal.message]


def folded(text: str | None) -> str | None:
    """A WTForms filter: digits of any script as 0-9, spaces around gone."""
    return digits.fold(text).strip() if text else text


def required(message: Text) -> Callable[[FlaskForm, WtField], None]:
    def check(_form: FlaskForm, field: WtField) -> None:
        if not field.data or not str(field.data).strip():
            raise StopValidation(message)  # nothing more to say about an empty field

    return check


def form_for(asked: Iterable[fields.Field], options: dict[str, Any]) -> type[Form]:
    """The form class of what a step asks; `options` lists what each register field offers this person, of a centre's times the `Chooser`."""
    made = {field.name: _drawn(field, options.get(field.name, [])) for field in asked}
    return type("StepForm", (Form,), made)


def _drawn(field: fields.Field, offered: Any) -> Any:
    common = {"label": field.label, "description": field.hint or "", "validators": [_rule(field)]}
    if isinstance(field, fields.Several):
        return SelectMultipleField(
            choices=[(str(value), label) for value, label in field.options], coerce=_text, validate_choice=False, **common
        )
    if isinstance(field, fields.Choice):
        return RadioField(
            choices=[(str(value), label) for value, label in field.options], coerce=_text, validate_choice=False, **common
        )
    if isinstance(field, fields.Found):
        return SelectMultipleField(choices=offered, coerce=_text, validate_choice=False, **common)
    if isinstance(field, fields.Slot) and field.at_centre:
        return SlotField(chooser=offered, coerce=_text, **common)
    if isinstance(field, fields.FromRegister | fields.Slot) and not isinstance(field, fields.ByNumber):
        return RadioField(choices=offered, coerce=_text, validate_choice=False, **common)
    if isinstance(field, fields.Photo):
        return PhotoField(**{**common, "validators": []}, asked=field, render_kw={"accept": ",".join(field.types)})
    if isinstance(field, fields.Upload):
        drawn = MultipleFileField if field.most > 1 else FileField
        return drawn(**{**common, "validators": []}, render_kw={"accept": ",".join(field.types)})
    if isinstance(field, fields.Place):
        return PlaceField(**common, asked=field)
    if isinstance(field, fields.LongText):
        return TextAreaField(**common)
    return StringField(**common, render_kw=_keyboard(field))


def _keyboard(field: fields.Field) -> dict[str, str]:
    only_digits = isinstance(field, fields.Pattern) and field.shape.startswith(r"\d")
    return {"inputmode": "numeric"} if only_digits else KEYBOARDS.get(type(field), {})


class PlaceField(StringField):  # type: ignore[misc]
    """Coordinates as a text; beside it a list of areas, of which the chosen one stands for its own, and with scripts a map."""

    def __init__(self, *args: Any, asked: fields.Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.map = mapping.asking(asked)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        chosen = self.asked.named(formdata.get(self.name + AREA) or "") if formdata else None
        if chosen:
            self.data = self.asked.written(chosen.point)


class PhotoField(FileField):  # type: ignore[misc]
    """A picture; with scripts it is cut to its shape before it is sent."""

    def __init__(self, *args: Any, asked: fields.Photo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked


def sent(asked: Iterable[fields.Field]) -> dict[str, str]:
    """What was typed for each field: all that was chosen with spaces between; of a place an area that was chosen, before coordinates."""
    return {field.name: request.form.get(field.name + AREA) or " ".join(request.form.getlist(field.name)) for field in asked}


AREA = "-area"
WITHOUT = "without"  # digests of files attached before that shall go
KEYBOARDS: dict[type[fields.Field], dict[str, str]] = {
    fields.CivilNumber: {"inputmode": "numeric"},
    fields.Whole: {"inputmode": "numeric"},
    fields.Amount: {"inputmode": "decimal"},
    fields.Day: {"inputmode": "numeric", "placeholder": ""},
    fields.Iban: {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _rule(field: fields.Field) -> Callable[[FlaskForm, WtField], None]:
    def check(_form: FlaskForm, drawn: WtField) -> None:
        try:
            field.clean(" ".join(drawn.data) if isinstance(drawn.data, list) else str(drawn.data or ""))
        except Refusal as refusal:
            raise ValidationError(refusal.message) from None

    return check
