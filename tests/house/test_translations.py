"""The checker of translations, over a small portal made for it."""

import gettext
from pathlib import Path

import pytest

from tools import translations

FILES = {
    "engine/rules.py": '_("Company data")\n_("%(num)s day", "%(num)s days", num=3, other="not a text")\n',
    "blueprints/a/routes.py": 'raise Refusal(_("Hello "\n    "%(name)s", name="Salim"))\n',
    "templates/page.html": '{{ _("Fee") }} {{ ngettext("%(num)s file", "%(num)s files", n) }} {{ _(title) }}',
    "templates/_send.html": "{% trans %}Send{% endtrans %}",
    "templates/messages/code.txt": '{{ _("Your code: %(code)s", code=code) }}',
}
TEXTS = {
    "Company data",
    ("%(num)s day", "%(num)s days"),
    "Hello %(name)s",
    "Fee",
    ("%(num)s file", "%(num)s files"),
    "Send",
    "Your code: %(code)s",
}
PLURAL = "".join(f'msgstr[{form}] "%(num)s ع{form}"\n' for form in range(6))
FRAGMENT = f"""
msgid "Company data"
msgstr "بيانات الشركة"

msgid "Hello %(name)s"
msgstr "مرحبا %(name)s"

msgid "Fee"
msgstr "الرسوم"

msgid "Send"
msgstr "إرسال"

msgid "Your code: %(code)s"
msgstr "رمزك: %(code)s"

msgid "%(num)s day"
msgid_plural "%(num)s days"
{PLURAL}
msgid "%(num)s file"
msgid_plural "%(num)s files"
{PLURAL}
"""


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    """A translated one."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "fragment.po").write_text(FRAGMENT)
    translations.update(tmp_path, [tmp_path / "fragment.po"])
    return tmp_path


def test_every_text_of_code_and_templates_is_found(portal: Path):
    assert {message.id for message in translations.extracted(portal) if message.id} == TEXTS


def test_a_translated_portal_has_nothing_to_complain_of(portal: Path):
    assert list(translations.check(portal)) == []


def test_a_new_text_is_missed_until_it_is_translated(portal: Path):
    (portal / "engine/more.py").write_text('_("New")')
    assert list(translations.check(portal)) == ["engine/more.py: no Arabic yet: 'New'"]
    translations.update(portal, [])
    assert list(translations.check(portal)) == ["engine/more.py: the Arabic is not complete: 'New'"]
    (portal / "new.po").write_text('msgid "New"\nmsgstr "جديد"\n')
    translations.update(portal, [portal / "new.po"])
    assert list(translations.check(portal)) == []


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        ('msgstr "رمزك: %(code)s"', 'msgstr "رمزك"', "the placeholders differ"),
        ('msgstr "رمزك: %(code)s"', 'msgstr "رمزك: %(cod)s"', "the placeholders differ"),
        ('msgstr[4] "%(num)s ع4"', 'msgstr[4] "%(number)s ع4"', "the placeholders differ"),
        ('msgstr[4] "%(num)s ع4"', 'msgstr[4] ""', "the Arabic is not complete"),
        ('msgid "Fee"', '#, fuzzy\nmsgid "Fee"', "fuzzy"),
    ],
)
def test_a_faulty_translation_is_reported(portal: Path, was: str, now: str, problem: str):
    catalogue = translations.po(portal, "ar")
    text = catalogue.read_text()
    assert was in text
    catalogue.write_text(text.replace(was, now, 1))
    (complaint,) = translations.check(portal)
    assert problem in complaint


def test_a_form_for_two_needs_no_figure(portal: Path):
    catalogue = translations.po(portal, "ar")
    catalogue.write_text(catalogue.read_text().replace('msgstr[2] "%(num)s ع2"', 'msgstr[2] "يومان"'))
    assert list(translations.check(portal)) == []


def test_a_text_that_fell_out_of_use_is_reported_and_dropped(portal: Path):
    (portal / "blueprints/a/routes.py").unlink()
    assert list(translations.check(portal)) == ["translations/ar: no longer used: 'Hello %(name)s'"]
    translations.update(portal, [])
    assert list(translations.check(portal)) == []


def test_a_text_that_is_not_written_out_is_refused(portal: Path):
    (portal / "engine/more.py").write_text("_(name)")
    with pytest.raises(SystemExit, match=r"more\.py:1"):
        translations.extracted(portal)


def test_updating_twice_changes_nothing(portal: Path):
    before = translations.po(portal, "ar").read_bytes()
    translations.update(portal, [])
    assert translations.po(portal, "ar").read_bytes() == before


def test_compiled_arabic_counts_as_arabic_does(portal: Path):
    translations.compile_all(portal)
    arabic = gettext.translation("messages", portal / "translations", ["ar"])
    forms = [arabic.ngettext("%(num)s day", "%(num)s days", count)[-1] for count in (0, 1, 2, 3, 10, 11, 99, 100, 103, 111)]
    assert forms == ["0", "1", "2", "3", "3", "4", "4", "5", "3", "4"]
    assert arabic.gettext("Fee") == "الرسوم"
