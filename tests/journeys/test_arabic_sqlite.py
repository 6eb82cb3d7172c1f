"""The whole road in Arabic with scripts, on SQLite."""
from tests.journeys.traveller import SERVICE


def test_smoke(visit, portal):
    walker = visit(person=portal.member())
    walker.walk(until="leave_for_bank")
    walker.pay()
    walker.arrive()
    walker.wait_for_documents()
