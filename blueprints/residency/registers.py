"""The registers of residency and civil status.

Their columns are *[ours]*: what the services of seed and schedule need, until the authority's own extract says otherwise.
"""

from collections.abc import Mapping
from typing import Any

from engine.registers import Column, Kind, Register, Reminder
from engine.wording import _

SEXES = {"female": _("Female"), "male": _("Male")}
VALID, LOST, ENDED = "valid", "lost", "ended"
STATES = {VALID: _("Valid"), LOST: _("Lost"), ENDED: _("Ended")}
CHILD_OF = _("Son or daughter")


def ended(data: Mapping[str, Any]) -> bool:
    return bool(data.get("state") == ENDED)


# --- Civil status ----------------------------------------------------------------------------------------------------------------

people = Register(
    code="residency.people",
    title=_("Civil status"),
    number=_("Registration number"),
    holder="civil",
    parties=("father", "mother", "spouse"),
    relations={"father": CHILD_OF, "mother": CHILD_OF, "spouse": _("Husband or wife")},
    over=lambda data: bool(data.get("died")),
    columns=(
        Column("civil", _("Civil number")),
        Column("name", _("Name"), Kind.WORDS),
        Column("born", _("Born on"), Kind.DAY),
        Column("birthplace", _("Born in"), Kind.WORDS),
        Column("sex", _("Sex"), Kind.OPTION, SEXES),
        Column("nationality", _("Nationality"), Kind.WORDS),
        Column("father", _("Father's civil number"), required=False),
        Column("mother", _("Mother's civil number"), required=False),
        Column("spouse", _("Spouse's civil number"), required=False),
        Column("died", _("Died on"), Kind.DAY, required=False),
    ),
)

births = Register(
    code="residency.births",
    title=_("Births"),
    number=_("Birth certificate number"),
    holder="civil",
    parties=("father", "mother"),
    numbers="{year}/{n:05}",
    columns=(
        Column("civil", _("Civil number"), required=False),
        Column("name", _("Name"), Kind.WORDS),
        Column("sex", _("Sex"), Kind.OPTION, SEXES),
        Column("born", _("Born on"), Kind.DAY),
        Column("birthplace", _("Born in"), Kind.WORDS),
        Column("nationality", _("Nationality"), Kind.WORDS),
        Column("father", _("Father's civil number"), required=False),
        Column("father_name", _("Father"), Kind.WORDS),
        Column("mother", _("Mother's civil number"), required=False),
        Column("mother_name", _("Mother"), Kind.WORDS),
    ),
)

deaths = Register(
    code="residency.deaths",
    title=_("Deaths"),
    number=_("Death certificate number"),
    holder="reported_by",
    parties=("father", "mother", "spouse"),
    numbers="{year}/{n:05}",
    columns=(
        Column("reported_by", _("Reported by")),
        Column("civil", _("Civil number"), required=False),
        Column("name", _("Name"), Kind.WORDS),
        Column("sex", _("Sex"), Kind.OPTION, SEXES),
        Column("born", _("Born on"), Kind.DAY, required=False),
        Column("died", _("Died on"), Kind.DAY),
        Column("deathplace", _("Died in"), Kind.WORDS),
        Column("nationality", _("Nationality"), Kind.WORDS),
        Column("father", _("Father's civil number"), required=False),
        Column("mother", _("Mother's civil number"), required=False),
        Column("spouse", _("Spouse's civil number"), required=False),
    ),
)

# --- Citizens: cards and passports -----------------------------------------------------------------------------------------------

identity_cards = Register(
    code="residency.identity-cards",
    title=_("Identity cards"),
    number=_("Card number"),
    holder="civil",
    parent="person",
    parties=("father", "mother"),
    relations={"father": CHILD_OF, "mother": CHILD_OF},
    ends="expires",
    over=ended,
    numbers="{n:08}",
    first=10_000_001,
    columns=(
        Column("civil", _("Civil number")),
        Column("person", _("Registration number"), required=False, of="residency.people"),
        Column("name", _("Name"), Kind.WORDS),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("state", _("State"), Kind.OPTION, STATES),
        Column("father", _("Father's civil number"), required=False),
        Column("mother", _("Mother's civil number"), required=False),
    ),
)
"""Hangs on its person in civil status as long as it is their card: one that another took the place of hangs on nobody."""

