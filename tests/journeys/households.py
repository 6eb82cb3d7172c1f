"""Pages of a household and of the centres where it is expected: the calendar, the family, an appointment, a photo, a fine to be waived."""

from collections.abc import Iterator
from dataclasses import replace

from playwright.sync_api import Browser

import models
from engine.actor import Actor
from engine.assurance import Assurance
from engine.clock import business_day
from operations import applications, identifiers
from operations.now import now
from tests.journeys.place import Place
from tests.journeys.workplaces import as_the_portal, named
from tests.support.passports import a_centre, a_renewal, appointment, at, submitted, times
from tests.support.portal import Portal
from tests.support.residents import renewing
from tests.support.workers import workers

CENTRE = "gallery-here"


def households(portal: Portal, _browser: Browser) -> Iterator[Place]:
    """The pages of who has an appointment and a late card, and the counter and the supervisor that wait for them."""
    person, other, third, clerk = portal.member(), portal.member(), portal.member(), portal.clerk("residency")
    with as_the_portal(portal):
        a_centre(CENTRE, closes=840, counters=3)
        first = at(times(CENTRE)[0], CENTRE)
        actor = _passport_holder(named(person, "Zahra", "Al Kindi", "زهراء الكندية"))
        neighbour = _passport_holder(named(other, "Nasser", "Al Balushi", "ناصر البلوشي"))
        expected, begun = submitted(actor, first, paid=False), a_renewal(neighbour, first)
        proven = replace(actor, assurance=Assurance.SUBSTANTIAL)
        cards = workers(12, "2017-11-30", company=person.registration, first=70_100_001)
        late = renewing(proven, card=cards[0])
        family = applications.start_another(proven, "residency.replace-id-card")
        here = appointment(submitted(_passport_holder(named(third, "Khalid", "Al Mamari", "خالد المعمري")), first))
        here.state, here.here_at, here.day, here.at = "here", now(), business_day(now()), now()
        here.save()
        models.Role.create(account=identifiers.account_of(clerk.email), name="supervisor", authority="residency")
    mine = (portal.session_cookie(person),)
    yield Place("calendar", "/calendar", mine)
    yield Place("people", "/people", mine)
    yield Place("lists", "/lists", mine)
    yield Place("appointment", f"/applications/{expected.reference}/appointment", mine)
    yield Place("appointment-move", f"/applications/{expected.reference}/appointment/time", mine)
    yield Place("overview-late", f"/applications/{late.reference}", mine)
    yield Place("waiver-ask", f"/applications/{late.reference}/waiver", mine)
    yield Place("step-identity", f"/applications/{family.reference}", mine)
    yield Place("step-visit", f"/applications/{begun.reference}/steps/visit", (portal.session_cookie(other),))
    yield Place("centre-board", f"/centres/{CENTRE}/board")
    at_work = (portal.session_cookie(clerk),)
    for name, path in (
        ("centres", "/centres"),
        ("centre-counter", f"/centres/{CENTRE}/counters/1"),
        ("supervision-centres", "/supervision/centres"),
        ("supervision-centre", f"/supervision/centres/{CENTRE}"),
        ("supervision-centre-new", "/supervision/centres/new?desk=residency.passports"),
        ("supervision-waivers", "/supervision/waivers"),
        ("supervision-waiver", f"/supervision/{late.reference}/waiver"),
    ):
        yield Place(name, path, at_work, work=True)


def _passport_holder(actor: Actor) -> Actor:
    data = {"civil": actor.holder, "name": {"ar": "زهراء", "en": "Zahra"}, "issued": "2008-01-09", "expires": "2018-05-08"}
    data |= {"state": "valid", "father": "", "mother": ""}
    models.RegisterRecord.create(
        register="residency.passports", number=f"OM{actor.holder}", holder=actor.holder, data=data, changed_at=now()
    )
    return actor
