"""Demo people, registers and fees, so that a fresh portal has something to show. Refused in production; running it again is harmless."""

import datetime as dt
from pathlib import Path

from models import Account, Delegation, Office, Operator, Role
from operations import accounts, centres, fees, register_imports
from operations.now import now, today
from operations.staff import Duty

ROOT = Path(__file__).parent.parent
PASSWORD = "Bawaba-demo-2026"
PEOPLE = (
    {
        "email": "ali@example.om",
        "phone": "+96899416689",
        "civil_number": "1526575",
        "first_name": "ALISAID",
        "family_name": "ALJahdhami",
        "arabic_name": "علي سعيد الجهضمي",
    },
    {
        "email": "shamsa@example.om",
        "phone": "+96892345678",
        "civil_number": "7324674",
        "first_name": "Shamsa",
        "middle_name": "Hamed",
        "family_name": "Al Hashmi",
        "arabic_name": "شمسة حمد الهاشمي",
    },
    {
        "email": "salim@example.om",
        "phone": "+96891112233",
        "civil_number": "10203040",
        "first_name": "Salim",
        "middle_name": "Nasser",
        "family_name": "Al Balushi",
        "arabic_name": "سالم ناصر البلوشي",
    },
    {
        "email": "rajesh@example.om",
        "phone": "+96893334455",
        "civil_number": "60123456",
        "first_name": "Rajesh",
        "middle_name": "Kumar",
        "family_name": "Menon",
        "arabic_name": "راجيش كومار مينون",
    },
)
EXTRACTS = (
    "establishments",
    "memberships",
    "addresses",
    "leases",
    "permits",
    "licences",
    "engineers",
    "civil_status",
    "births",
    "deaths",
    "identity_cards",
    "passports",
    "residences",
    "residences_without_card",
    "resident_cards",
)
DESK = "municipality.administration"
STAFF = (
    ("maryam@sohar.example.om", "+96897001001", "Maryam", "Al Shidi", "مريم الشيدي", Duty.CLERK, DESK),
    ("hamad@sohar.example.om", "+96897001002", "Hamad", "Al Farsi", "حمد الفارسي", Duty.CLERK, DESK),
    ("salma@sohar.example.om", "+96897001008", "Salma", "Al Kaabi", "سلمى الكعبي", Duty.CLERK, "municipality.engineering"),
    ("amal@sohar.example.om", "+96897001011", "Amal", "Al Hinai", "أمل الهنائي", Duty.CLERK, "municipality.leases"),
    ("rashid@sohar.example.om", "+96897001009", "Rashid", "Al Maqbali", "راشد المقبالي", Duty.CLERK, "municipality.head"),
    ("khalid@sohar.example.om", "+96897001010", "Khalid", "Al Saidi", "خالد السعيدي", Duty.CLERK, "municipality.finance"),
    ("noor@sohar.example.om", "+96897001021", "Noor", "Al Amri", "نور العامري", Duty.CLERK, "municipality.licences"),
    ("muna@rop.example.om", "+96897001031", "Muna", "Al Rashdi", "منى الراشدية", Duty.CLERK, "residency.residence"),
    ("saif@rop.example.om", "+96897001032", "Saif", "Al Ghafri", "سيف الغافري", Duty.CLERK, "residency.civil"),
    ("jokha@rop.example.om", "+96897001033", "Jokha", "Al Busaidi", "جوخة البوسعيدية", Duty.CLERK, "residency.passports"),
    ("nabil@rop.example.om", "+96897001034", "Nabil", "Al Wahaibi", "نبيل الوهيبي", Duty.SUPERVISOR, "residency"),
    ("thuraya@rop.example.om", "+96897001035", "Thuraya", "Al Mahrouqi", "ثريا المحروقية", Duty.CASHIER, "residency"),
    ("badr@sohar.example.om", "+96897001003", "Badr", "Al Maamari", "بدر المعمري", Duty.SUPERVISOR, "municipality"),
    ("aisha@sohar.example.om", "+96897001004", "Aisha", "Al Zadjali", "عائشة الزدجالي", Duty.CASHIER, "municipality"),
    ("yusuf@bawaba.example.om", "+96897001005", "Yusuf", "Al Kindi", "يوسف الكندي", Duty.ADMINISTRATOR, ""),
    ("huda@bawaba.example.om", "+96897001006", "Huda", "Al Raisi", "هدى الرئيسي", Duty.ADMINISTRATOR, ""),
    ("nasra@bawaba.example.om", "+96897001007", "Nasra", "Al Habsi", "نصرة الحبسي", Duty.AUDITOR, ""),
)
"""E-mail, mobile, names, duty, where. Two clerks of one desk: what one has taken, the other is told of. Two administrators: one
proposes a fee, the other approves it."""
OFFICE = {
    "registration": "1304464",
    "name_ar": "مكتب الواحة لتخليص المعاملات",
    "name_en": "Al Waha Clearing Office",
    "email": "office@wahah.example.om",
}
OPERATORS = (
    ("zahra@wahah.example.om", "+96897002001", "Zahra", "Al Lawati", "زهراء اللواتي", True),
    ("amal@wahah.example.om", "+96897002002", "Amal", "Al Saadi", "أمل السعدية", False),
)
"""E-mail, mobile, names, head or not. Salim has agreed that this office acts for him."""
CUSTOMER = "salim@example.om"
DUTIES = {
    Duty.CLERK: "دراسة المعاملات · clerk",
    Duty.SUPERVISOR: "الإشراف · supervisor",
    Duty.CASHIER: "الصندوق · cashier",
    Duty.ADMINISTRATOR: "إدارة المنصة · administrator",
    Duty.AUDITOR: "تدقيق · auditor",
}


