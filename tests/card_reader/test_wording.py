"""No problem without words, in both languages, with something to do next."""

import re
from pathlib import Path

import pytest

import card_reader
from card_reader import agent, operations
from card_reader.errors import PROBLEMS as OF_THE_CARD
from card_reader.wording import PROBLEMS, TEXTS, Both, message_of, tries_left

FOLDER = Path(card_reader.__file__ or "").parent
ARABIC, LATIN = re.compile("[\u0600-\u06ff]"), re.compile("[A-Za-z]")


def test_every_code_has_words():
    said = "".join((FOLDER / name).read_text() for name in ("agent.py", "operations.py"))
    of_the_agent = set(re.findall(r'(?:Refused\(\d+, |Declined\(|_problem\(\d+, )"([a-z-]+)"', said)) | {
        "not-found",
        "window-over",
    }
    assert of_the_agent >= {"busy", "no-window", "forbidden", "bad-request", "fault"}
    assert set(PROBLEMS) == set(OF_THE_CARD) | of_the_agent
    assert operations.WAITED_FOR | operations.ASKED_AGAIN | {code for code, _ in agent.LACKS} <= set(OF_THE_CARD)


@pytest.mark.parametrize("code", PROBLEMS)
def test_each_problem_says_what_happened_and_what_to_do_in_both_languages(code: str):
    for both in PROBLEMS[code]:
        assert ARABIC.search(both.ar) and not ARABIC.search(both.en) and LATIN.search(both.en)
        assert both.ar.endswith(".") and both.en.endswith(".")
    assert message_of(code).en == f"{PROBLEMS[code].title.en} {PROBLEMS[code].advice.en}"


def test_each_text_of_the_window_is_in_both_languages():
    for name, both in TEXTS.items():
        if name != "language":
            assert ARABIC.search(both.ar) and not LATIN.search(both.ar) and not ARABIC.search(both.en), name


def test_the_templates_use_every_text_and_no_other():
    templates = "".join(file.read_text() for file in (FOLDER / "window" / "templates").iterdir())
    used = set(re.findall(r"\bt\.(\w+)", templates)) | set(re.findall(r"\bt\[\"(\w+)\"\]", templates))
    composed = {f"{stem}_{kind}" for stem in ("confirm", "done") for kind in ("authenticate", "sign", "certificate")}
    assert set(TEXTS) == used | composed | {"authenticate", "sign", "certificate"}


def test_arabic_counts_in_its_own_way():
    counted = {
        0: "لم تبقَ أي محاولة",
        1: "بقيت محاولة واحدة",
        2: "بقيت محاولتان",
        3: "بقيت ٣ محاولات",
        10: "بقيت ١٠ محاولات",
        15: "بقيت ١٥ محاولة",
    }
    assert {tries: tries_left(tries).ar for tries in counted} == counted
    assert tries_left(5) == Both("بقيت ٥ محاولات", "5 tries left")
