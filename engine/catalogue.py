"""Services, registers and authorities by their codes. `app.wire` fills it once, at start."""

from collections.abc import Iterable
from typing import TypeVar

from engine.registers import Record, Register
from engine.service import Authority, Service
from engine.slots import Opening
from engine.wording import Text

T = TypeVar("T")


class Catalogue:
    def __init__(self, authorities: Iterable[Authority] = ()) -> None:
        self.authorities: dict[str, Authority] = {}
        self.services: dict[str, Service] = {}
        self.registers: dict[str, Register] = {}
        self.desks: dict[str, Text] = {}
        self.openings: dict[str, Opening] = {}
        self.fill(authorities)

    def fill(self, authorities: Iterable[Authority]) -> None:
        """Replace all that is listed. A code listed twice is a mistake of ours: ValueError."""
        for shelf in (self.authorities, self.services, self.registers, self.desks, self.openings):
            shelf.clear()
        for authority in authorities:
            self._add(self.authorities, authority.code, authority)
            for service in authority.services:
                self._add(self.services, service.code, service)
                for desk in service.desks:
                    self.desks[desk] = authority.sections[desk.partition(".")[2]] if "." in desk else authority.title
            for section, title in authority.sections.items():
                self.desks.setdefault(f"{authority.code}.{section}", title)  # decides nothing, but may be asked for its opinion
            for section, opening in authority.openings.items():
                self.openings[f"{authority.code}.{section}"] = opening
            for register in authority.registers:
                self._add(self.registers, register.code, register)

    def record(self, frozen: dict) -> Record:  # type: ignore[type-arg]
        """A record as it was kept on an application."""
        return self.registers[frozen["register"]].record(frozen["number"], frozen["data"])

    @staticmethod
    def _add(shelf: dict[str, T], code: str, item: T) -> None:
        if code in shelf:
            raise ValueError(f"{code} is listed twice")
        shelf[code] = item


catalogue = Catalogue()
