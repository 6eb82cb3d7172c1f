"""The style page: every component in every state, both languages. Registered in development only."""

from flask import Blueprint, Response
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from blueprints.page import page

blueprint = Blueprint("style", __name__)


def words(ar: str, en: str) -> dict[str, str]:
    return {"ar": ar, "en": en}


PERIODS = [
    (
        "12",
        {
            "title": words("سنة واحدة", "1 year"),
            "hint": words("حتى ١٩ مارس ٢٠١٩", "until 19 March 2019"),
            "aside": words("٢٥٫٠٠٠ ر.ع.", "OMR 25.000"),
        },
    ),
    ("18", {"title": words("سنة ونصف", "1½ years"), "aside": words("٣٧٫٥٠٠ ر.ع.", "OMR 37.500")}),
    ("24", {"title": words("سنتان", "2 years"), "aside": words("٥٠٫٠٠٠ ر.ع.", "OMR 50.000")}),
]


class Sample(FlaskForm):
    class Meta(FlaskForm.Meta):
        csrf = False
        locales = False

    name = StringField(
        words("الاسم الكامل", "Full name"),
        [InputRequired(words("اكتب اسمك كما في البطاقة", "Write your name as on the card"))],
        description=words("كما هو في بطاقتك", "As on your card"),
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(words("البريد الإلكتروني", "E-mail"), [Optional()])
    phone = TelField(words("الهاتف", "Phone"))
    password = PasswordField(words("كلمة المرور", "Password"), [InputRequired(words("اكتب كلمة المرور", "Write your password"))])
    number = IntegerField(words("رقم السجل التجاري", "Commercial registration"), [Optional()])
    amount = StringField(words("الإيجار السنوي", "Yearly rent"))
    day = DateField(words("تاريخ البدء", "Start"), [Optional()])
    code = StringField(words("الرمز", "Code"), description=words("ستة أرقام", "Six digits"))
    once = StringField(words("الرمز", "Code"))
    place = SelectField(
        words("الولاية", "Wilayat"),
        choices=[("1", words("صحار", "Sohar")), ("2", words("مطرح", "Muttrah"))],
        validate_choice=False,
    )
    period = RadioField(
        words("مدة التجديد", "Renewal period"),
        [InputRequired(words("اختر مدة التجديد", "Choose a period"))],
        choices=PERIODS,
        validate_choice=False,
    )
    copies = SelectMultipleField(
        words("أرسل نسخة إلى", "Send a copy to"), choices=[("m", words("البريد", "Mail")), ("s", words("الهاتف", "Phone"))]
    )
    text = TextAreaField(words("ملاحظات", "Remarks"), [InputRequired(words("اكتب سبب الطلب", "Write the reason"))])
    deed = FileField(
        words("سند الملكية", "Title deed"), description=words("PDF أو صورة، حتى ١٠ ميغابايت", "PDF or picture, up to 10 MB")
    )
    agree = BooleanField(
        words("قرأت الشروط وأوافق عليها", "I have read the terms and agree"),
        [InputRequired(words("وافق على الشروط للمتابعة", "Agree to the terms to go on"))],
    )


@blueprint.get("/style")
def style() -> Response:
    """audience: developers"""
    refused = Sample(formdata=None, prefix="refused-")
    refused.validate()
    return page("style/style.html", form=Sample(formdata=None), refused=refused)
