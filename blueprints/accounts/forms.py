"""What people type into the pages of accounts. Fields and their shape; what a password or an address must be, operations/accounts says."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from babel import Locale
from wtforms import BooleanField, EmailField, Field, HiddenField, PasswordField, RadioField, SelectField, StringField, TelField
from wtforms.validators import Optional, StopValidation, ValidationError

from blueprints.forms import Form, folded, required
from engine import digits
from engine.errors import Refusal
from engine.wording import Text, _
from operations import captcha, identifiers, registering
from operations.registering import Registration

# Letters of names only, no dots or slashes: a name goes into mails to an address that nobody has proven yet.
LATIN = r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ' \-]{0,59}"
ARABIC = r"[\u0621-\u064A\u064B-\u0652\u0670-\u06D3' \-]{1,120}"
CIVIL_NUMBER = r"\d{1,9}"
PASSPORT = r"[A-Z0-9]{5,15}"
# As the sources have it: 1229237, and the older 1/52285/0.
COMMERCIAL_REGISTRATION = r"\d{1,10}(/\d{1,10}){0,2}"

EMAIL = {"autocomplete": "email", "maxlength": 254}
PASSWORD_NOW = {"autocomplete": "current-password", "maxlength": 256}
PASSWORD_NEW = {"autocomplete": "new-password", "maxlength": 256}
Check = Callable[[Form, Field], None]


@contextmanager
def refusals_in(form: Form) -> Iterator[None]:
    """What an operation refuses inside the block is said in the form, beside what was typed."""
    try:
        yield
    except Refusal as refusal:
        form.refuse(refusal)


def shaped(pattern: str, message: Text) -> Check:
    def check(_form: Form, field: Field) -> None:
        if not re.fullmatch(pattern, field.data or ""):
            raise ValidationError(message)

    return check


def accepted_by(rule: Callable[[str], object]) -> Check:
    """The operation's own rule for this field."""

    def check(_form: Form, field: Field) -> None:
        try:
            rule(field.data or "")
        except Refusal as refusal:
            raise ValidationError(refusal.message) from None

    return check


def same_as(name: str, message: Text) -> Check:
    def check(form: Form, field: Field) -> None:
        if field.data != form[name].data:
            raise ValidationError(message)

    return check


def compact(text: str | None) -> str | None:
    """Numbers as people write them, `1 / 52285 / 0`, without the spaces."""
    return re.sub(r"\s", "", digits.fold(text)) if text else text


def upper(text: str | None) -> str | None:
    return text.upper() if text else text


def spaced(text: str | None) -> str | None:
    """Words with single spaces between."""
    return " ".join(text.split()) if text else text


class HumanForm(Form):
    """A form that machines would like to send often: a solved CAPTCHA comes with it, or, with scripts off, word of that."""

    purpose: str
    altcha = HiddenField(id="captcha")
    noscript = HiddenField()

    @property
    def scripts_off(self) -> bool:
        return bool(self.noscript.data) and not self.altcha.data

    def by_a_person(self) -> bool:
        """To be asked last: a solution serves once. Where scripts are off, tighter limits and a mailed code stand in."""
        if self.scripts_off or captcha.passed(self.purpose, self.altcha.data or ""):
            return True
        wrong = _("The check that you are not a robot did not succeed. Tick its box again, then send.")
        missing = _("Tick the box that says you are not a robot, and wait for its sign.")
        self.altcha.errors = [wrong if self.altcha.data else missing]
        return False


def kind_field() -> RadioField:
    return RadioField(_("Kind of account"), choices=list(registering.KINDS.items()), default="citizen")


def terms_field() -> BooleanField:
    return BooleanField(
        _("I have read the terms of use and agree to them"), [required(_("Read the terms of use and agree to them to go on."))]
    )


def of_a_business(form: Form, field: Field) -> None:
    """An office, a contractor and an institution have one; anybody else may leave it empty."""
    if not field.data:
        try:
            registering.check_kind(form["kind"].data, "")
        except Refusal as refusal:
            raise StopValidation(refusal.message) from None
        raise StopValidation


def registration_field() -> StringField:
    return StringField(
        _("Commercial registration number"),
        [
            of_a_business,
            shaped(COMMERCIAL_REGISTRATION, _("Write the registration number with digits only, such as 1229237 or 1/52285/0.")),
        ],
        filters=[compact],
        description=_("Needed for an office, a contractor or an institution; anybody else may leave it empty"),
        render_kw={"inputmode": "text", "autocomplete": "off", "dir": "ltr", "maxlength": 30},
    )


def email_field(label: Text = _("E-mail")) -> EmailField:
    return EmailField(
        label,
        [required(_("Write your e-mail address.")), accepted_by(identifiers.email_of)],
        filters=[folded],
        description=_("We send a code there to make sure it is yours"),
        render_kw=EMAIL,
    )


def phone_field(label: Text = _("Mobile number")) -> TelField:
    return TelField(
        label,
        [required(_("Write your mobile number.")), accepted_by(identifiers.mobile_of)],
        filters=[folded],
        description=_("An Omani number; we send a code by SMS"),
        render_kw={"autocomplete": "tel", "maxlength": 20},
    )


def arabic_name_field() -> StringField:
    return StringField(
        _("Full name in Arabic"),
        [Optional(), shaped(ARABIC, _("Write this name in Arabic letters, or leave it empty."))],
        filters=[spaced],
        description=_("It stands on your documents beside the Latin name"),
        render_kw={"dir": "rtl", "lang": "ar", "autocomplete": "off", "maxlength": 120},
    )


