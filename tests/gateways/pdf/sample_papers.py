"""Papers as people will hold them: with the shortest and with the longest realistic data."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from blueprints.municipality.clauses import CLAUSES
from engine import digits
from engine.money import Money
from engine.wording import Words
from gateways.pdf import qr
from gateways.pdf.papers import (
    LABELS,
    CivilCertificate,
    Declaration,
    EngineerCard,
    Lease,
    Letter,
    Licence,
    MembershipCertificate,
    Paper,
    Permit,
    Receipt,
    Slip,
    YearStatement,
)

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
    "initials": "التوقيع بالأحرف الأولى",
    "landlord": "المؤجر",
    "tenant": "المستأجر",
    "clauses": "البنود",
    "also_agreed": "ما اتفق عليه الطرفان أيضًا",
    "signature": "التوقيع والتاريخ",
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
    "receipts": "الإيصالات",
    "day": "اليوم",
    "given_back": "المبلغ المردود",
    "only_filed_by": "ما قدّمه فقط",
    "own_use": "لاستعمال الدافع نفسه؛ ويثبت كل دفعة إيصالها. مختوم إلكترونيًّا.",
    "fingerprint": "بصمة ما ورد في الإقرار",
    "counts": "لا يُعتدّ بهذا الإقرار إلا بتوقيع بطاقة الهوية الإلكتروني المحفوظ داخل الملف، وتعرضه برامج قراءة PDF.",
}


def words(en: str, ar: str) -> Words:
    return {"en": en, "ar": digits.arabic_numbers(ar)}


def money(rials: int) -> Words:
    return amount(Money.rials(rials))


def amount(exact: Money) -> Words:
    return {"en": exact.format("en"), "ar": exact.format("ar")}


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


SOHAR = words("Municipality of Sohar", "بلدية صحار")


def short_licence() -> Licence:
    return {
        **_paper(words("Municipal licence", "ترخيص بلدي"), "D-2026-0000042"),
        "authority": SOHAR,
        "licensed": words("The municipality licenses", "ترخص البلدية للمؤسسة الآتية"),
        "company": words("Shamsa Tailoring", "شمسة للخياطة"),
        "to": words(
            "to carry on the activity below at the premises below.", "بمزاولة النشاط المبين أدناه في الموقع المبين أدناه."
        ),
        "rows": [
            (words("Licence number", "رقم الترخيص"), words("2026/00001", "2026/00001")),
            (words("Activity", "النشاط"), words("Office", "مكتب")),
            (words("Commercial registration", "السجل التجاري"), words("1279531", "1279531")),
            (words("Addressing number of the premises", "رقم عنونة الموقع"), words("311/7", "311/7")),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026 م (12 جمادى الآخرة 1448 هـ)")),
            (words("Date of expiry", "تاريخ الانتهاء"), words("22 November 2027", "22 نوفمبر 2027 م (23 جمادى الآخرة 1449 هـ)")),
        ],
        "statement": words(
            "Hang it where customers see it. Scan the code to see whether it still stands.",
            "يوضع في مكان يراه الزبائن. امسح الرمز لمعرفة سريانه.",
        ),
    }


def long_licence() -> Licence:
    rows = short_licence()["rows"]
    filed = (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات"))
    return {
        **short_licence(),
        "company": long_certificate()["company"],
        "rows": [rows[0], (rows[1][0], words("Clothing and tailoring", "الملابس والخياطة")), *rows[2:5], filed, rows[5]],
    }


def short_engineer() -> EngineerCard:
    return {
        **_paper(words("Engineer's card", "بطاقة القيد الهندسي"), "D-2026-0000043"),
        "authority": SOHAR,
        "company": words("Layla Al Hinai", "ليلى الهنائية"),
        "rows": [
            (words("Engineer's number", "رقم القيد"), words("2026/0001", "2026/0001")),
            (words("Discipline", "التخصص"), words("Architecture", "هندسة معمارية")),
            (words("Office", "المكتب"), words("Line Studio", "استوديو الخط")),
            (words("Date of expiry", "تاريخ الانتهاء"), words("22 November 2027", "22 نوفمبر 2027")),
        ],
        "accepted": words(
            "Drawings with this engineer's signature are accepted.", "تُقبل الرسومات التي تحمل توقيع صاحب هذه البطاقة."
        ),
    }


def long_engineer() -> EngineerCard:
    rows = short_engineer()["rows"]
    return {
        **short_engineer(),
        "company": words(
            "Abdulrahman Muhammad Abdullah Al Ghassani Al Maamari", "عبدالرحمن بن محمد بن عبدالله الغساني المعمري الصحاري"
        ),
        "rows": [
            rows[0],
            (rows[1][0], words("Mechanical engineering", "هندسة ميكانيكية")),
            (
                rows[2][0],
                words(
                    "Al Khaleej Al Arabi Integrated Engineering Consultancy LLC",
                    "الخليج العربي المتكاملة للاستشارات الهندسية (ش.م.م)",
                ),
            ),
            rows[3],
            (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات")),
        ],
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


ROP = words("Passports, residency and civil status", "الجوازات والإقامة والأحوال المدنية")
FINES = [
    (words("Resident fine", "غرامة المقيم"), money(10)),
    (words("Immigration fine", "غرامة الهجرة"), money(20)),
    (words("Late renewal of a resident card", "غرامة تأخير تجديد بطاقة مقيم"), money(15)),
]
LATE = words("Late since 31 August 2026", "متأخر منذ 31 أغسطس 2026")
MONTHS = words("Late since 31 August 2026: 3 months begun × OMR 5.000", "متأخر منذ 31 أغسطس 2026: 3 أشهر بدأت × 5.000 ر.ع.")


def fines_receipt() -> Receipt:
    return {
        **short_receipt(),
        "authority": ROP,
        "service": words("Pay late fines", "سداد غرامات التأخير"),
        "lines": [(words("Resident card, for each year", "بطاقة مقيم عن كل سنة"), money(5)), *FINES],
        "notes": [None, LATE, LATE, MONTHS],
        "total": money(50),
    }


def fines_declaration() -> Declaration:
    noted = [
        {"label": label, "value": value, "note": note} for (label, value), note in zip(FINES, (LATE, LATE, MONTHS), strict=True)
    ]
    return {**short_declaration(), "authority": ROP, "lines": [*short_declaration()["lines"], *noted], "total": money(70)}


def short_slip() -> Slip:
    return {
        **_paper(words("Slip: renewed resident card", "قسيمة: بطاقة مقيم مجددة"), "D-2026-0000077"),
        "authority": ROP,
        "opening": words("Approved and paid for, to be collected by", "تمت الموافقة والسداد، وتُسلَّم إلى"),
        "company": words("Rajesh Kumar Menon", "راجيش كومار مينون"),
        "rows": [
            (words("Card number", "رقم البطاقة"), words("70000001", "70000001")),
            (words("Nationality", "الجنسية"), words("Indian", "هندي")),
            (words("Card valid until", "البطاقة صالحة حتى"), words("12 January 2028", "12 يناير 2028 م (14 شعبان 1449 هـ)")),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026 م (12 جمادى الآخرة 1448 هـ)")),
        ],
        "statement": words(
            "Show it with the passport at any office of passports and residency; the card is printed there.",
            "أبرزها مع جواز السفر في أي مكتب للجوازات والإقامة، وتُطبع البطاقة هناك.",
        ),
        "warning": words("This slip is no identity document.", "هذه القسيمة ليست وثيقة هوية."),
    }


def long_slip() -> Slip:
    return {
        **short_slip(),
        "title": words("Slip: resident card in place of a lost one", "قسيمة: بطاقة مقيم بدل فاقد"),
        "company": words(
            "Maria Concepcion de los Santos Reyes Villanueva Macapagal-Fernandez",
            "ماريا كونسبسيون دي لوس سانتوس رييس فيلانويفا ماكاباغال فرنانديز",
        ),
        "rows": [
            *short_slip()["rows"],
            (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات")),
        ],
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


def clauses() -> list[Words]:
    """The portal's own in English; an Arabic of the same length, so that both columns are as full as they will be."""
    arabic = (
        "يسلّم المؤجر العين ومفاتيحها في أول يوم من المدة صالحةً للاستعمال، ويدوّن الطرفان معًا حالتها عند التسليم، "
        "ويلتزم كل منهما بما دُوّن خلال 30 يومًا."
    )
    return [words(str(clause), arabic) for clause in CLAUSES]


