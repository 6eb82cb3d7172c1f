"""Applications submitted before there were search terms become findable; a run that is broken off goes on where it ended."""

import pytest

from models import Application, SearchTerm
from operations import applications, casework, finding
from operations.casework import Outcome
from tests.operations.test_desk import a_clerk, asked
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")


def terms() -> set[tuple[str, str, int]]:
    return {(row.desk, row.term, row.application_id) for row in SearchTerm.select()}


def test_what_is_made_again_is_what_was_there() -> None:
    issued = asked(subject="A fig").reference
    asked(subject="A palm")
    casework.decide(a_clerk(), issued, Outcome.APPROVE, reason="Yes")
    applications.paid(Application.get(Application.reference == issued))
    applications.start(signed_in(a_person()), "municipality.general-request")
    before = terms()
    SearchTerm.delete().execute()
    assert sum(count for _last, count in finding.index()) == 2
    assert terms() == before
    assert sum(count for _last, count in finding.index()) == 0


def test_only_what_is_missing_is_made_and_a_run_goes_on_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "BATCH", 2)
    keys = [asked().row.id for _ in range(5)]
    SearchTerm.delete().where(SearchTerm.application != keys[1]).execute()
    run = finding.index()
    assert next(run) == (keys[1], 1)
    run.close()
    assert list(finding.index(keys[1])) == [(keys[3], 2), (keys[4], 1)]
    assert {row.application_id for row in SearchTerm.select()} == set(keys)


def test_what_was_erased_stays_unfindable() -> None:
    opened = asked()
    SearchTerm.delete().execute()
    Application.update(closed_at=opened.row.submitted_at, erased_at=opened.row.submitted_at).execute()
    assert list(finding.index()) == []
