"""Every route says who may call it, and answers nobody else."""

from flask import Flask

from blueprints.operating.commands import routes
from operations.staff import Duty
from tests.support.client import Client

ANYONE = "anyone"
SIGNED_IN = "signed in"
THEMSELVES = "signed in, for themselves"
CONFIRMED = "signed in, confirmed"
STAFF = "staff, confirmed"
APPLICANT = "its applicant"
PROVEN = "its applicant, proven"
CLERKS = "clerks"
AUDITORS = "auditors"
ITS_CLERKS = "clerks of its desk"
PUBLISHERS = "clerks of its desk, where its service has a public list"
ADMINISTRATORS = "administrators"
PORTAL_ADMINISTRATORS = "administrators of the portal"
ITS_ADMINISTRATORS = "administrators of its authority"
READERS = "clerks who may read it"
SUPERVISORS = "supervisors"
ITS_SUPERVISORS = "supervisors of its desk"
ASKED = "the session that was asked"
PAYER = "its payer"
OPERATORS = "operators"
ITS_OPERATORS = "operators of its office"
HEADS = "heads of an office"
LINKED = "whoever has the link"
CUSTOMER = "its customer"

# A new route is a new line here: whoever adds it says again, apart from the code, whom it is for.
AUDIENCE = {
    "/": ANYONE,
    "/about/<any(privacy, terms, accessibility, contact):name>": ANYONE,
    "/account": SIGNED_IN,
    "/account/challenge/<purpose>": ANYONE,
    "/account/closing": CONFIRMED,
    "/account/codes/<challenge_id>/<token>": ANYONE,
    "/account/codes/again": ANYONE,
    "/account/confirmation": SIGNED_IN,
    "/account/confirmation/anew": SIGNED_IN,
    "/account/data": SIGNED_IN,
    "/account/data/copy": CONFIRMED,
    "/account/data/copy/<copy_id>": "its owner, confirmed",
    "/account/delegations": SIGNED_IN,
    "/account/delegations/<int:delegation>": CUSTOMER,
    "/account/delegations/<int:delegation>/end": CUSTOMER,
    "/account/email": CONFIRMED,
    "/account/email/code": SIGNED_IN,
    "/account/events": SIGNED_IN,
    "/account/password": SIGNED_IN,
    "/account/phone": CONFIRMED,
    "/account/phone/code": SIGNED_IN,
    "/account/recovery": ANYONE,
    "/account/recovery/password": ANYONE,
    "/account/registration": ANYONE,
    "/account/reminders": SIGNED_IN,
    "/account/registration/email": ANYONE,
    "/account/registration/phone": ANYONE,
    "/account/second-factor": "whoever has shown the first factor",
    "/account/second-factor/codes": STAFF,
    "/account/second-factor/new": "staff who have shown the first factor and have no second yet",
    "/account/second-factor/renewal": STAFF,
    "/account/sessions": SIGNED_IN,
    "/account/sessions/<int:session_id>/end": SIGNED_IN,
    "/account/sessions/others/end": SIGNED_IN,
    "/account/sign-in": ANYONE,
    "/account/sign-in/code": ANYONE,
    "/account/sign-out": ANYONE,
    "/account/stay": ANYONE,
    "/administration": ADMINISTRATORS,
    "/administration/announcements": ADMINISTRATORS,
    "/administration/announcements/<int:number>/end": ITS_ADMINISTRATORS,
    "/administration/fees": ADMINISTRATORS,
    "/administration/fees/<int:number>": ITS_ADMINISTRATORS,
    "/administration/fees/<int:number>/approval": ITS_ADMINISTRATORS,
    "/administration/fees/<int:number>/changes/<int:rule>": ITS_ADMINISTRATORS,
    "/administration/fees/<int:number>/lines/<int:line>/removal": ITS_ADMINISTRATORS,
    "/administration/fees/<int:number>/proposal": ITS_ADMINISTRATORS,
    "/administration/fees/<int:number>/rejection": ITS_ADMINISTRATORS,
    "/administration/fees/<int:number>/withdrawal": ITS_ADMINISTRATORS,
    "/administration/messages": PORTAL_ADMINISTRATORS,
    "/administration/messages/<name>/<any(mail, sms):channel>": PORTAL_ADMINISTRATORS,
    "/administration/messages/<name>/<any(mail, sms):channel>/reversion": PORTAL_ADMINISTRATORS,
    "/administration/registers": ADMINISTRATORS,
    "/administration/registers/<int:number>": ITS_ADMINISTRATORS,
    "/administration/registers/<int:number>/progress": ITS_ADMINISTRATORS,
    "/administration/registers/<int:number>/rejected.csv": ITS_ADMINISTRATORS,
    "/administration/staff": ADMINISTRATORS,
    "/administration/staff/<int:number>": ITS_ADMINISTRATORS,
    "/administration/staff/<int:number>/block": ITS_ADMINISTRATORS,
    "/administration/staff/<int:number>/roles": ITS_ADMINISTRATORS,
    "/administration/staff/<int:number>/roles/<int:role>/removal": ITS_ADMINISTRATORS,
    "/administration/staff/<int:number>/second-factor/reset": ITS_ADMINISTRATORS,
    "/administration/staff/<int:number>/sessions/end": ITS_ADMINISTRATORS,
    "/administration/staff/<int:number>/unblock": ITS_ADMINISTRATORS,
    "/administration/staff/invitation": ADMINISTRATORS,
    "/agreements/<int:number>/<token>": LINKED,
    "/agreements/<int:number>/<token>/code": LINKED,
    "/announcements/<int:number>/dismissal": ANYONE,
    "/administration/holidays": ADMINISTRATORS,
    "/administration/holidays/<int:number>": ADMINISTRATORS,
    "/administration/holidays/<int:number>/removal": ADMINISTRATORS,
    "/applications": SIGNED_IN,
    "/track": ANYONE,
    "/authorities/<code>": ANYONE,
    "/account/kind": SIGNED_IN,
    "/applications/<reference>": APPLICANT,
    "/applications/<reference>/agreements/<int:number>/link": APPLICANT,
    "/applications/<reference>/appointment": APPLICANT,
    "/applications/<reference>/appointment/<any(wait, stay, accept):what>": APPLICANT,
    "/applications/<reference>/appointment/calendar.ics": APPLICANT,
    "/applications/<reference>/appointment/cancellation": APPLICANT,
    "/applications/<reference>/appointment/slip": APPLICANT,
    "/applications/<reference>/appointment/time": APPLICANT,
    "/arrivals/<int:number>/<token>": ITS_CLERKS,
    "/centres": CLERKS,
    "/centres/<code>/board": ANYONE,
    "/centres/<code>/counters/<int:number>": ITS_CLERKS,
    "/centres/<code>/counters/<int:number>/<any(served, missed):what>": ITS_CLERKS,
    "/centres/<code>/counters/<int:number>/next": ITS_CLERKS,
    "/applications/<reference>/check": PROVEN,
    "/applications/<reference>/continue": APPLICANT,
    "/applications/<reference>/declaration": PROVEN,
    "/applications/<reference>/declaration/drawing": PROVEN,
    "/applications/<reference>/declaration/paper": PROVEN,
    "/applications/<reference>/declaration/preparation": PROVEN,
    "/applications/<reference>/documents": APPLICANT,
    "/applications/<reference>/draft": APPLICANT,
    "/applications/<reference>/files/<field>": APPLICANT,
    "/applications/<reference>/files/<field>/<int:which>": APPLICANT,
    "/applications/<reference>/payments": APPLICANT,
    "/applications/<reference>/reopening": APPLICANT,
    "/applications/<reference>/satisfaction": APPLICANT,
    "/applications/<reference>/steps/<name>": "its applicant, proven as the step asks",
    "/applications/<reference>/steps/<name>/quote": APPLICANT,
    "/applications/<reference>/submission": PROVEN,
    "/applications/<reference>/objections": APPLICANT,
    "/applications/<reference>/waiver": APPLICANT,
    "/applications/<reference>/withdrawal": APPLICANT,
    "/audit": AUDITORS,
    "/audit/<int:key>": AUDITORS,
    "/audit/export.csv": AUDITORS,
    "/check/<code>": ANYONE,
    "/complaints": ANYONE,
    "/complaints/<reference>": ANYONE,
    "/complaints/<reference>/pictures/<int:picture>": ANYONE,
    "/complaints/<reference>/support": ANYONE,
    "/counter": "cashiers",
    "/counter/<reference>": "cashiers of its authority",
    "/counter/people": CLERKS,
    "/counter/people/card": CLERKS,
    "/counter/people/card/challenge": CLERKS,
    "/counter/takings": "cashiers",
    "/counter/takings.csv": "cashiers",
    "/calendar": THEMSELVES,
    "/calendar.ics": THEMSELVES,
    "/dashboard": SIGNED_IN,
    "/desk": CLERKS,
    "/desk/<reference>": READERS,
    "/desk/<reference>/decision/<any(approve, return, refuse):outcome>": ITS_CLERKS,
    "/desk/<reference>/hold": ITS_CLERKS,
    "/desk/<reference>/notes": ITS_CLERKS,
    "/desk/<reference>/opinions": ITS_CLERKS,
    "/desk/<reference>/opinions/<int:number>": "clerks of the section that was asked",
    "/desk/<reference>/publication": PUBLISHERS,
    "/desk/<reference>/release": ITS_CLERKS,
    "/desk/<reference>/versions/<int:number>": READERS,
    "/desk/<reference>/versions/<int:number>/files/<field>": READERS,
    "/desk/<reference>/versions/<int:number>/files/<field>/<int:which>": READERS,
    "/desk/<reference>/visit": ITS_CLERKS,
    "/desk/<reference>/visit/cancellation": ITS_CLERKS,
    "/desk/<reference>/visit/report": ITS_CLERKS,
    "/desk/<reference>/visits/<int:number>/photos/<int:photo>": "clerks who may read its visits",
    "/desk/filters": CLERKS,
    "/desk/filters/<int:number>/removal": "clerks who keep it",
    "/desk/next": CLERKS,
    "/documents/<serial>": "its owner",
    "/follow": ANYONE,
    "/follow/<reference>/<key>": "who holds its key",
    "/follow/end": ANYONE,
    "/healthz": "monitoring",
    "/help/card-reader": ANYONE,
    "/identity/<proof>": ASKED,
    "/identity/<proof>/cancellation": ASKED,
    "/identity/<proof>/card": ASKED,
    "/identity/<proof>/card/challenge": ASKED,
    "/identity/<proof>/mobile-id": ASKED,
    "/identity/<proof>/single-log-out": ASKED,
    "/identity/<proof>/waiting": ASKED,
    "/identity/link": SIGNED_IN,
    "/identity/link/challenge": SIGNED_IN,
    "/identity/newcomer": ANYONE,
    "/identity/sign-in/card": ANYONE,
    "/identity/sign-in/card/challenge": ANYONE,
    "/identity/sign-in/mobile-id": ANYONE,
    "/identity/sign-in/mobile-id/cancellation": ANYONE,
    "/identity/sign-in/mobile-id/waiting": ANYONE,
    "/identity/provider/acs": "the provider, through the person's browser (signature verified)",
    "/identity/provider/arrival/<ticket>": "the browser that set out",
    "/identity/provider/left/<proof>": ASKED,
    "/identity/provider/logout": "the provider, through the person's browser (signature verified)",
    "/identity/provider/metadata": ANYONE,
    "/identity/provider/refused/<why>": ANYONE,
    "/identity/provider/sign-in": ANYONE,
    "/identity/provider/sign-out": ANYONE,
    "/identity/provider/step-up/<proof>": ASKED,
    "/language/<any(ar, en):to>": ANYONE,
    "/payouts": "cashiers",
    "/payouts/<int:number>": "cashiers of its authority, but who decided it",
    "/payouts/pending.csv": "cashiers",
    "/office": OPERATORS,
    "/office/acting/end": SIGNED_IN,
    "/office/customers/<int:delegation>/acting": ITS_OPERATORS,
    "/office/customers/<int:delegation>/end": ITS_OPERATORS,
    "/office/customers/new": OPERATORS,
    "/office/operators": HEADS,
    "/office/operators/<int:operator>/end": HEADS,
    "/office/requests/<int:delegation>": ITS_OPERATORS,
    "/office/requests/<int:delegation>/card": ITS_OPERATORS,
    "/office/requests/<int:delegation>/card/challenge": ITS_OPERATORS,
    "/office/statement": OPERATORS,
    "/office/statement.csv": OPERATORS,
    "/lists": THEMSELVES,
    "/lists/<uuid>": "its owner",
    "/lists/<uuid>/confirmation": "its owner, proven",
    "/lists/<uuid>/payment": "its owner",
    "/lists/<uuid>/results.csv": "its owner",
    "/lists/example/<code>.csv": THEMSELVES,
    "/people": THEMSELVES,
    "/people/renewals": THEMSELVES,
    "/office/batches": "operators",
    "/office/batches/<uuid>": "operators of its office",
    "/office/batches/<uuid>/confirmation": "operators of its office, proven",
    "/office/batches/<uuid>/payment": "operators of its office",
    "/office/batches/<uuid>/results.csv": "operators of its office",
    "/office/batches/example/<code>.csv": "operators",
    "/invoices": SIGNED_IN,
    "/invoices.csv": SIGNED_IN,
    "/invoices/<int:year>/statement": SIGNED_IN,
    "/invoices/statements/<paper_id>": "its owner",
    "/open311/discovery.<any(json, xml):form>": ANYONE,
    "/open311/v2/requests.<any(json, xml):form>": "anyone; to file, programs with a key",
    "/open311/v2/requests/<reference>.<any(json, xml):form>": ANYONE,
    "/open311/v2/services.<any(json, xml):form>": ANYONE,
    "/open311/v2/services/<code>.<any(json, xml):form>": ANYONE,
    "/open311/v2/tokens/<token>.<any(json, xml):form>": ANYONE,
    "/payments": SIGNED_IN,
    "/payments/<uuid>": PAYER,
    "/payments/<uuid>/check": PAYER,
    "/payments/<uuid>/checkout": PAYER,
    "/payments/notifications/<provider>": "the bank's server (signature verified)",
    "/payments/return/<provider>": "the bank, through the person's browser (signature verified)",
    "/payments/unclear": ANYONE,
    "/services/<code>": ANYONE,
    "/services/<code>/without-account": ANYONE,
    "/static/<path:filename>": ANYONE,
    "/style": "developers",
    "/supervision": SUPERVISORS,
    "/supervision/waivers": SUPERVISORS,
    "/supervision/<reference>/waiver": ITS_SUPERVISORS,
    "/supervision/<reference>": ITS_SUPERVISORS,
    "/supervision/<reference>/overturning": ITS_SUPERVISORS,
    "/supervision/<reference>/versions/<int:number>/files/<field>": ITS_SUPERVISORS,
    "/supervision/<reference>/versions/<int:number>/files/<field>/<int:which>": ITS_SUPERVISORS,
    "/supervision/applications": SUPERVISORS,
    "/supervision/assignments": SUPERVISORS,
    "/supervision/centres": SUPERVISORS,
    "/supervision/centres/<code>": ITS_SUPERVISORS,
    "/supervision/centres/new": SUPERVISORS,
    "/supervision/export": SUPERVISORS,
    "/supervision/figures": SUPERVISORS,
    "/reminders/<code>/<number>": "its owner",
    "/reminders/<code>/stop/<token>": "whoever holds the link of the mail",
    "/verify": ANYONE,
    "/verify/<code>": ANYONE,
}
DUTIES = {"clerks": Duty.CLERK, "supervisors": Duty.SUPERVISOR, "cashiers": Duty.CASHIER} | {
    "administrators": Duty.ADMINISTRATOR,
    "auditors": Duty.AUDITOR,
}
"""An audience of staff begins with the name of their duty; one that says more (of its desk) is for the duty at the very place."""


