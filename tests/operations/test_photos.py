"""A photo for a card: taken in with what it shows of itself, refused with what it would need, advised on and never refused for its wall."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from peewee import Database

from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.fields import Photo
from engine.service import Authority, Charge, Decision, Service, Step
from engine.wording import _
from operations import answers, applications
from operations.answers import Uploaded
from operations.applications import Opened
from operations.rendering import translate
from tests.support.portraits import a_portrait
from tests.support.renewals import an_owner, step_of

PHOTO = Photo("photo", _("Photos"))
CARD = Service(
    code="trial.card",
    title=_("Completed"),
    summary=_("Finished"),
    takes=_("Since"),
    steps=(Step("look", _("Photos"), PHOTO),),
    charge=Charge.NEVER,
    decision=Decision.CLERK,
)
TRIAL = Authority(code="trial", title=_("Contact"), summary=_("Home"), services=(CARD,))


@pytest.fixture(autouse=True)
def offered(rules: Database) -> Iterator[None]:
    before = list(catalogue.authorities.values())
    catalogue.fill([TRIAL])
    yield
    catalogue.fill(before)


def attached(data: bytes) -> Opened:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.card")
    answers.answer(actor, opened, step_of(opened, "look"), {}, {"photo": Uploaded("me.jpg", io.BytesIO(data))})
    return applications.of(actor, opened.reference)


def kept(data: bytes) -> dict[str, Any]:
    return dict(attached(data).answers["photo"])


def test_its_size_and_what_is_behind_are_kept_with_it():
    photo = kept(a_portrait(600, 900))
    assert (photo["width"], photo["height"], photo["plain"], photo["type"]) == (600, 900, True, "image/jpeg")
    assert PHOTO.advice(photo) is None


def test_a_dark_wall_is_advised_against_and_taken():
    photo = kept(a_portrait(wall=(40, 40, 60)))
    assert not photo["plain"]
    assert "background" in str(PHOTO.advice(photo))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (a_portrait(1200, 1600), "Cut it to 1066 × 1600 pixels"),
        (a_portrait(300, 450), "at least 472 × 709 pixels"),
        (b"%PDF-1.7\n", "JPEG or PNG picture"),
        (a_portrait()[:900], "cannot be opened"),
        (b"", "another kind"),
    ],
    ids=["shape", "small", "paper", "broken", "empty"],
)
def test_it_is_refused_beside_its_field_with_what_it_needs(data, says):
    with pytest.raises(Refusal) as refused:
        attached(data)
    assert says in translate(refused.value.message, "en") and refused.value.field == "photo"


def test_one_that_is_refused_leaves_nothing_in_the_store(rules):
    from models import Upload

    with pytest.raises(Refusal):
        attached(a_portrait(300, 450))
    assert not Upload.select().exists()