def prepare() -> str:
    """Make what is missing; returns who can sign in, in both languages."""
    fees.import_schedule(ROOT / "migrations" / "fees.csv")
    for name in EXTRACTS:
        register_imports.import_extract(ROOT / "demo" / f"{name}.csv")
    centres.bring_in(ROOT / "migrations" / "centres.csv")
    for person in PEOPLE:
        accounts.ensure(password=PASSWORD, civil_number_verified=True, **person)
    for email, phone, first, family, arabic, duty, where in STAFF:
        account = accounts.ensure(
            password=PASSWORD,
            civil_number_verified=False,
            email=email,
            phone=phone,
            first_name=first,
            family_name=family,
            arabic_name=arabic,
        )
        Role.get_or_create(account=account, name=duty, authority=where)
    _open_office()
    return "\n".join(
        (
            "الحسابات التجريبية · Demo accounts (e-mail or mobile)",
            *map(_line, PEOPLE),
            "الموظفون · Staff",
            *(
                f"  {email:24} {phone.removeprefix('+968')}   {arabic} · {DUTIES[duty]}"
                for email, phone, _f, _l, arabic, duty, _w in STAFF
            ),
            f"مكتب · Office: {OFFICE['name_ar']} · {OFFICE['name_en']}",
            *(
                f"  {email:24} {phone.removeprefix('+968')}   {arabic} · {'رئيسة المكتب · head' if head else 'مشغلة · operator'}"
                for email, phone, _f, _l, arabic, head in OPERATORS
            ),
            f"  كلمة المرور · password: {PASSWORD}",
            "  رقم الهوية عبر الهاتف · Mobile ID PIN: 1234",
            "  بطاقة الدفع · card that pays: 4111 1111 1111 1111, 12/2030, CVN 123",
        )
    )


def _open_office() -> None:
    office, _made = Office.get_or_create(registration=OFFICE["registration"], defaults={**OFFICE, "opened_at": now()})
    for email, phone, first, family, arabic, head in OPERATORS:
        account = accounts.ensure(
            password=PASSWORD,
            email=email,
            phone=phone,
            first_name=first,
            family_name=family,
            arabic_name=arabic,
            civil_number=phone[-7:],  # their own, for a step that asks who acts
        )
        if not Operator.select().where(Operator.account == account).exists():
            Operator.create(office=office, account=account, head=head, since=now())
    _agree(office, accounts.identifiers.account_of(CUSTOMER), account)


def _agree(office: Office, customer: Account | None, asked_by: Account) -> None:
    if customer is None or Delegation.select().where((Delegation.office == office) & (Delegation.customer == customer)).exists():
        return
    Delegation.create(
        customer=customer,
        office=office,
        until=today() + dt.timedelta(days=364),
        consent="code",
        asked_for=CUSTOMER,
        asked_by=asked_by,
        created_at=now(),
        consented_at=now(),
    )


def _line(person: dict[str, str]) -> str:
    return f"  {person['email']:24} {person['phone'].removeprefix('+968')}   {person['arabic_name']}"
