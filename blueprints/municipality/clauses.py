"""The clauses of a lease contract: this portal's model text, in plain words, not law. The sources have no form of contract."""

from engine.wording import _

CLAUSES = (
    _(
        "The landlord lets to the tenant what is described above, for the term and the rent stated there, and the tenant "
        "takes it."
    ),
    _(
        "The rent is paid in advance, in the instalments the parties agree on. If they agree on none, it is paid in "
        "twelve equal parts, on the first day of each month."
    ),
    _(
        "The landlord hands over what is let, with its keys, on the first day of the term and fit for its use. The "
        "parties write down together in what state it is."
    ),
    _(
        "The landlord holds the deposit against unpaid rent and damage beyond ordinary wear, and gives it back within "
        "thirty days after the keys, with an account of what was kept and why."
    ),
    _("The tenant uses it for the stated use alone. Another use needs the landlord's written consent and the permits for it."),
    _("The tenant lets it to nobody else and passes the lease on to nobody without the landlord's written consent."),
    _(
        "The landlord repairs what keeps it fit for use: structure, roof, main pipes and wiring. The tenant looks after "
        "small upkeep, and mends what they or their guests damage."
    ),
    _(
        "The tenant alters nothing in the building without the landlord's written consent. What was altered with consent "
        "stays or goes as the parties wrote down then."
    ),
    _(
        "Electricity, water and sewerage during the term are the tenant's to pay. Whatever is owed for owning the "
        "property is the landlord's."
    ),
    _("The landlord enters after a day's notice and at a reasonable hour, or at once where there is danger."),
    _("Whoever does not wish to renew tells the other in writing at least ninety days before the term ends."),
    _(
        "Who does not do what this lease asks is told so in writing and has thirty days to put it right. After that the "
        "other may ask to end the lease."
    ),
    _(
        "The parties may end the lease together at any time. It is ended once its cancellation is registered with the "
        "municipality."
    ),
    _(
        "What changes in this lease counts once it stands in a supplement registered with the municipality. Notices go to"
        " the phones and addresses on record; where Arabic and English differ, the Arabic counts."
    ),
)