def short_lease() -> Lease:
    return {
        **_paper(words("Lease contract", "عقد إيجار"), "D-2026-000007"),
        "authority": words("Municipality of Sohar", "بلدية صحار"),
        "opening": words("This lease is registered with the municipality.", "هذا العقد مسجل لدى البلدية بين"),
        "company": words("Ali and Shamsa", "علي وشمسة"),
        "rows": [
            (words("Contract number", "رقم العقد"), words("2026/00001", "2026/00001")),
            (words("Landlord", "المؤجر"), words("Ali", "علي")),
            (words("Tenant", "المستأجر"), words("Shamsa", "شمسة")),
            (words("What is let", "العين المؤجرة"), words("Plot 441", "قطعة 441")),
            (words("Use", "الاستعمال"), words("A shop", "محل")),
            (words("From", "من"), words("1 December 2026", "1 ديسمبر 2026")),
            (words("Until", "إلى"), words("30 November 2027", "30 نوفمبر 2027")),
            (words("Yearly rent", "الأجرة السنوية"), money(3600)),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026")),
        ],
        "clauses": clauses(),
        "model": words(
            "The clauses are this portal's model text, not a law. The parties may agree otherwise in a supplement.",
            "هذه البنود نص نموذجي من المنصة وليست قانونًا، وللطرفين الاتفاق على غيرها في عقد مكمل.",
        ),
    }


