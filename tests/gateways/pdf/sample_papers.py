"""Papers as people will hold them: with the shortest and with the longest realistic data."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from engine import digits
from engine.money import Money
from engine.wording import Words
from gateways.pdf import qr
from gateways.pdf.papers import LABELS, Declaration, MembershipCertificate, Paper, Receipt

CREATED = datetime(2018, 3, 19, 6, 30, tzinfo=UTC)
# One signed line for the pictures: a signature is different every time, and a golden image must not be.
SIGNED = (
    "1~K7QM-4T2X~OCCI-2018-000123~membership-certificate~2018-03-19~2020-03-19~"
    "bmV2ZXIgYSByZWFsIHNpZ25hdHVyZSwgb25seSBhcyBsb25nIGFzIG9uZS4gYm1WMlpYSWdZU0J5WldGc0lITnBadQ"
)
ARABIC_LABELS = {
    "page": "صفحة",
    "of": "من",
    "serial": "الرقم التسلسلي",
    "code": "رمز التحقق",
    "verify": "للتحقق من هذه الوثيقة، امسح الرمز أو افتح",
    "sealed": "مختومة إلكترونيًا، وصالحة دون ختم أو توقيع.",
    "duplicate": "بدل فاقد عن الشهادة رقم",
    "replacement": "بدل فاقد",
    "receipt_number": "رقم الإيصال",
    "paid_at": "تاريخ الدفع",
    "payer": "الدافع",
    "filed_by": "مقدمة بواسطة",
    "service": "الخدمة",
    "reference": "المعاملة",
    "total": "إجمالي المدفوع",
    "card": "البطاقة",
    "transaction": "مرجع الدفع",
    "declarer": "المُقِرّ",
    "civil_number": "الرقم المدني",
    "price": "المبلغ المطلوب",
    "to_pay": "الإجمالي",
    "drawn_at": "تاريخ الإعداد",
    "fingerprint": "بصمة ما ورد في الإقرار",
    "counts": "لا يُعتدّ بهذا الإقرار إلا بتوقيع بطاقة الهوية الإلكتروني المحفوظ داخل الملف، وتعرضه برامج قراءة PDF.",
}


def words(en: str, ar: str) -> Words:
    return {"en": en, "ar": digits.arabic(ar)}


def money(rials: int) -> Words:
    return {"en": Money.rials(rials).format("en"), "ar": Money.rials(rials).format("ar")}


def latin(en: str, ar: str) -> Words:
    """Words whose Arabic side keeps its figures: identifiers, phones."""
    return {"en": en, "ar": ar}


def _paper(title: Words, serial: str) -> Paper:
    return {
        "authority": words("Oman Chamber of Commerce and Industry", "غرفة تجارة وصناعة عُمان"),
        "title": title,
        "serial": serial,
        "code": "K7QM-4T2X",
        "verify_url": "bawaba.example/verify/K7QM-4T2X",
        "qr": qr.draw(qr.address("https://bawaba.example/verify/K7QM-4T2X", SIGNED)),
        "labels": {name: words(str(text), ARABIC_LABELS[name]) for name, text in LABELS.items()},
    }


def short_certificate() -> MembershipCertificate:
    return {
        **_paper(words("Membership Certificate", "شهادة انتساب"), "OCCI-2018-000123"),
        "certifies": words("The Chamber hereby certifies that", "تشهد الغرفة بأن"),
        "company": words("promising projects", "المشاريع الواعدة"),
        "registered": words("is registered with it as follows:", "مقيّدة لديها وفق البيانات الآتية:"),
        "rows": [
            (words("CR No.", "رقم السجل التجاري"), words("1229237", "1229237")),
            (words("Registered in the grade", "الدرجة"), words("Fourth", "الرابعة")),
            (words("OCCI No.", "رقم الانتساب"), words("91868", "91868")),
            (words("Date of issue", "تاريخ الإصدار"), words("19 March 2018", "19 مارس 2018 م (2 رجب 1439 هـ)")),
            (words("Date of expiry", "تاريخ الانتهاء"), words("19 March 2020", "19 مارس 2020 م (24 رجب 1441 هـ)")),
            (words("Head office", "المركز الرئيسي"), words("Ruwi, Muttrah, Muscat", "روي، مطرح، مسقط")),
        ],
        "statement": words(
            "Issued at the company's request, without liability of the Chamber towards others.",
            "صدرت هذه الشهادة بطلب من المؤسسة، دون أدنى مسؤولية على الغرفة تجاه الغير.",
        ),
        "duplicate_of": None,
    }


def long_certificate() -> MembershipCertificate:
    rows = short_certificate()["rows"]
    return {
        **short_certificate(),
        "company": words(
            "Al Khaleej Al Arabi Integrated Trading, Contracting, Freight Forwarding "
            "and Logistics Services Company & Partners LLC",
            "شركة الخليج العربي المتكاملة للتجارة والمقاولات والشحن والتفريغ والخدمات اللوجستية وشركاؤهم (ش.م.م)",
        ),
        "rows": [
            (rows[0][0], latin("OM-1229237/2018", "OM-1229237/2018")),
            (
                rows[1][0],
                words("International (companies with foreign participation)", "العالمية (الشركات ذات المساهمة الأجنبية)"),
            ),
            *rows[2:5],
            (
                rows[5][0],
                latin(
                    "Building 2471, Way 4832, Bawshar Heights, Al Khuwair South, Bawshar, Muscat Governorate, P.O. Box 423, "
                    "Postal Code 130, telephone +968 2479 3700",
                    "مبنى ٢٤٧١، سكة ٤٨٣٢، مرتفعات بوشر، الخوير الجنوبية، ولاية بوشر، محافظة مسقط، ص.ب ٤٢٣، الرمز البريدي ١٣٠، "
                    "هاتف +968 2479 3700",
                ),
            ),
        ],
        "statement": words(
            "Issued at the company's request, without liability of the Chamber towards others. It stays valid until the "
            "date of expiry above as long as the commercial registration does, "
            "and is genuine only when its verification page says so.",
            "صدرت هذه الشهادة بطلب من المؤسسة، دون أدنى مسؤولية على الغرفة تجاه الغير. وتبقى سارية حتى تاريخ الانتهاء "
            "المذكور أعلاه ما دام السجل التجاري ساريًا، ولا يُعتدّ بها إلا إذا أكدت صفحة التحقق صحتها.",
        ),
        "duplicate_of": "OCCI-2017-998877",
    }


def short_receipt() -> Receipt:
    return {
        **_paper(words("Receipt", "إيصال"), "R-2018-000042"),
        "paid_at": words("19 March 2018, 10:30", "19 مارس 2018، 10:30"),
        "payer": words("Salim Al Harthy", "سالم الحارثي"),
        "filed_by": None,
        "service": words("Membership renewal", "تجديد العضوية"),
        "reference": "M-2018-000077",
        "lines": [(words("First year", "السنة الأولى"), money(25))],
        "total": money(25),
        "card": "Visa 411111 •••••• 1111",
        "transaction": "5212345678906",
    }


def long_receipt() -> Receipt:
    return {
        **short_receipt(),
        "payer": words(
            "Al Khaleej Al Arabi Integrated Trading, Contracting and Logistics Services Company & Partners LLC",
            "شركة الخليج العربي المتكاملة للتجارة والمقاولات والخدمات اللوجستية وشركاؤهم (ش.م.م)",
        ),
        "filed_by": words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات"),
        "service": words(
            "Completion certificate with a letter for electricity and water", "شهادة إكمال بناء مع رسالة الكهرباء والماء"
        ),
        "lines": [
            (words("Membership, first year, international grade", "رسوم السنة الأولى، الدرجة العالمية"), money(1250)),
            (words("Membership, second year", "رسوم السنة الثانية"), money(1250)),
            (words("Old debit, 8 lapsed years", "رسوم سابقة عن 8 سنوات"), money(10000)),
            (words("Certificate", "رسوم الشهادة"), money(4)),
        ],
        "total": money(12504),
        "card": "Mastercard 555555 •••••• 4444",
    }


def row(label: Words, value: Words) -> dict[str, Words]:
    return {"label": label, "value": value}


def short_declaration() -> Declaration:
    paper = _paper(words("Declaration", "إقرار"), "CHAMBER-2018-0000042-2-0CB3F1A2")
    return {
        **{name: paper[name] for name in ("authority", "title", "serial", "labels")},  # type: ignore[literal-required, typeddict-item]
        "service": words("Membership renewal", "تجديد العضوية"),
        "reference": "CHAMBER-2018-0000042-2",
        "declarer": words("Ali Said Al Jahdhami", "علي سعيد الجهضمي"),
        "civil_number": words("1526575", "1526575"),
        "says": words(
            "I declare that what is written in this declaration is true, and ask the chamber to renew the membership for the period "
            "and the fees stated in it.",
            "أقرّ بصحة ما ورد في هذا الإقرار، وأطلب من الغرفة تجديد العضوية للمدة المبيّنة فيه وبالرسوم المذكورة.",
        ),
        "sections": [
            {
                "title": words("Which company is renewing?", "أي مؤسسة تجدد عضويتها؟"),
                "rows": [
                    row(words("Commercial registration", "السجل التجاري"), words("1229237", "1229237")),
                    row(words("Company name", "اسم المؤسسة"), words("promising projects", "المشاريع الواعدة")),
                ],
            },
            {
                "title": words("How long do you want to renew for?", "ما مدة التجديد؟"),
                "rows": [row(words("Renewal period", "فترة التجديد"), words("Two years", "سنتان"))],
            },
        ],
        "also": [row(words("New expiry date", "تاريخ الانتهاء الجديد"), words("19 March 2020", "19 مارس 2020"))],
        "lines": [row(words("First year fees", "رسوم السنة الأولى"), money(25))],
        "total": money(25),
        "seal": "0cb3f1a2" * 8,
        "drawn_at": words("19 March 2018, 10:30 AM", "19 مارس 2018، 10:30 ص"),
    }


def long_declaration() -> Declaration:
    short = short_declaration()
    company = long_certificate()["company"]
    address = long_certificate()["rows"][5]
    answers = [row(words("Company name", "اسم المؤسسة"), company), row(*address), *short["sections"][0]["rows"]]
    return {
        **short,
        "sections": [{"title": short["sections"][0]["title"], "rows": answers}, *short["sections"][1:]],
        "lines": [*short["lines"], *({"label": label, "value": value} for label, value in long_receipt()["lines"])],
        "total": long_receipt()["total"],
    }


PAPERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "certificate_short": ("documents/membership_certificate.html", short_certificate),
    "certificate_long": ("documents/membership_certificate.html", long_certificate),
    "receipt_short": ("documents/receipt.html", short_receipt),
    "receipt_long": ("documents/receipt.html", long_receipt),
    "declaration_short": ("documents/declaration.html", short_declaration),
    "declaration_long": ("documents/declaration.html", long_declaration),
}
