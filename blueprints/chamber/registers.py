"""The two registers the chamber works with: the ministry's establishments, and its own memberships."""

from engine.registers import Check, Column, Kind, Register, Reminder
from engine.wording import _

# The grades of the commercial register. The manual shows the fourth and the first; a class above the first exists as "excellent".
GRADES = {
    "excellent": _("Excellent"),
    "first": _("First"),
    "second": _("Second"),
    "third": _("Third"),
    "fourth": _("Fourth"),
}

establishments = Register(
    code="chamber.establishments",
    title=_("Commercial registrations"),
    number=_("Commercial registration"),
    holder="holder",
    tracked=True,
    columns=(
        Column("holder", _("Civil number")),
        Column("name", _("Company name"), Kind.WORDS),
        Column("address", _("Address"), Kind.WORDS),
        Column("head_office", _("Head office"), Kind.WORDS),
        Column("grade", _("Grade"), Kind.OPTION, GRADES),
    ),
)

memberships = Register(
    code="chamber.memberships",
    title=_("Chamber memberships"),
    number=_("OCCI number"),
    parent="establishment",
    first=2_000_001,  # above every number of the manual
    ends="expires",
    reminds=Reminder(
        what=_("Chamber membership"),
        service="chamber.renew-membership",
        record="membership",
        parent="registration",
        of="chamber.establishments",
    ),
    check=Check(
        title=_("Check a chamber membership"),
        lead=_("See until when a company is a member of the chamber. Nothing else of the company is shown."),
        parent=_("Commercial registration"),
    ),
    columns=(
        Column("establishment", _("Commercial registration"), of="chamber.establishments"),
        Column("name", _("Company name"), Kind.WORDS),
        Column("address", _("Address"), Kind.WORDS),
        Column("head_office", _("Head office"), Kind.WORDS),
        Column("grade", _("Grade"), Kind.OPTION, GRADES),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("email", _("E-mail"), required=False),
    ),
)
