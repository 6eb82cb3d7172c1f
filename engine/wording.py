"""Texts that are written once and read in either language.

Code says `_("Company data")`; whoever shows the text translates it with the reader's catalogue. The English sentence is the key.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

LOCALES = ("ar", "en")


class Words(TypedDict):
    """The same words in both languages, as frozen on an application, a bill, a document."""

    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Text:
    """A translatable sentence and its values: `_("New expiry: %(day)s", day=day)`.

    With `plural` and a value named `num` the language's own plural form is chosen.
    """

    message: str
    plural: str | None = None
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        chosen = self.plural if self.plural and self.values.get("num") != 1 else self.message
        return chosen % self.values if self.values else chosen


Translate = Callable[[Text], str]


def _(message: str, plural: str | None = None, **values: Any) -> Text:
    """Mark a sentence for translation; nothing is translated yet."""
    return Text(message, plural, values)
