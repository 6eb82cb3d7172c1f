"""What the agent says to a person, in Arabic and English: every problem with what to do next, and the texts of the PIN window."""

from typing import NamedTuple


class Both(NamedTuple):
    """One text in both languages."""

    ar: str
    en: str

    def within(self, language: str) -> str:
        return self.en if language == "en" else self.ar


class Problem(NamedTuple):
    """What happened, and what to do next."""

    title: Both
    advice: Both

    @property
    def message(self) -> Both:
        return Both(f"{self.title.ar} {self.advice.ar}", f"{self.title.en} {self.advice.en}")


PROBLEMS: dict[str, Problem] = {
    # the reader
    "no-service": Problem(
        Both("خدمة البطاقات الذكية متوقفة في هذا الجهاز.", "This computer's smart-card service is not running."),
        Both(
            "يكفي تشغيلها: «البطاقة الذكية» ضمن خدمات ويندوز، أو pcscd في لينكس. وإن تعذّر ذلك فإعادة تشغيل الجهاز تحل المشكلة غالبًا.",
            "Start it: “Smart Card” among the Windows services, pcscd on Linux. If in doubt, restarting the computer usually helps.",
        ),
    ),
    "no-reader": Problem(
        Both("لم نجد قارئ بطاقات.", "No card reader was found."),
        Both(
            "يُرجى توصيل القارئ بمنفذ USB، وسنتعرف عليه خلال ثوانٍ.",
            "Plug the reader into a USB port; it is noticed within seconds.",
        ),
    ),
    "no-card": Problem(
        Both("القارئ جاهز، ولا بطاقة فيه.", "The reader is ready, and empty."),
        Both("يُرجى إدخال البطاقة والشريحة إلى الأمام.", "Put your card in, chip first."),
    ),
    "reader-busy": Problem(
        Both("برنامج آخر يستخدم القارئ الآن.", "Another program is using the reader."),
        Both(
            "يُرجى الانتظار لحظات أو إغلاق ذلك البرنامج، وسنتابع من تلقاء أنفسنا.",
            "Wait a moment or close that program; we carry on by ourselves.",
        ),
    ),
    "card-removed": Problem(
        Both("سُحبت البطاقة قبل أن ننتهي.", "The card was taken out before we were done."),
        Both("يُرجى إدخالها من جديد وتركها حتى النهاية.", "Put it back and leave it in until the end."),
    ),
    "mute-card": Problem(
        Both("البطاقة لا تستجيب.", "The card does not answer."),
        Both(
            "يُرجى التأكد من أن الشريحة إلى الأمام وإلى الأعلى، أو مسحها بقطعة قماش جافة وإدخالها من جديد.",
            "Check that the chip goes in first and faces up, or wipe it with a dry cloth and try again.",
        ),
    ),
    "not-supported": Problem(
        Both("هذه البطاقة من نوع لا نستطيع قراءته.", "This is not a kind of card we can read."),
        Both("يُرجى إدخال بطاقة الهوية.", "Put in your ID card instead."),
    ),
    "no-certificate": Problem(
        Both("لا توجد في هذه البطاقة شهادة إلكترونية لهذا الغرض.", "This card holds no certificate for this purpose."),
        Both(
            "الجهة التي أصدرت البطاقة تستطيع تفعيل الشهادة عليها.",
            "The office that issued the card can activate one on it.",
        ),
    ),
    # the PIN
    "wrong-pin": Problem(
        Both("الرقم السري غير صحيح.", "That is not the PIN."),
        Both("يُرجى كتابته من جديد بتأنٍ.", "Take your time and type it again."),
    ),
    "pin-format": Problem(
        Both("الرقم السري من ٦ إلى ٨ أرقام.", "A PIN has 6 to 8 digits."),
        Both("لم تُحتسب محاولة. يُرجى كتابته كاملًا.", "No try was spent. Type all of it."),
    ),
    "last-try": Problem(
        Both("بقيت محاولة واحدة فقط، ولن نستخدمها.", "Only one try is left, and we will not spend it."),
        Both(
            "لو أخطأنا فيها لتوقفت البطاقة. يمكن إعادة العدّ بإدخال الرقم الصحيح في برنامج البطاقة نفسه، أو بمراجعة الجهة التي أصدرتها ومعك البطاقة.",
            "If it failed, the card would be blocked. Enter the right PIN once in the card's own program, "
            "or take the card to the office that issued it: both give you all tries back.",
        ),
    ),
    "pin-blocked": Problem(
        Both("أُوقف الرقم السري لهذه البطاقة بعد محاولات خاطئة.", "This card's PIN is blocked after too many wrong tries."),
        Both(
            "الجهة التي أصدرت البطاقة تعيد تفعيله. ويمكن الدخول الآن بطريقة أخرى.",
            "The office that issued the card can unblock it. Meanwhile, choose another way to log in.",
        ),
    ),
    # the card's work
    "card-answer": Problem(
        Both("ردت البطاقة بما لم نفهمه.", "The card gave an answer we do not understand."),
        Both(
            "يُرجى سحب البطاقة وإدخالها ثم المحاولة من جديد. وإن تكرر ذلك فالبطاقة بحاجة إلى فحص.",
            "Take the card out, put it back and try again. If this keeps happening, have the card looked at.",
        ),
    ),
    "signature-mismatch": Problem(
        Both("توقيع البطاقة لا يطابق شهادتها.", "The card's signature does not fit its certificate."),
        Both(
            "لم نرسل شيئًا. يُرجى عرض البطاقة على الجهة التي أصدرتها.",
            "Nothing was sent. Show the card to the office that issued it.",
        ),
    ),
    # the request
    "timeout": Problem(
        Both("انتهى الوقت.", "Time ran out."),
        Both("لم يُرسل شيء. يُرجى البدء من جديد من صفحة البوابة.", "Nothing was sent. Start again from the portal's page."),
    ),
    "cancelled": Problem(
        Both("أُلغي الطلب.", "The request was cancelled."),
        Both("لم يُرسل شيء. يمكن البدء من جديد من صفحة البوابة.", "Nothing was sent. You can start again from the portal's page."),
    ),
    "busy": Problem(
        Both("طلب آخر ينتظر البطاقة في نافذة أخرى.", "Another request is waiting for the card in another window."),
        Both("يُرجى إتمامه أو إلغاؤه أولًا ثم المحاولة هنا.", "Finish or cancel that one first, then try here again."),
    ),
    "no-window": Problem(
        Both("لم نستطع فتح نافذة الرقم السري.", "The PIN window could not be opened."),
        Both(
            "يُرجى تحديد متصفح افتراضي للجهاز، أو تشغيل قارئ البطاقة بالخيار --browser.",
            "Choose a default browser for this computer, or start the card reader with --browser.",
        ),
    ),
    "window-over": Problem(
        Both("انتهت صلاحية هذه النافذة.", "This window is no longer good."),
        Both("يُرجى البدء من جديد من صفحة البوابة.", "Start again from the portal's page."),
    ),
    # a caller that is no portal's page, or a mistaken one
    "forbidden": Problem(
        Both("قارئ البطاقة لا يعمل مع هذا الموقع.", "The card reader does not work with this site."),
        Both(
            "إن كان موقعك فأضف عنوانه بالخيار --portal.",
            "If the site is yours, name its address with --portal.",
        ),
    ),
    "bad-request": Problem(
        Both("طلب غير مفهوم من صفحة البوابة.", "The portal's page sent a request that cannot be understood."),
        Both("يُرجى تحديث الصفحة والمحاولة من جديد.", "Reload the page and try again."),
    ),
    "not-found": Problem(
        Both("لا شيء في هذا العنوان.", "There is nothing at this address."),
        Both("يُرجى تحديث صفحة البوابة أو تحديث قارئ البطاقة.", "Reload the portal's page, or update the card reader."),
    ),
    "fault": Problem(
        Both("حدث خلل في قارئ البطاقة.", "Something went wrong in the card reader."),
        Both("يُرجى المحاولة من جديد، وإن تكرر فإعادة تشغيله.", "Try again; if it happens again, restart it."),
    ),
}

