"""Demo people, registers and fees, so that a fresh portal has something to show. Refused in production; running it again is harmless."""

from pathlib import Path

from models import Role
from operations import accounts, fees, registers, staff

ROOT = Path(__file__).parent.parent
PASSWORD = "Bawaba-demo-2026"
PEOPLE = (
    {
        "email": "ali@example.om",
        "phone": "99416689",
        "civil_number": "1526575",
        "first_name": "ALISAID",
        "family_name": "ALJahdhami",
        "arabic_name": "علي سعيد الجهضمي",
    },
    {
        "email": "shamsa@example.om",
        "phone": "92345678",
        "civil_number": "7324674",
        "first_name": "Shamsa",
        "middle_name": "Hamed",
        "family_name": "Al Hashmi",
        "arabic_name": "شمسة حمد الهاشمي",
    },
    {
        "email": "salim@example.om",
        "phone": "91112233",
        "civil_number": "10203040",
        "first_name": "Salim",
        "middle_name": "Nasser",
        "family_name": "Al Balushi",
        "arabic_name": "سالم ناصر البلوشي",
    },
)
STAFF = (
    {
        "email": "maryam@sohar.example.om",
        "phone": "+96897001001",
        "first_name": "Maryam",
        "family_name": "Al Shidi",
        "arabic_name": "مريم الشيدي",
    },
    {
        "email": "hamad@sohar.example.om",
        "phone": "+96897001002",
        "first_name": "Hamad",
        "family_name": "Al Farsi",
        "arabic_name": "حمد الفارسي",
    },
)
"""Two clerks of one desk: what one has taken, the other is told of."""
DESK = "municipality.administration"


def prepare() -> str:
    """Make what is missing; returns who can sign in, in both languages."""
    fees.import_schedule(ROOT / "migrations" / "fees.csv")
    for name in ("establishments", "memberships"):
        registers.import_extract(ROOT / "demo" / f"{name}.csv")
    for person in PEOPLE:
        accounts.ensure(password=PASSWORD, civil_number_verified=True, **person)
    for clerk in STAFF:
        account = accounts.ensure(password=PASSWORD, civil_number_verified=False, **clerk)
        Role.get_or_create(account=account, name=staff.CLERK, authority=DESK)
    lines = [_line(person) for person in PEOPLE]
    return "\n".join(
        (
            "الحسابات التجريبية · Demo accounts (e-mail or mobile)",
            *lines,
            "موظفو البلدية · clerks of the municipality",
            *map(_line, STAFF),
            f"  كلمة المرور · password: {PASSWORD}",
            "  رقم الهوية عبر الهاتف · Mobile ID PIN: 1234",
            "  بطاقة الدفع · card that pays: 4111 1111 1111 1111, 12/2030, CVN 123",
        )
    )


def _line(person: dict[str, str]) -> str:
    return f"  {person['email']:24} {person['phone'].removeprefix('+968')}   {person['arabic_name']}"