def duties(whom: str) -> set[Duty]:
    """The duties an audience is for; none for an audience that is not staff."""
    return {duty for name, duty in DUTIES.items() if name in whom.replace(",", " ").split()}


PERSONAL = sorted(
    rule
    for rule, whom in AUDIENCE.items()
    if whom in (SIGNED_IN, CONFIRMED, STAFF, ASKED, PAYER)
    or whom.startswith(("its owner", APPLICANT, OPERATORS))
    or duties(whom)
    or whom in (HEADS, CUSTOMER)
)
SAMPLES = {
    "reference": "CHAMBER-2026-0000042-2",
    "name": "period",
    "number": "91868",
    "field": "deed",
    "serial": "D-2026-000001",
    "int:session_id": "1",
    "int:number": "1",
    "int:key": "1",
    "int:rule": "1",
    "int:role": "1",
    "any(mail, sms):channel": "mail",
    "int:line": "1",
    "int:photo": "0",
    "int:picture": "0",
    "key": "7K2M-9QXA-04TD",
    "any(json, xml):form": "json",
    "int:delegation": "1",
    "int:operator": "1",
    "any(approve, return, refuse):outcome": "approve",
}
SAMPLES |= {
    "code": "chamber.renew-membership",
    "copy_id": "0" * 32,
    "paper_id": "0" * 32,
    "int:year": "2026",
    "int:which": "1",
    "token": "0" * 32,
    "any(wait, stay, accept):what": "wait",
    "any(served, missed):what": "served",
    "proof": "0" * 32,
    "uuid": "0" * 32,
}