def long_lease() -> Lease:
    """Two companies with the longest names, every row filled."""
    short, company = short_lease(), long_certificate()["company"]
    label = dict(zip(("landlord", "tenant", "place"), (row[0] for row in short["rows"][1:4]), strict=True))
    return {
        **short,
        "company": words(f"{company['en']} and {company['en']}", f"{company['ar']} و{company['ar']}"),
        "rows": [
            short["rows"][0],
            (label["landlord"], company),
            (words("Landlord's number", "رقم المؤجر"), words("1229237", "1229237")),
            (label["tenant"], company),
            (words("Tenant's number", "رقم المستأجر"), words("1279531", "1279531")),
            (label["place"], long_certificate()["rows"][5][1]),
            (words("Addressing number", "رقم العنونة"), words("3110744100", "3110744100")),
            *short["rows"][4:8],
            (words("Deposit", "مبلغ التأمين"), money(125_000)),
            (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات")),
            short["rows"][8],
        ],
    }


def a_supplement() -> Lease:
    """An annex: no clauses of its own, and what the parties wrote."""
    short = short_lease()
    del short["model"]
    del short["clauses"]
    return {
        **short,
        "title": words("Supplement to a lease", "عقد مكمل لعقد إيجار"),
        "opening": words(
            "This annex belongs to the lease named below, which stands from now on as stated here.",
            "هذا ملحق بعقد الإيجار المبيّن أدناه، ويسري العقد من الآن على النحو المذكور هنا.",
        ),
        "rows": [
            (words("Supplement", "العقد المكمل رقم"), words("2", "2")),
            (words("Changed: Yearly rent", "عُدّل: الأجرة السنوية"), money(4200)),
            *short["rows"],
        ],
        "body": {
            "lines": [
                "تُدفع الأجرة على أربع دفعات في السنة، أولها يوم 1/1/2027 بتحويل إلى حساب المؤجر.",
                "للمستأجر أن يركّب مظلة أمام المحل (Awning 3 m) على نفقته، ويزيلها عند نهاية المدة.",
            ],
            "direction": "rtl",
        },
    }


def short_statement() -> YearStatement:
    return {
        "authority": words("Bawaba, the portal of public services", "بوابة الخدمات العامة"),
        "title": words("Statement of payments 2018", "كشف مدفوعات ٢٠١٨"),
        "serial": "",
        "labels": short_declaration()["labels"],
        "payer": words("Salim Al Harthy", "سالم الحارثي"),
        "only_filed_by": None,
        "drawn_at": words("31 December 2018", "٣١ ديسمبر ٢٠١٨"),
        "count": words("1", "١"),
        "lines": [_paid("R-2018-000042", Money.rials(25))],
        "total": amount(Money.rials(25)),
        "given_back": None,
    }


def long_statement() -> YearStatement:
    """Two pages, one line of which was partly given back."""
    paid = [_paid(f"R-2018-{number:06}", Money(1_250_500)) for number in range(1, 17)]
    paid[1]["given_back"] = amount(Money(50_500))
    return {
        **short_statement(),
        "payer": long_receipt()["payer"],
        "only_filed_by": words("Al Waha Office for clearing transactions", "مكتب الواحة لتخليص المعاملات"),
        "count": words("16", "١٦"),
        "lines": paid,
        "total": amount(Money(1_250_500 * 16)),
        "given_back": amount(Money(50_500)),
    }


def _paid(number: str, sum_paid: Money) -> dict[str, Any]:
    return {
        "day": words("22 November 2018", "٢٢ نوفمبر ٢٠١٨"),
        "number": number,
        "reference": "MUNICIPALITY-2018-0000042-2",
        "title": words("Pay violations", "سداد المخالفات"),
        "amount": amount(sum_paid),
        "given_back": None,
    }


MUNICIPALITY = words("Municipality of Sohar", "بلدية صحار")
ALI = words("Ali Said Al Jahdhami", "علي سعيد الجهضمي")


def short_permit() -> Permit:
    """A permit for a large building."""
    return {
        **_paper(words("Major building permit", "إباحة بناء كبرى"), "D-2026-000017"),
        "authority": MUNICIPALITY,
        "opening": words(
            "The municipality permits the building described below to", "تأذن البلدية بإقامة البناء المبيّن أدناه للمالك:"
        ),
        "company": ALI,
        "rows": [
            (words("Permit number", "رقم الإباحة"), words("202600017", "202600017")),
            (words("Plot number", "رقم القطعة"), words("412", "412")),
            (words("Use of the building", "استعمال المبنى"), words("Villa", "فيلا سكنية")),
            (words("Number of floors", "عدد الطوابق"), words("2", "2")),
            (words("Built area (m²)", "المساحة المبنية (م²)"), words("480", "480")),
            (words("Civil number of the engineer", "الرقم المدني للمهندس"), words("7015512", "7015512")),
            (words("Deposit", "التأمين"), money(300)),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026")),
        ],
        "statement": words(
            "Building begins only with the permit to start. The approved drawings hold. The deposit is paid back after completion.",
            "لا يبدأ البناء إلا بتصريح الشروع، ويُلتزم فيه بالمخططات المعتمدة، ويُردّ التأمين بعد اكتمال البناء.",
        ),
        "duplicate_of": None,
    }


def long_permit() -> Permit:
    """A completion certificate in place of a lost one, filed by an office, of a company with long names."""
    short = short_permit()
    rows = short["rows"]
    office = words(
        "Al Ufuq Al Arabi Engineering Consultancy, Urban Planning and Project Supervision Office & Partners LLC",
        "مكتب الأفق العربي للاستشارات الهندسية والتخطيط العمراني والإشراف على المشروعات وشركاؤه (ش.م.م)",
    )
    return {
        **short,
        "title": words("Completion certificate", "شهادة إكمال بناء"),
        "opening": words(
            "The municipality certifies that the building described below is completed as its permit allows. Its owner:",
            "تشهد البلدية بأن البناء المبيّن أدناه قد اكتمل وفق إباحته، ومالكه:",
        ),
        "company": words(
            "Abdulrahman bin Mohammed bin Abdullah bin Sulaiman Al Mazrui, for himself and for his heirs and partners",
            "عبد الرحمن بن محمد بن عبد الله بن سليمان المزروعي، عن نفسه وعن ورثته وشركائه",
        ),
        "rows": [
            *rows[:2],
            (rows[2][0], words("School, mosque or other public building", "مدرسة أو مسجد أو مبنى عام آخر")),
            *rows[3:5],
            (words("Consulting office", "المكتب الاستشاري"), office),
            (words("Contractor", "المقاول"), long_certificate()["company"]),
            (words("Completed on", "تاريخ الإكمال"), words("14 May 2026", "14 مايو 2026")),
            rows[7],
            (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات")),
        ],
        "statement": words(
            "The municipality has inspected the building. With this certificate the owner may ask for the deposit.",
            "عاينت البلدية المبنى، وللمالك بهذه الشهادة أن يطلب ردّ التأمين.",
        ),
        "duplicate_of": "D-2025-004711",
    }


def connection_letter() -> Letter:
    return {
        **_paper(words("Letter for electricity and water", "رسالة الكهرباء والماء"), "D-2026-000018"),
        "authority": MUNICIPALITY,
        "opening": words("To whom it may concern: about the building of", "إلى من يهمه الأمر، بشأن مبنى:"),
        "company": ALI,
        "rows": [
            (words("Subject", "الموضوع"), words("Electricity and water", "الكهرباء والماء")),
            (words("Permit number", "رقم الإباحة"), words("202490003", "202490003")),
            (words("Plot number", "رقم القطعة"), words("96", "96")),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026")),
        ],
        "statement": words(
            "The building is completed. The municipality has no objection to connecting it to electricity and water.",
            "اكتمل المبنى، ولا مانع لدى البلدية من إيصال الكهرباء والماء إليه.",
        ),
    }


CIVIL_STATUS = words("Passports, residency and civil status", "الجوازات والإقامة والأحوال المدنية")
GENUINE = words(
    "As it stands in the register on the day of issue. Scan the code to see whether it is genuine.",
    "البيانات كما هي في السجل يوم الإصدار. للتأكد من صحة الوثيقة امسح الرمز.",
)
ISSUED = (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026"))


def short_birth() -> CivilCertificate:
    """A newborn: no civil number yet."""
    return {
        **_paper(words("Birth certificate", "شهادة ميلاد"), "D-2026-000031"),
        "authority": CIVIL_STATUS,
        "opening": words(
            "This birth is entered in the register of births. The child's name:",
            "هذه الولادة مقيدة في سجل المواليد، واسم المولود:",
        ),
        "company": words("Reem Ali Al Jahdhami", "ريم علي الجهضمية"),
        "rows": [
            (words("Birth certificate number", "رقم شهادة الميلاد"), words("2026/00001", "2026/00001")),
            (words("Sex", "الجنس"), words("Female", "أنثى")),
            (words("Born on", "تاريخ الميلاد"), words("20 November 2026", "20 نوفمبر 2026")),
            (words("Born in", "مكان الميلاد"), words("Sohar Hospital", "مستشفى صحار")),
            (words("Nationality", "الجنسية"), words("Omani", "عمانية")),
            (words("Father", "الأب"), words("Ali Said Al Jahdhami", "علي سعيد الجهضمي")),
            (words("Mother", "الأم"), words("Moza Khalfan Al Jahdhami", "موزة خلفان الجهضمية")),
            ISSUED,
        ],
        "statement": GENUINE,
        "duplicate_of": None,
    }


def long_birth() -> CivilCertificate:
    """In place of a lost one, filed by an office, of a child with the longest names."""
    rows = short_birth()["rows"]
    father = words(
        "Abdulrahman bin Mohammed bin Abdullah bin Sulaiman bin Khalfan Al Mazrui",
        "عبد الرحمن بن محمد بن عبد الله بن سليمان بن خلفان المزروعي",
    )
    mother = words(
        "Khadija bint Abdulaziz bint Mohammed bin Nasser bin Hamdan Al Shuaibiyah",
        "خديجة بنت عبد العزيز بن محمد بن ناصر بن حمدان الشعيبية",
    )
    return {
        **short_birth(),
        "company": words(
            "Abdulmajeed bin Abdulrahman bin Mohammed bin Abdullah bin Sulaiman Al Mazrui",
            "عبد المجيد بن عبد الرحمن بن محمد بن عبد الله بن سليمان بن خلفان المزروعي",
        ),
        "rows": [
            rows[0],
            (words("Civil number", "الرقم المدني"), words("21556601", "21556601")),
            (rows[1][0], words("Male", "ذكر")),
            rows[2],
            (
                rows[3][0],
                words(
                    "Sohar Hospital for Women and Children, Sohar, North Al Batinah Governorate",
                    "مستشفى صحار لصحة المرأة والطفل، صحار، محافظة شمال الباطنة",
                ),
            ),
            rows[4],
            (rows[5][0], father),
            (rows[6][0], mother),
            ISSUED,
            (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات")),
        ],
        "duplicate_of": "D-2026-000031",
    }


def short_death() -> CivilCertificate:
    """Of somebody whose number and day of birth nobody knew."""
    return {
        **_paper(words("Death certificate", "شهادة وفاة"), "D-2026-000032"),
        "authority": CIVIL_STATUS,
        "opening": words(
            "This death is entered in the register of deaths, under the name",
            "هذه الوفاة مقيدة في سجل الوفيات باسم",
        ),
        "company": words("Said Rashid Al Jahdhami", "سعيد راشد الجهضمي"),
        "rows": [
            (words("Death certificate number", "رقم شهادة الوفاة"), words("2026/00001", "2026/00001")),
            (words("Sex", "الجنس"), words("Male", "ذكر")),
            (words("Died on", "تاريخ الوفاة"), words("9 December 2025", "9 ديسمبر 2025")),
            (words("Died in", "مكان الوفاة"), words("Sohar", "صحار")),
            (words("Nationality", "الجنسية"), words("Omani", "عماني")),
            ISSUED,
        ],
        "statement": GENUINE,
        "duplicate_of": None,
    }


def long_statement_of_registration() -> CivilCertificate:
    rows = long_birth()["rows"]
    return {
        **_paper(words("Proof of registration", "إثبات القيد"), "D-2026-000033"),
        "authority": CIVIL_STATUS,
        "opening": words(
            "This person is entered in civil status as follows:", "الاسم الآتي مقيد في سجل الأحوال المدنية كما يأتي:"
        ),
        "company": long_birth()["company"],
        "rows": [
            (words("Registration number", "رقم القيد"), words("2008/118004", "2008/118004")),
            rows[1],
            rows[3],
            rows[4],
            rows[2],
            rows[5],
            (words("Purpose", "الغرض"), words("Court or inheritance", "المحكمة أو الميراث")),
            *rows[8:],
        ],
        "statement": GENUINE,
        "duplicate_of": None,
    }


RESIDENCY = words("Passports, residency and civil status", "الجوازات والإقامة والأحوال المدنية")


def short_notice() -> Permit:
    """That a residence is renewed, of a child whose father filed it."""
    return {
        **_paper(words("Residence renewal notice", "إشعار تجديد الإقامة"), "D-2026-000021"),
        "authority": RESIDENCY,
        "opening": words("The residence described below is renewed. Its holder:", "جُدّدت الإقامة المبيّنة أدناه، وصاحبها:"),
        "company": words("Anaya Rajesh Menon", "أنايا راجيش مينون"),
        "rows": [
            (words("Residence number", "رقم الإقامة"), words("2024000003", "2024000003")),
            (words("Nationality", "الجنسية"), words("Indian", "هندية")),
            (words("Kind of residence", "نوع الإقامة"), words("Family", "عائلية")),
            (words("Passport number", "رقم الجواز"), words("Z4410023", "Z4410023")),
            (words("Passport valid until", "جواز السفر صالح حتى"), words("4 June 2028", "4 يونيو 2028")),
            (words("Sponsor", "الكفيل"), words("Rajesh Kumar Menon", "راجيش كومار مينون")),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026")),
            (words("Renewed until", "مجددة حتى"), words("22 November 2027", "22 نوفمبر 2027")),
        ],
        "statement": words(
            "Keep this notice with the passport until the resident card is renewed too. Scan the code to see whether it still stands.",
            "يُحفظ هذا الإشعار مع جواز السفر حتى تجديد بطاقة المقيم. امسح الرمز لمعرفة سريانه.",
        ),
        "duplicate_of": None,
    }


def long_notice() -> Permit:
    """Of a worker with a long name, whose sponsor is a company with another, filed by an office and confirmed."""
    short = short_notice()
    rows = short["rows"]
    return {
        **short,
        "company": words(
            "Muhammad Abdul Rahman Chowdhury ibn Muhammad Abdus Sattar Chowdhury Patwary",
            "محمد عبد الرحمن شودري بن محمد عبد الستار شودري باتواري",
        ),
        "rows": [
            *rows[:2],
            (rows[2][0], words("Government sector", "القطاع الحكومي")),
            *rows[3:5],
            (rows[5][0], long_certificate()["company"]),
            (words("Confirmed by the sponsor on", "أكّدها الكفيل في"), words("20 November 2026", "20 نوفمبر 2026")),
            (words("Filed by", "مقدمة بواسطة"), words("Al Waha Clearing Office", "مكتب الواحة لتخليص المعاملات")),
            *rows[6:],
        ],
    }


PASSPORTS = words("Passports, residency and civil status", "الجوازات والإقامة والأحوال المدنية")


def visit_slip() -> Any:
    """To take along: no code and no seal of ours on it."""
    paper = _paper(words("Appointment slip", "بطاقة موعد"), "A-014")
    return {
        **{name: paper[name] for name in ("title", "serial", "labels", "qr")},  # type: ignore[literal-required]
        "authority": PASSPORTS,
        "opening": words("Renew a passport", "تجديد جواز السفر"),
        "company": ALI,
        "rows": [
            (words("Serial number", "الرقم التسلسلي"), words("A-014", "A-014")),
            (words("Centre", "المركز"), words("Sohar centre", "مركز صحار")),
            (words("Address", "العنوان"), words("Sohar, Al Humbar, near the hospital", "صحار، الهمبار، قرب المستشفى")),
            (words("When", "متى"), words("25 November 2026, 8:15 AM", "٢٥ نوفمبر ٢٠٢٦، ٨:١٥ ص")),
            (words("Application number", "رقم المعاملة"), words("RESIDENCY-2026-0000001-2", "RESIDENCY-2026-0000001-2")),
            (
                words("Bring with you", "ما يلزم إحضاره"),
                words(
                    "ID card, The originals of what you attached, For a child: the child, and one of the parents",
                    "البطاقة الشخصية، أصول المستندات المرفقة، للطفل: حضور الطفل مع أحد والديه",
                ),
            ),
        ],
        "arrival": words(
            "Show this code at the entrance when you come, or say your serial number.",
            "يُعرض هذا الرمز عند المدخل، أو يُذكر الرقم.",
        ),
    }


def approved_slip() -> Letter:
    """What the approval at the centre issues, with the longest name."""
    return {
        **_paper(words("Passport application slip", "إشعار طلب جواز سفر"), "D-2026-000019"),
        "authority": PASSPORTS,
        "opening": words(
            "Photo and fingerprints were taken. The passport is being made for", "أُخذت الصورة والبصمات، والجواز قيد الإصدار باسم"
        ),
        "company": words(
            "Abdulrahman bin Abdulmajeed bin Abdulrahim bin Mohammed Al Balushi",
            "عبدالرحمن بن عبدالمجيد بن عبدالرحيم بن محمد البلوشي",
        ),
        "rows": [
            (words("Asked for", "المطلوب"), words("Renew a passport", "تجديد جواز السفر")),
            (words("Serial number", "الرقم التسلسلي"), words("A-014", "A-014")),
            (words("Centre", "المركز"), words("Sohar centre", "مركز صحار")),
            (words("Was there on", "تاريخ الحضور"), words("25 November 2026, 8:15 AM", "٢٥ نوفمبر ٢٠٢٦، ٨:١٥ ص")),
            (
                words("Bring to collect it", "ما يلزم عند الاستلام"),
                words(
                    "This slip, the ID card, and the old passport if there is one",
                    "هذا الإشعار والبطاقة الشخصية، والجواز القديم إن وُجد",
                ),
            ),
        ],
        "statement": words(
            "The new number stands in the passport: the printing house gives it. The centre hands it out.",
            "رقم الجواز الجديد مكتوب فيه، وتعطيه المطبعة. يُسلَّم الجواز في المركز.",
        ),
    }


PAPERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "certificate_short": ("documents/membership_certificate.html", short_certificate),
    "certificate_long": ("documents/membership_certificate.html", long_certificate),
    "licence_short": ("documents/licence.html", short_licence),
    "licence_long": ("documents/licence.html", long_licence),
    "engineer_short": ("documents/engineer_card.html", short_engineer),
    "engineer_long": ("documents/engineer_card.html", long_engineer),
    "receipt_short": ("documents/receipt.html", short_receipt),
    "receipt_long": ("documents/receipt.html", long_receipt),
    "receipt_fines": ("documents/receipt.html", fines_receipt),
    "declaration_fines": ("documents/declaration.html", fines_declaration),
    "slip_short": ("documents/slip.html", short_slip),
    "slip_long": ("documents/slip.html", long_slip),
    "lease_short": ("documents/lease_contract.html", short_lease),
    "lease_long": ("documents/lease_renewal.html", long_lease),
    "lease_supplement": ("documents/lease_supplement.html", a_supplement),
    "declaration_short": ("documents/declaration.html", short_declaration),
    "declaration_long": ("documents/declaration.html", long_declaration),
    "statement_short": ("documents/year_statement.html", short_statement),
    "statement_long": ("documents/year_statement.html", long_statement),
    "permit_short": ("documents/permit.html", short_permit),
    "permit_long": ("documents/completion.html", long_permit),
    "birth_short": ("documents/birth_certificate.html", short_birth),
    "birth_long": ("documents/birth_certificate.html", long_birth),
    "death_short": ("documents/death_certificate.html", short_death),
    "registration_long": ("documents/registration_statement.html", long_statement_of_registration),
    "residence_notice_short": ("documents/residence_notice.html", short_notice),
    "residence_notice_long": ("documents/residence_notice.html", long_notice),
    "connection_letter": ("documents/connection_letter.html", connection_letter),
    "visit_slip": ("documents/appointment_slip.html", visit_slip),
    "approved_slip": ("documents/appointment_slip.html", approved_slip),
}