_LATIN_LETTERS = _("Write the name in Latin letters, as on your card or passport.")


class RegistrationForm(HumanForm):
    """The chamber's registration form, in the manual's order."""

    purpose = "registration"
    kind = kind_field()
    first_name = StringField(
        _("First name"),
        [required(_("Write your first name.")), shaped(LATIN, _LATIN_LETTERS)],
        filters=[spaced],
        description=_("In Latin letters, as on your card or passport"),
        render_kw={"autocomplete": "given-name", "dir": "ltr", "maxlength": 60},
    )
    middle_name = StringField(
        _("Middle name"),
        [Optional(), shaped(LATIN, _LATIN_LETTERS)],
        filters=[spaced],
        render_kw={"autocomplete": "additional-name", "dir": "ltr", "maxlength": 60},
    )
    family_name = StringField(
        _("Family name"),
        [Optional(), shaped(LATIN, _LATIN_LETTERS)],
        filters=[spaced],
        render_kw={"autocomplete": "family-name", "dir": "ltr", "maxlength": 60},
    )
    arabic_name = arabic_name_field()
    email = email_field()
    phone = phone_field()
    registration = registration_field()
    country = SelectField(_("Country"), render_kw={"autocomplete": "country"}, default="OM")
    identity_type = RadioField(
        _("Identity document"), choices=[("civil-card", _("Civil card")), ("passport", _("Passport"))], default="civil-card"
    )
    identity_number = StringField(
        _("Number of the card or passport"),
        [required(_("Write the number of your civil card or passport."))],
        filters=[compact, upper],
        description=_("The civil number has up to nine digits and stands on the front of the card"),
        render_kw={"autocomplete": "off", "dir": "ltr", "maxlength": 20, "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        [required(_("Choose a password."))],
        description=_("At least 8 characters. Long is better than complicated: a few words in a row are good"),
        render_kw=PASSWORD_NEW,
    )
    confirmation = PasswordField(
        _("Password again"),
        [same_as("password", _("The two passwords differ. Write the same one twice."))],
        render_kw=PASSWORD_NEW,
    )
    terms = terms_field()

    def speak(self, locale: str) -> None:
        """Countries are named and sorted in the person's language."""
        self.country.choices = countries(locale)

    def validate_identity_number(self, field: Field) -> None:
        if self.identity_type.data == "passport":
            shaped(PASSPORT, _("Write the passport number as printed: letters and digits."))(self, field)
        else:
            shaped(CIVIL_NUMBER, _("A civil number has up to 9 digits. It stands on the front of the ID card."))(self, field)

    @property
    def given(self) -> Registration:
        return Registration(
            first_name=self.first_name.data,
            middle_name=self.middle_name.data or "",
            family_name=self.family_name.data or "",
            arabic_name=self.arabic_name.data or "",
            email=identifiers.email_of(self.email.data),
            phone=identifiers.mobile_of(self.phone.data),
            registration=self.registration.data or "",
            country=self.country.data,
            identity_type=self.identity_type.data,
            identity_number=self.identity_number.data,
            password=self.password.data,
            kind=self.kind.data,
            terms=registering.TERMS,
        )


class KindForm(Form):
    """As whom the person uses the portal."""

    kind = kind_field()
    registration = registration_field()


class SignInForm(HumanForm):
    purpose = "sign-in"
    who = StringField(
        _("E-mail or mobile number"),
        [required(_("Write your e-mail address or your mobile number."))],
        filters=[folded],
        render_kw={"autocomplete": "username", "dir": "ltr", "spellcheck": "false", "autocapitalize": "none", "maxlength": 254},
    )
    password = PasswordField(_("Password"), [required(_("Write your password."))], render_kw=PASSWORD_NOW)


class RecoveryForm(HumanForm):
    purpose = "recovery"
    who = StringField(
        _("E-mail or mobile number"),
        [required(_("Write your e-mail address or your mobile number."))],
        filters=[folded],
        description=_("The one you registered with; we send the code there"),
        render_kw={"autocomplete": "username", "dir": "ltr", "spellcheck": "false", "autocapitalize": "none", "maxlength": 254},
    )


class CodeForm(Form):
    code = StringField(_("The code"), [required(_("Write the code we sent you."))], filters=[folded])


class OldPasswordForm(Form):
    old = PasswordField(_("Your password now"), [required(_("Write the password you have now."))], render_kw=PASSWORD_NOW)


class NewPasswordForm(Form):
    """A new password, by the link of the mail."""

    password = PasswordField(
        _("New password"),
        [required(_("Choose a password."))],
        description=_("At least 8 characters; for staff 15"),
        render_kw=PASSWORD_NEW,
    )
    confirmation = PasswordField(
        _("New password again"),
        [same_as("password", _("The two passwords differ. Write the same one twice."))],
        render_kw=PASSWORD_NEW,
    )


class NewPasswordByCodeForm(CodeForm, NewPasswordForm):
    """A new password, by the code that was sent."""


@cache
def countries(locale: str) -> list[tuple[str, str]]:
    """Countries by ISO code; Oman and its neighbours of the Gulf first, then by name."""
    first = ("OM", "AE", "BH", "KW", "QA", "SA")
    names = {
        code: name
        for code, name in Locale(locale).territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in NOT_COUNTRIES
    }
    rest = sorted((name.removeprefix("ال"), code) for code, name in names.items() if code not in first)
    return [(code, names[code]) for code in (*first, *(code for _name, code in rest))]


NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