def test_every_route_is_for_whom_the_table_says(portal: Flask):
    declared: dict[str, set[str]] = {}
    for _methods, rule, whom in routes(portal):
        declared.setdefault(rule, set()).add(whom)
    assert declared == {rule: {whom} for rule, whom in AUDIENCE.items()}


def test_a_route_that_says_nothing_is_listed_without_an_audience(own_portal: Flask):
    own_portal.add_url_rule("/silent", view_func=lambda: "x", endpoint="silent")
    own_portal.add_url_rule("/chatty", view_func=chatty, endpoint="chatty")
    found = {rule: whom for _methods, rule, whom in routes(own_portal)}
    assert (found["/silent"], found["/chatty"]) == ("", "")


def chatty() -> str:
    """Shows something to some audience: anyone."""
    return ""


def test_a_stranger_is_sent_to_sign_in_and_told_nothing(portal: Flask, client: Client):
    portal.config["WTF_CSRF_ENABLED"] = False  # so that the answer is about the person, not about the form
    for methods, rule, _whom in routes(portal):
        if rule in PERSONAL:
            for method in methods.split(","):
                answer = client.open(sample(rule), method=method)
                where = answer.headers.get("Location", "").partition("?")[0]
                assert (answer.status_code, where) == (303, "/account/sign-in"), f"{method} {rule}"


def sample(rule: str) -> str:
    for name, value in SAMPLES.items():
        rule = rule.replace(f"<{name}>", value)
    assert "<" not in rule, f"SAMPLES lacks a value for {rule}"
    return rule


def test_production_has_every_other_route_and_no_more(production: Flask):
    assert {rule for _methods, rule, _whom in routes(production)} == AUDIENCE.keys() - {"/style"}
    assert production.test_client().get("/style").status_code == 404
