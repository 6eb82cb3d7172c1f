"""Who is asking: the first argument of every operation."""

from dataclasses import dataclass

from engine.assurance import Assurance


@dataclass(frozen=True, slots=True)
class ActingFor:
    """The customer for whom somebody acts, under a delegation that is in force at this very request.

    `office` is the row id of the office that acts; none for a clerk at the counter of `desk`. `office_name` is in the reader's language,
    and so is `name`. `civil_number` is the customer's, once it was proven. `services` are the codes it covers; none: all of them.
    `evidence` and `assurance`: what showed the clerk who stands at the counter, and how sure that makes; nothing at an office.
    """

    delegation: int
    account: int
    name: str
    civil_number: str | None = None
    office: int | None = None
    office_name: str = ""
    desk: str = ""
    services: frozenset[str] = frozenset()
    evidence: str = ""
    assurance: Assurance = Assurance.NONE

    def covers(self, service: str) -> bool:
        return not self.services or service in self.services


NOBODY = -1
"""The row id of the account under which applications stand that were filed without one. Nobody signs in to it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in this session, or an anonymous visitor (no account).

    `guest` is the row id of the one who filed without an account, in a browser that holds their key: theirs is one application alone.

    `civil_number` is set only once it was proven by Mobile ID or card. `session` is the row id of the session, never its token. `office`
    is the row id of the office they work for. `acting_ended`: they acted for somebody until now, and the delegation is no longer in force.
    """

    account: int | None = None
    session: int | None = None
    name: str = ""
    civil_number: str | None = None
    assurance: Assurance = Assurance.NONE
    roles: frozenset[str] = frozenset()
    locale: str = "ar"
    office: int | None = None
    acting_for: ActingFor | None = None
    acting_ended: bool = False
    guest: int | None = None

    @property
    def signed_in(self) -> bool:
        return self.account is not None

    @property
    def applicant(self) -> int | None:
        """Whose applications are meant: the customer's while acting, nobody's for a guest, else one's own."""
        if self.account is None and self.guest is not None:
            return NOBODY
        return self.acting_for.account if self.acting_for else self.account

    @property
    def holder(self) -> str | None:
        """The proven civil number whose records may be listed: the customer's while acting, else one's own."""
        return self.acting_for.civil_number if self.acting_for else self.civil_number

    def may(self, role: str) -> bool:
        return role in self.roles
