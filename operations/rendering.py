"""Texts in a person's language: one Jinja environment per language, for pages, messages and documents alike.

Whatever a template prints - a Text, Money, a day, Words - is shown in its language by itself.
"""

import datetime as dt
import gettext
from collections.abc import Callable, MutableMapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine import clock, digits
from engine.money import Money
from engine.wording import Text, Words
from gateways.pdf.text import equip

ROOT = Path(__file__).parent.parent


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    return gettext.translation("messages", ROOT / "translations", [locale], fallback=True)


def translate(text: Text, locale: str) -> str:
    """The text in that language, its values shown in it too."""
    messages = catalogue(locale)
    if text.plural:
        chosen = messages.ngettext(text.message, text.plural, text.values["num"])
    else:
        chosen = messages.gettext(text.message)
    return chosen % {name: shown(value, locale) for name, value in text.values.items()} if text.values else chosen


def shown(value: Any, locale: str) -> Any:
    """Any value as a person of that language reads it. Plain strings (identifiers, names) stay as they are."""
    match value:
        case str():
            return value
        case Text():
            return translate(value, locale)
        case Money():
            return value.format(locale)
        case dt.datetime():
            return moment(value, locale)
        case dt.date():
            return day(value, locale)
        case bool() | None:
            return "" if value is None else value
        case int():
            return localise(str(value), locale)
        case list():
            return ("، " if locale == "ar" else ", ").join(str(shown(each, locale)) for each in value)
        case {"ar": _, "en": _}:
            return value[locale] or value["en"] or value["ar"]
    return value


def localise(text: str, locale: str) -> str:
    return digits.arabic(text) if locale == "ar" else text


@lru_cache(maxsize=4096)  # a list shows fifty days, mostly the same; Babel takes longer for one than the database for the row
def day(value: dt.date, locale: str) -> str:
    """19 March 2018 · ١٩ مارس ٢٠١٨"""
    return localise(format_date(value, "d MMMM y", locale=locale), locale)


def moment(value: dt.datetime, locale: str) -> str:
    at = clock.in_muscat(value)
    return f"{day(at.date(), locale)}{'،' if locale == 'ar' else ','} {_time(at.hour, at.minute, locale)}"


@lru_cache(maxsize=4096)
def _time(hour: int, minute: int, locale: str) -> str:
    return localise(format_time(dt.time(hour, minute), "h:mm a", locale=locale), locale)


def both(value: Any) -> Words:
    """The value in both languages, as it is frozen on an application or printed on a document."""
    return {"ar": str(shown(value, "ar")), "en": str(shown(value, "en"))}


def on_weekday(moment: dt.datetime) -> Words:
    """Monday, 23 November 2026: how people remember when to be somewhere."""
    at = clock.in_muscat(moment).date()
    ar, en = (localise(format_date(at, "EEEE d MMMM y", locale=locale), locale) for locale in ("ar", "en"))
    return {"ar": ar, "en": en}


def month(day: dt.date) -> Words:
    """December 2026."""
    ar, en = (localise(format_date(day, "LLLL y", locale=locale), locale) for locale in ("ar", "en"))
    return {"ar": ar, "en": en}


def time_of_day(moment: dt.datetime) -> Words:
    at = clock.in_muscat(moment)
    return {"ar": _time(at.hour, at.minute, "ar"), "en": _time(at.hour, at.minute, "en")}


class House(Environment):
    """Hands its globals over as they are: through Jinja's ChainMap every name of every page would be looked up in slow motion."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


@cache
def environment(locale: str) -> Environment:
    """The Jinja environment of a language; the web adds its own globals to it."""
    made = House(
        loader=FileSystemLoader(ROOT / "templates"),
        auto_reload=False,  # looking at the dates of a dozen files for every page is for editors of templates
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        finalize=lambda value: value if isinstance(value, Markup) else shown(value, locale),
    )
    messages = catalogue(locale)
    made.install_gettext_callables(messages.gettext, messages.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["_"] = _bound(messages)
    made.filters |= {
        "shown": lambda value: shown(value, locale),
        "money": lambda value: value.format(locale),
        "day": lambda value: day(value, locale),
        "moment": lambda value: moment(value, locale),
        "hour": lambda value: shown(time_of_day(value), locale),
        "digits": lambda value: localise(str(value), locale),
        "words": lambda value: shown(value, locale),
    }
    made.globals |= {
        "money": lambda baisa: Money(baisa).format(locale),
        "locale": locale,
        "direction": "rtl" if locale == "ar" else "ltr",
    }
    return made


def _bound(messages: gettext.NullTranslations) -> Callable[..., Markup]:
    """`_` of templates: looked up once, and without Jinja's two detours for each text. What is put into it is escaped as ever."""

    @cache
    def translated(message: str) -> Markup:
        return Markup(messages.gettext(message))  # our own translations

    @cache
    def plain(message: str) -> Markup:
        return translated(message) % {}

    def _(message: str, **values: Any) -> Markup:
        return translated(message) % values if values else plain(message)

    return _


@cache
def papers() -> Environment:
    """The environment of documents: both languages on one sheet, everything typed by people cleaned."""
    made = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    equip(made)
    return made


def render(template: str, locale: str, **context: Any) -> str:
    return environment(locale).get_template(template).render(**context)


def frozen_rows(rows: Any) -> list[dict[str, Words]]:
    """Rows of (label, value) in both languages, for JSON."""
    return [{"label": both(label), "value": both(value)} for label, value in rows]