# What the window says. %(name)s is filled in.
TEXTS: dict[str, Both] = {
    "name": Both("قارئ البطاقة", "Card reader"),
    "authenticate": Both("يطلب تسجيل دخولك ببطاقتك", "asks you to log in with your card"),
    "sign": Both("يطلب توقيعك بالبطاقة على", "asks you to sign with your card"),
    "certificate": Both("يطلب الاطلاع على شهادة توقيعك", "asks to see your signing certificate"),
    "certificate_holds": Both(
        "في الشهادة اسمك ورقمك المدني. ويُطلب الرقم السري بعد ذلك عند التوقيع.",
        "It holds your name and civil number. The PIN is asked for afterwards, when you sign.",
    ),
    "origin_hint": Both(
        "إن لم يكن هذا عنوان الموقع الذي كنت فيه فاختر الإلغاء.",
        "If this is not the address of the site you came from, choose Cancel.",
    ),
    "holder": Both("بطاقة", "Card of"),
    "pin": Both("الرقم السري للبطاقة", "Your card's PIN"),
    "pin_hint": Both("يبقى الرقم في جهازك ولا يصل إلى الموقع.", "It stays on this computer; the site never sees it."),
    "show": Both("إظهار", "Show"),
    "hide": Both("إخفاء", "Hide"),
    "pad": Both("اكتب الرقم السري على لوحة القارئ", "Type the PIN on the reader"),
    "pad_hint": Both(
        "ثم اضغط زر التأكيد الأخضر على القارئ. وللإلغاء الزر الأحمر.",
        "Then press the green key on the reader. The red key cancels.",
    ),
    "two_left": Both(
        "بقيت محاولتان، ولا نستخدم الأخيرة حمايةً لبطاقتك من التوقف. هذه إذن فرصتك الأخيرة هنا.",
        "Two tries are left, and we never spend the last one, so that your card is not blocked. This is your last go here.",
    ),
    "confirm_authenticate": Both("تسجيل الدخول", "Log in"),
    "confirm_sign": Both("توقيع", "Sign"),
    "confirm_certificate": Both("موافق", "Agree"),
    "cancel": Both("إلغاء", "Cancel"),
    "working": Both("البطاقة تعمل الآن", "The card is working"),
    "working_hint": Both("يُرجى ترك البطاقة في القارئ.", "Leave the card in the reader."),
    "looking": Both("نبحث عن البطاقة", "Looking for your card"),
    "follows": Both("تتابع هذه الصفحة القارئ من تلقاء نفسها.", "This page follows the reader by itself."),
    "done_authenticate": Both("تم التحقق من بطاقتك", "Your card was accepted"),
    "done_sign": Both("تم التوقيع", "Signed"),
    "done_certificate": Both("أُرسلت الشهادة", "The certificate was sent"),
    "close": Both("يمكن إغلاق هذه النافذة والعودة إلى الموقع.", "You can close this window and go back to the site."),
    "remove": Both("ولا تنسَ بطاقتك في القارئ.", "Don't forget your card in the reader."),
    "expires": Both("تنتهي صلاحية هذه النافذة بعد دقيقتين من فتحها.", "This window expires two minutes after it was opened."),
    "language": Both("English", "العربية"),
}

_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_TRIES = {
    0: Both("لم تبقَ أي محاولة", "no tries left"),
    1: Both("بقيت محاولة واحدة", "one try left"),
    2: Both("بقيت محاولتان", "two tries left"),
}


def tries_left(tries: int) -> Both:
    """Arabic counts one, two, 3 to 10 (محاولات) and beyond (محاولة) each in its own way; a card has 15 tries at most."""
    counted = "محاولات" if tries <= 10 else "محاولة"
    return _TRIES.get(tries) or Both(f"بقيت {str(tries).translate(_ARABIC)} {counted}", f"{tries} tries left")


def message_of(code: str) -> Both:
    """A code that is not in the table is a fault of ours, and is said to be one."""
    return PROBLEMS.get(code, PROBLEMS["fault"]).message
