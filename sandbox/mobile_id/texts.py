"""What the phone's page says, in both languages."""

TEXTS: dict[str, dict[str, str]] = {
    "title": {"ar": "هاتف تجريبي", "en": "Demo phone"},
    "lead": {
        "ar": "هنا يصل طلب الهوية عبر الهاتف كما يصل إلى هاتف حقيقي. لا تُرسل أي رسالة، ولا يُستخدم رقم أحد.",
        "en": "Mobile ID requests arrive here as they would on a real phone. No message is sent and nobody's number is used.",
    },
    "choose": {"ar": "هاتف مَن؟", "en": "Whose phone?"},
    "others": {"ar": "هواتف أخرى", "en": "Other phones"},
    "language": {"ar": "English", "en": "العربية"},
    "number": {"ar": "رقم الهاتف", "en": "Phone number"},
    "civil_number": {"ar": "الرقم المدني", "en": "Civil number"},
    "app": {"ar": "الهوية عبر الهاتف", "en": "Mobile ID"},
    "idle": {"ar": "لا توجد طلبات", "en": "No requests"},
    "idle_hint": {
        "ar": "ابدأ الدخول من البوابة وسيظهر الطلب هنا.",
        "en": "Start logging in at the portal; the request appears here.",
    },
    "asks": {"ar": "تطلب إثبات هويتك", "en": "asks you to prove who you are"},
    "code": {"ar": "رمز المطابقة", "en": "Verification code"},
    "compare": {
        "ar": "إن لم يكن هذا الرمز ظاهرًا في صفحة البوابة فاختر الإلغاء.",
        "en": "If the portal's page does not show this same code, choose Cancel.",
    },
    "pin": {"ar": "الرقم السري", "en": "PIN"},
    "hint": {"ar": "الرقم السري لهذا الهاتف", "en": "The PIN of this phone"},
    "confirm": {"ar": "تأكيد", "en": "Confirm"},
    "cancel": {"ar": "إلغاء", "en": "Cancel"},
    "ignore": {
        "ar": "اترك الطلب دون رد لترى ما يحدث عند انتهاء الوقت.",
        "en": "Leave it unanswered to see what happens when time runs out.",
    },
    "refresh": {"ar": "تحديث", "en": "Refresh"},
    "wrong_2": {"ar": "الرقم السري غير صحيح. بقيت محاولتان.", "en": "That is not the PIN. Two tries left."},
    "wrong_1": {"ar": "الرقم السري غير صحيح. بقيت محاولة واحدة.", "en": "That is not the PIN. One try left."},
    "OK": {"ar": "تم التأكيد. عُد إلى البوابة.", "en": "Confirmed. Go back to the portal."},
    "USER_CANCELLED": {"ar": "أُلغي الطلب.", "en": "The request was cancelled."},
    "TIMEOUT": {"ar": "انتهى الوقت دون رد.", "en": "Time ran out without an answer."},
    "other": {"ar": "لم يصل الطلب إلى هذا الهاتف.", "en": "The request did not reach this phone."},
    "by_itself": {"ar": "هذا الهاتف يؤكد الطلبات تلقائيًا.", "en": "This phone confirms requests by itself."},
    "unknown": {"ar": "لا يوجد هاتف تجريبي بهذا الرقم.", "en": "There is no demo phone with this number."},
    "answers": {"ar": "يرن", "en": "Rings"},
    "not-a-client": {"ar": "الخدمة غير مفعّلة", "en": "No active Mobile ID"},
    "absent": {"ar": "مغلق أو خارج التغطية", "en": "Off or out of coverage"},
    "delivery-error": {"ar": "يتعذر إيصال الطلب", "en": "Request cannot be delivered"},
    "sim-error": {"ar": "عطل في الشريحة", "en": "SIM fault"},
    "hash-mismatch": {"ar": "الشريحة لا تطابق السجل", "en": "SIM does not match the record"},
    "signs-something-else": {"ar": "يوقّع غير المطلوب", "en": "Signs something else"},
    "no_ring": {
        "ar": "هذا الهاتف لا يرن. جرّب رقمه في البوابة لترى رسالة الخطأ.",
        "en": "This phone never rings. Try its number at the portal to see the error message.",
    },
}


def texts_in(language: str) -> dict[str, str]:
    """All texts of one language, by name."""
    return {name: both[language] for name, both in TEXTS.items()}