passports = Register(
    code="residency.passports",
    title=_("Passports"),
    number=_("Passport number"),
    holder="civil",
    parties=("father", "mother"),
    relations={"father": CHILD_OF, "mother": CHILD_OF},
    ends="expires",
    over=ended,
    reminds=Reminder(what=_("Passport"), service="residency.renew-passport", record="passport"),
    columns=(
        Column("civil", _("Civil number")),
        Column("name", _("Name"), Kind.WORDS),
        Column("issued", _("Issued on"), Kind.DAY),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("state", _("State"), Kind.OPTION, STATES),
        Column("father", _("Father's civil number"), required=False),
        Column("mother", _("Mother's civil number"), required=False),
    ),
)

# --- Residents: cards and residences ---------------------------------------------------------------------------------------------

WORK, FAMILY, STUDY, GOVERNMENT = "work", "family", "study", "government"
KINDS = {WORK: _("Work"), FAMILY: _("Family"), STUDY: _("Study"), GOVERNMENT: _("Government sector")}
CHILD, WIFE, WIFE_OF_CITIZEN = "child", "wife", "wife-of-citizen"
RELATIONS = {CHILD: _("Child of a resident"), WIFE: _("Wife of a resident"), WIFE_OF_CITIZEN: _("Wife of an Omani")}
DEPENDANTS = {"father": CHILD_OF, "husband": _("Wife"), "sponsor": _("Under your sponsorship")}

cards = Register(
    code="residency.cards",
    title=_("Resident cards"),
    number=_("Card number"),
    holder="civil",
    parties=("sponsor", "father", "husband"),
    relations=DEPENDANTS,
    through="chamber.establishments",
    ends="expires",
    over=ended,
    reminds=Reminder(what=_("Resident card"), service="residency.renew-resident-card", record="card"),
    tracked=True,
    public=("expires", "fined"),
    numbers="{n:08}",
    first=70_000_001,
    columns=(
        Column("civil", _("Civil number")),
        Column("name", _("Name"), Kind.WORDS),
        Column("nationality", _("Nationality"), Kind.WORDS),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("state", _("State"), Kind.OPTION, STATES),
        Column("sponsor", _("Sponsor's number")),
        Column("father", _("Father's civil number"), required=False),
        Column("husband", _("Husband's civil number"), required=False),
        Column("fined", _("Fined up to"), Kind.DAY, required=False),
    ),
)
"""`sponsor` is a civil or a commercial registration number. `fined` is the day up to which being late with this card is paid for."""

residences = Register(
    code="residency.residences",
    title=_("Residences"),
    number=_("Residence number"),
    holder="civil",
    parent="card",
    parties=("sponsor", "father", "husband"),
    relations=DEPENDANTS,
    through="chamber.establishments",
    ends="expires",
    reminds=Reminder(what=_("Residence"), service="residency.renew-{kind}-residence", record="residence"),
    tracked=True,
    public=("expires", "fined"),
    numbers="{year}{n:06}",
    columns=(
        Column("civil", _("Civil number")),
        Column("name", _("Name"), Kind.WORDS),
        Column("nationality", _("Nationality"), Kind.WORDS),
        Column("kind", _("Kind of residence"), Kind.OPTION, KINDS),
        Column("relation", _("Relation"), Kind.OPTION, RELATIONS, required=False),
        Column("card", _("Resident card"), required=False, of="residency.cards"),
        Column("passport", _("Passport number")),
        Column("passport_expires", _("Passport valid until"), Kind.DAY),
        Column("sponsor", _("Sponsor's number")),
        Column("sponsor_name", _("Sponsor"), Kind.WORDS),
        Column("sponsor_phone", _("Sponsor's mobile")),
        Column("father", _("Father's civil number"), required=False),
        Column("husband", _("Husband's civil number"), required=False),
        Column("starts", _("Residence since"), Kind.DAY, required=False),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("fined", _("Fined up to"), Kind.DAY, required=False),
    ),
)
"""Hangs on its resident card, where one is issued already. Who pays fines for somebody else sees no more than when it ended, and up to
which day being late is paid for."""
