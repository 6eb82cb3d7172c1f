"""What the desk calls states, happenings, messages, opinions, visits and decisions."""

from typing import Any

from blueprints.applications.views import EVENTS
from engine.lifecycle import State
from engine.wording import Text, _
from operations.casework import Outcome
from operations.opinions import Stance
from operations.visits import Finding, VisitState

LABELS: dict[State, Text] = {
    State.DRAFT: _("Draft"),
    State.TO_AGREE: _("Waiting for the other party"),
    State.TO_PAY: _("To be paid"),
    State.IN_REVIEW: _("In review"),
    State.RETURNED: _("With the applicant"),
    State.COMPLETED: _("Completed"),
    State.REFUSED: _("Refused"),
    State.WITHDRAWN: _("Withdrawn"),
}
HAPPENED: dict[str, Text] = EVENTS | {
    "started": _("Begun"),
    "submitted": _("Submitted"),
    "reopened": _("Taken back by the applicant"),
    "approved": _("Approved"),
    "answered": _("Answered"),
    "contested": _("Its applicant asks to have it examined again"),
    "waiver-asked": _("Its applicant asks for a fine to be waived"),
    "returned": _("Returned for correction"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn by the applicant"),
    "overturned": _("Refusal overturned by a supervisor"),
    "register-changed": _("The register changed meanwhile: please look at it"),
    "passed-on": _("Approved at this stage; the next one has it"),
    "visit-done": _("Site visit reported on"),
}
MESSAGES: dict[str, Text] = {
    "application_received": _("Your application arrived"),
    "application_returned": _("Please correct your application"),
    "application_to_pay": _("Approved: please pay"),
    "application_refused": _("Refused, with the reason"),
    "application_overturned": _("Examined again after a refusal"),
    "application_completed": _("Completed"),
    "visit_planned": _("Site visit planned"),
    "visit_moved": _("Site visit moved"),
    "visit_cancelled": _("Site visit cancelled"),
    "appointment_booked": _("Appointment made or moved"),
    "appointment_cancelled": _("Appointment cancelled"),
    "appointment_offered": _("An earlier time offered"),
    "appointment_tomorrow": _("Reminder of the appointment"),
    "payment_received": _("Payment received, with the receipt"),
    "paid_elsewhere": _("Paid elsewhere before: money is given back"),
    "deposit_paid_back": _("The deposit is on its way to the account"),
}
CHANNELS: dict[str, Text] = {"mail": _("E-mail"), "sms": _("SMS")}
STANCES: dict[str, tuple[Text, str]] = {
    Stance.AGREEMENT: (_("Agreement"), "good"),
    Stance.OBJECTION: (_("Objection"), "bad"),
    Stance.REMARK: (_("Remark"), "neutral"),
}
VISITS: dict[str, tuple[Text, str]] = {
    VisitState.PLANNED: (_("Planned"), "waiting"),
    VisitState.DONE: (_("Took place"), "good"),
    VisitState.CANCELLED: (_("Cancelled"), "neutral"),
}
FINDINGS: dict[str, tuple[Text, str]] = {
    Finding.IN_ORDER: (_("In order"), "good"),
    Finding.NOT_IN_ORDER: (_("Not in order"), "bad"),
    Finding.NOT_POSSIBLE: (_("Could not be seen"), "waiting"),
}
WAYS: dict[str, Text] = {
    "desk.report_visit": _("Report on it"),
    "desk.visit": _("Move it"),
    "desk.cancel_visit": _("Cancel it"),
}
DONE: dict[Outcome, Text] = {
    Outcome.APPROVE: _("Approved. The applicant is told."),
    Outcome.RETURN: _("Returned. The applicant is told what to correct; it comes back to you."),
    Outcome.REFUSE: _("Refused. The applicant is told why."),
}
ACTIONS: dict[Outcome, dict[str, Any]] = {
    Outcome.APPROVE: {"title": _("Approve"), "button": _("Approve it"), "kind": "primary"},
    Outcome.RETURN: {"title": _("Return for correction"), "button": _("Return it"), "kind": "primary"},
    Outcome.REFUSE: {"title": _("Refuse"), "button": _("Refuse it"), "kind": "danger"},
}
REASONS: dict[Outcome, tuple[Text, Text]] = {
    Outcome.APPROVE: (_("Remark on the approval"), _("Kept with the decision; you may leave it empty.")),
    Outcome.RETURN: (_("What the applicant should know"), _("Sent with the remarks. You may leave it empty if they say it all.")),
    Outcome.REFUSE: (_("The reason"), _("The applicant reads it word for word: say what was missing or which rule stands against it.")),
}  # fmt: skip
