"""The page's words, Arabic first."""

LANGUAGES = ("ar", "en")

WORDS = {
    "ar": {
        "direction": "rtl",
        "title": "صندوق التجربة",
        "about": "كل ما ترسله البوابة من بريد ورسائل نصية في وضع التجربة يصل إلى هنا، ولا يخرج إلى أحد.",
        "other": ("English", "en"),
        "filter": "المستلم",
        "placeholder": "بريد أو رقم هاتف",
        "show": "عرض",
        "all": "عرض الكل",
        "mail": "بريد",
        "sms": "رسالة نصية",
        "to": "إلى",
        "from": "من",
        "as_sent": "عرض البريد بتنسيقه",
        "empty": "لا توجد رسائل بعد. تظهر هنا لحظة وصولها.",
        "none_for": "لا توجد رسائل لهذا المستلم.",
        "fail_mail": "استلام البريد موقوف الآن للتجربة.",
        "fail_sms": "استلام الرسائل النصية موقوف الآن للتجربة.",
    },
    "en": {
        "direction": "ltr",
        "title": "Trial mailbox",
        "about": "Every mail and SMS the portal sends while being tried out arrives here and goes to nobody.",
        "other": ("العربية", "ar"),
        "filter": "Recipient",
        "placeholder": "E-mail or phone number",
        "show": "Show",
        "all": "Show all",
        "mail": "Mail",
        "sms": "SMS",
        "to": "To",
        "from": "From",
        "as_sent": "Show the mail as designed",
        "empty": "Nothing yet. Messages appear the moment they arrive.",
        "none_for": "Nothing for this recipient.",
        "fail_mail": "Mail is switched off for a trial.",
        "fail_sms": "SMS is switched off for a trial.",
    },
}
