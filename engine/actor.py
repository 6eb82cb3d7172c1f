"""Who is asking: the first argument of every operation."""

from dataclasses import dataclass

from engine.assurance import Assurance


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in this session, or an anonymous visitor (no account).

    `civil_number` is set only once it was proven by Mobile ID or card. `session` is the row id of the session, never its token.
    """

    account: int | None = None
    session: int | None = None
    name: str = ""
    civil_number: str | None = None
    assurance: Assurance = Assurance.NONE
    roles: frozenset[str] = frozenset()
    locale: str = "ar"
    acting_for: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.account is not None

    def may(self, role: str) -> bool:
        return role in self.roles
