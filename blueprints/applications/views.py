"""What the application pages show, gathered in one place per page, so that templates only draw."""

import datetime as dt
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from blueprints import choosing
from blueprints.choosing import Chooser
from blueprints.language import locale
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Refusal
from engine.fees import Quote
from engine.fields import Field, Found, FromRegister, Photo, Several, Slot, Upload, files_of
from engine.lifecycle import LABELS, WAITING_FOR_APPLICANT, State
from engine.registers import Kind, Record
from engine.service import Facts, Step, Summary
from engine.wording import Text, _
from operations import (
    agreements,
    announcements,
    answers,
    applications,
    appointments,
    bookings,
    claims,
    corrections,
    declarations,
    documents,
    guests,
    objections,
    payments,
    public_list,
    rendering,
    reopening,
    satisfaction,
    submission,
    waivers,
)
from operations.applications import Opened
from operations.appointments import Offer
from operations.rendering import on_weekday, time_of_day
from operations.settlement import TAKEN

if TYPE_CHECKING:
    from models import AgreementRequest, Application, Document

KINDS = {
    State.DRAFT: "neutral",
    State.TO_AGREE: "progress",
    State.TO_PAY: "waiting",
    State.IN_REVIEW: "progress",
    State.RETURNED: "waiting",
    State.COMPLETED: "good",
    State.REFUSED: "bad",
    State.WITHDRAWN: "neutral",
}
EVENTS: dict[str, Text] = {
    "started": _("You began the application"),
    "signed": _("You signed the declaration with your ID card"),
    "identified": _("Identity checked at the counter"),
    "submitted": _("You submitted it"),
    "reopened": _("You took it back to change your answers"),
    "agreement-asked": _("The other party was asked to agree"),
    "agreed": _("The other party agreed"),
    "declined": _("The other party declined"),
    "agreement-expired": _("The other party did not answer in time"),
    "paid": _("The payment arrived"),
    "approved": _("The authority approved it"),
    "answered": _("The authority answered"),
    "contested": _("You asked to have it examined again"),
    "returned": _("The authority asks for a correction"),
    "refused": _("The authority refused it"),
    "completed": _("Completed"),
    "withdrawn": _("You withdrew it"),
    "overturned": _("A supervisor has it examined again"),
    "register-changed": _("The register changed meanwhile; the authority is looking at it"),
    "erased": _("What it said was deleted: we keep it no longer than needed"),
    "payout-owed": _("The deposit goes back to you: its transfer is under way"),
    "paid-out": _("The deposit was transferred"),
    "visit-planned": _("Site visit planned"),
    "visit-moved": _("Site visit moved"),
    "visit-cancelled": _("Site visit cancelled"),
    "visit-done": _("The site was visited"),
    "appointment-booked": _("Appointment made"),
    "appointment-moved": _("Appointment moved"),
    "appointment-cancelled": _("Appointment cancelled"),
    "appointment-kept": _("Served at the centre"),
    "appointment-missed": _("Called at the centre, nobody came"),
    "paid-elsewhere": _("This was paid elsewhere before, or cancelled: we give the money back"),
    "passed-on": _("One part of the review is done, the next has begun"),
    "waiver-asked": _("You asked for a fine to be waived"),
    "waiver-granted": _("A supervisor waived a fine"),
    "waiver-declined": _("The fine was not waived"),
}

BY_ANOTHER: dict[str, Text] = EVENTS | {
    "started": _("Begun for the applicant"),
    "signed": _("The declaration was signed for the applicant"),
    "submitted": _("Submitted for the applicant"),
    "reopened": _("Taken back to change the answers"),
    "withdrawn": _("Withdrawn"),
    "contested": _("Asked to be examined again"),
    "waiver-asked": _("Asked for a fine to be waived"),
}
"""As EVENTS, where somebody else than the reader did it."""


# --- Dashboard -------------------------------------------------------------------------------------------------------------------


def dashboard(rows: "list[Application]") -> dict[str, Any]:
    known = [row for row in rows if row.service in catalogue.services]
    waiting = [row for row in known if State(row.state) in WAITING_FOR_APPLICANT]
    running = [row for row in known if row.state in (State.IN_REVIEW, State.TO_AGREE)]
    ended = [row for row in known if row not in waiting and row not in running and row.state != State.WITHDRAWN]
    return {
        "waiting": [_listed(row) for row in waiting],
        "to_pay": sum(row.state == State.TO_PAY for row in waiting),
        "running": [_listed(row) for row in running],
        "ended": [_listed(row) for row in ended],
        "authorities": list(catalogue.authorities.values()),
    }


def _listed(row: "Application") -> dict[str, Any]:
    state = State(row.state)
    draft = state in (State.DRAFT, State.RETURNED)
    return {
        "title": catalogue.services[row.service].title,
        "href": url_for("applications.resume" if draft else "applications.overview", reference=row.reference),
        "hint": row.reference,
        "about": _about(row),
        "at": row.updated_at,
        "status": LABELS[state],
        "kind": KINDS[state],
    }


def _about(row: "Application") -> dict[str, str] | None:
    """Whose matter it is: the name of the first record that was chosen."""
    frozen = next(iter(row.records.values()), None)
    return catalogue.record(frozen).title if frozen else None  # type: ignore[return-value]


# --- Steps -----------------------------------------------------------------------------------------------------------------------


Offered = dict[str, list[Record] | list[dt.datetime] | Offer]


def offered(actor: Actor, opened: Opened, step: Step) -> Offered:
    """What each field of the step lets this person choose from; of centres, the times of the one that the address asks for."""
    centres = [field for field in step.fields if isinstance(field, Slot) and field.at_centre]
    times = {field.name: choosing.offer(field, opened.answers.get(field.name)) for field in centres}
    return {**answers.offered(actor, opened, step), **times}


def options(offered: Offered) -> dict[str, Any]:
    """What a field offers as choices."""
    records = [each for choices in offered.values() if isinstance(choices, list) for each in choices if isinstance(each, Record)]
    objected = claims.about([record for record in records if record.register.outside])
    return {
        name: [_option(each, objected) for each in choices] if isinstance(choices, list) else Chooser(choices)
        for name, choices in offered.items()
    }


def _option(offered: Record | dt.datetime, objected: Container[str]) -> tuple[str, Any]:
    """A register record: the number first, then whose it is; of what costs something, what it is, and how much. A time: the day, then the hour."""
    if isinstance(offered, Record):
        return offered.number, choice(offered, objected)
    return offered.isoformat(), {"title": on_weekday(offered), "aside": time_of_day(offered)}


def offer_again(form: Any, offered: Offered) -> None:
    """The times that are free now, in place of those that were."""
    for name, choices in options(offered).items():
        if isinstance(choices, Chooser):
            form[name].show(choices)
        else:
            form[name].choices = choices


def choice(record: Record, objected: Container[str] = ()) -> dict[str, Any]:
    if not record.register.outside:
        return {"title": record.number, "hint": record.title}
    hint = [Markup('<bdi dir="ltr">{}</bdi>').format(record.number), *(_bdi(value) for value in _told(record))]
    if record.number in objected:
        hint.append(_bdi(_("an objection is under way")))
    return {"title": record.title, "hint": Markup(" · ").join(hint), "aside": record.amount}


def _told(record: Record) -> Iterable[Any]:
    """What stands beside its name: of a violation its article, its day, its state, and for its company where it was."""
    for column in record.columns_shown():
        if column.kind is not Kind.MONEY and column.name != record.register.name:
            yield column.shown(record.data[column.name])


def _bdi(value: Any) -> Markup:
    return Markup("<bdi>{}</bdi>").format(rendering.shown(value, locale()))


def typed(opened: Opened, step: Step, offered: Offered) -> dict[str, Any]:
    """What was answered before, as the form shows it again; all that was found, until somebody chooses."""
    opened = supposed(opened, step, offered)
    return {
        field.name: field.written(value)
        for field in step.fields
        if not isinstance(field, Upload) and (value := _standing(opened, field)) is not None
    }


def _standing(opened: Opened, field: Field) -> Any:
    if field.name in opened.answers or field.starts_as is None:
        return opened.answers.get(field.name)
    return rendering.shown(field.starts_as(opened.case()), locale())


def supposed(opened: Opened, step: Step, offered: Offered) -> Opened:
    """The application as it stands on the page: with all that was found, where nobody has chosen yet."""
    for field in step.fields:
        choices = offered.get(field.name)
        if isinstance(field, Found) and field.name not in opened.answers and isinstance(choices, list) and choices:
            found = [record for record in choices if isinstance(record, Record)]
            opened = answers.all_chosen(opened, field, found)
    return opened


def sent_before(kept: dict[str, str], asked: Iterable[Field]) -> dict[str, Any]:
    """For the form: what was sent after the session had run out stands in it as it was typed."""
    if not kept or request.method != "GET":
        return {}
    several = {field.name for field in asked if isinstance(field, Found | Several)}
    values = [(name, value) for name, text in kept.items() for value in (text.split() if name in several else [text])]
    return {"formdata": MultiDict(values)}


def step(opened: Opened, step: Step, offered: Offered, remarks: dict[str, str], refused: list[Refusal]) -> dict[str, Any]:
    asked, going = corrections.open_fields(opened, step, remarks), corrections.open_steps(opened, remarks)
    before = next((earlier for earlier in reversed(going) if opened.service.precedes(earlier, step)), None)
    return {
        "opened": opened,
        "service": opened.service,
        "step": step,
        "trail": trail(opened, going),
        "position": sum(opened.service.precedes(each, step) for each in corrections.asking(opened)),
        "back": _step_url(opened, before) if before else url_for("applications.overview", reference=opened.reference),
        "asked": asked,
        "kept": [] if asked == step.asked(opened.case()) else list(_terms(_kept(opened, step, {field.name for field in asked}))),
        "nothing": next(
            (
                field.none
                for field in asked
                if isinstance(field, FromRegister | Slot) and field.required and _nothing(offered.get(field.name))
            ),
            None,
        ),
        "refused": list(_ways_on(refused)),
        "summaries": [
            rows for item in step.items if isinstance(item, Summary | Facts) if (rows := list(_terms(_rows(opened, item))))
        ],
        "attached": {field.name: _attached(opened, field) for field in step.fields if isinstance(field, Upload)},
        "remarks": remarks,
        "quote_url": url_for("applications.preview_quote", reference=opened.reference, name=step.name) if step.shows else None,
        "objections": _objections(opened)
        if any(isinstance(field, Found) and offered.get(field.name) for field in asked)
        else None,
        **(price(supposed(opened, step, offered)) if step.shows else {}),
        **near(opened),
    }


def _nothing(offered: Any) -> bool:
    return offered == [] or (isinstance(offered, Offer) and offered.centre is None)


def near(opened: Opened) -> dict[str, Any]:
    """What others have reported of the same kind close by, offered to be supported before a draft is submitted."""
    if opened.service.listing is None or opened.state is not State.DRAFT:
        return {"near": []}
    return {"near": public_list.near(opened.service, opened.answers)}


def _rows(opened: Opened, item: Summary | Facts) -> Iterable[tuple[Any, Any]]:
    if isinstance(item, Facts):
        return item.rows(opened.case())
    record = opened.records.get(item.record)
    return (record.only(item.columns) if item.columns else record).rows() if record else ()


def _ways_on(refused: Iterable[Refusal]) -> Iterable[dict[str, Any]]:
    """What stands in the way, and the service that helps, where it is offered here."""
    for refusal in refused:
        service = catalogue.services.get(refusal.start.service) if refusal.start else None
        answers = refusal.start.answers if refusal.start else {}
        yield {"message": refusal.message, "service": service, "answers": answers}


def _kept(opened: Opened, step: Step, asked: set[str]) -> Iterable[tuple[Any, Any]]:
    """What a returned application's step asks no more."""
    return ((label, value) for name, label, value in submission.rows_of(opened, step) if name not in asked)


def _objections(opened: Opened) -> str | None:
    """Where one objects to what it pays."""
    return url_for("applications.objections_to", reference=opened.reference) if objections.objectionable(opened) else None


def trail(opened: Opened, going: list[Step]) -> list[dict[str, Any]]:
    """The steps and the check page, as far as one may go back or forth: `going` are those one has to go through."""
    steps = [
        {"title": step.title, "href": _step_url(opened, step) if step in going and opened.reachable(step) else None}
        for step in corrections.asking(opened)
    ]
    return [*steps, {"title": _("Check and submit"), "href": None}]


def price(opened: Opened) -> dict[str, Any]:
    """The quote for the answers so far; none while something it needs is unanswered. Files change no price: they may come later."""
    files = {field.name: None for step in opened.service.steps for field in step.fields if isinstance(field, Upload)}
    if Opened(opened.row, opened.service, files | opened.answers, opened.records).next_step() is not None:
        return {"lines": [], "total": None, "facts": [], "unset": None}
    offer = submission.offer(opened)
    return {**quoted(offer.quote), "facts": _facts(offer.also), "unset": offer.unset}


def quoted(quote: Quote) -> dict[str, Any]:
    return {
        "lines": [{"title": line.label, "amount": line.amount, "note": line.note} for line in quote.lines],
        "total": quote.total,
    }


def _facts(also: Iterable[dict[str, Any]]) -> list[tuple[Any, Any]]:
    return [(row["label"], row["value"]) for row in also]


def _attached(opened: Opened, field: Upload) -> list[dict[str, Any]]:
    """The files kept so far; `remove` where one may be taken away without another in its place."""
    return [
        {
            "name": file["name"],
            "size": f"{max(file['size'] // 1024, 1)} KB",
            "href": url_for("documents.upload", reference=opened.reference, field=field.name, which=which),
            "remove": file["digest"] if field.most > 1 or not field.required else None,
            "portrait": isinstance(field, Photo),
            "advice": field.advice(file),
        }
        for which, file in enumerate(files_of(opened.answers.get(field.name)))
    ]


def _step_url(opened: Opened, step: Step) -> str:
    return url_for("applications.take_step", reference=opened.reference, name=step.name)


# --- Check and overview ----------------------------------------------------------------------------------------------------------


def check(opened: Opened) -> dict[str, Any]:
    offer, remarks = submission.offer(opened), corrections.remarks_on(opened.row)
    asked = corrections.open_steps(opened, remarks)
    sections = [
        {
            "title": step.title,
            "href": _step_url(opened, step) if step in asked else None,
            "rows": list(_answered(opened, step, remarks)),
        }
        for step in corrections.asking(opened)
        if step.fields
    ]
    return {
        "opened": opened,
        "service": opened.service,
        "sections": sections,
        "back": next((section["href"] for section in reversed(sections) if section["href"]), None),
        "seal": offer.seal,
        "refused": list(_ways_on(offer.refusals)),
        "unset": offer.unset,
        "facts": _facts(offer.also),
        "trail": trail(opened, asked),
        "closure": announcements.closure_of(opened.service) if opened.state is State.DRAFT else None,
        "declaration": _declaration(opened, offer.seal) if declarations.offered(opened) else None,
        **quoted(offer.quote),
        **near(opened),
    }


def _declaration(opened: Opened, seal: str) -> dict[str, Any]:
    """What may be signed by card, and by whom it was."""
    document = documents.declaration(opened.reference, seal)
    said = opened.service.declaration
    return {"says": said and said.says, "required": opened.service.signature_required, "signed": document and _paper(document)}


def _terms(rows: Iterable[tuple[Any, Any]]) -> Iterable[dict[str, Any]]:
    """Rows for a summary list; numbers and Latin names are kept from turning around."""
    return ({"term": label, "value": value, "isolate": isinstance(value, str)} for label, value in rows)


def _answered(opened: Opened, step: Step, remarks: dict[str, str]) -> Iterable[dict[str, Any]]:
    """The answers of a step, each with what the clerk remarked on it, or what might be better about it."""
    for name, label, value in submission.rows_of(opened, step):
        field = opened.service.field(name)
        note = remarks.get(name) or (field.advice(opened.answers.get(name)) if isinstance(field, Upload) else None)
        yield {"term": label, "value": value, "isolate": isinstance(value, str), "note": note}


def overview(opened: Opened, reader: int | None) -> dict[str, Any]:
    """`reader`: the account that looks at it; what another did for them is said so."""
    row = opened.row
    bill = applications.bill_of(opened)
    last = payments.last_of(opened) if bill else None
    frozen, events = row.frozen or {}, applications.events_of(row)
    return {
        "opened": opened,
        "title": frozen.get("title") or opened.service.title,
        "state": opened.state,
        "status": LABELS[opened.state],
        "kind": KINDS[opened.state],
        "refused": list(_ways_on(opened.refused(opened.service.steps[-1]))) if opened.editable else [],
        "bill": bill,
        "bill_lines": quoted(Quote.thaw(bill.quote)) if bill else None,
        "facts": _facts(frozen.get("also", [])),
        "refusal": next((event.details for event in reversed(events) if event.kind == "refused"), None),
        "due": business_day(row.due_at) if row.due_at else None,
        "overdue": row.escalated_at is not None,
        "payer": frozen.get("applicant"),
        "filed_by": row.office.name if row.office_id else _at_counter(frozen.get("filed_by")),
        "filed_at_counter": row.filed_by_id is not None and row.office_id is None,
        "last": last,
        "last_method": TAKEN.get(last.provider, last.card) if last else "",
        "last_receipt": last.receipt if last else None,
        "may_reopen": applications.may_reopen(row),
        "waiver": waivers.standing(row, bill),
        "asked": [_asked(request) for request in agreements.waiting(row)],
        "objections": _objections(opened) if opened.case().records else None,
        **papers(opened),
        "reply": frozen.get("reply") if opened.state is State.COMPLETED and opened.service.answers_in_words else None,
        "reopens_until": reopening.until(row),
        "appointment": _appointment(opened),
        "rating": satisfaction.answer_of(row) is not None,
        "entry_url": url_for("complaints.entry", reference=row.reference)
        if opened.service.listing and row.submitted_at
        else None,
        "sections": [_section(step) for step in frozen.get("steps", [])],
        "timeline": [_happened(event, reader) for event in events],
    }


def _appointment(opened: Opened) -> dict[str, Any] | None:
    """When its person comes, or that they have to choose a time again."""
    made = appointments.standing(opened.row) if bookings.visit_of(opened.service) and opened.submitted else None
    if made is None or opened.editable:
        return None
    where = url_for("appointments.own", reference=opened.reference)
    coming = made.state in ("booked", "here", "called")
    return {"made": made, "href": where, "coming": coming, "owed": not coming and appointments.may_move(opened, made)}


def _asked(request: "AgreementRequest") -> dict[str, Any]:
    """Somebody who has not answered yet, and whether the link may be sent again."""
    return {
        "role": request.role,
        "phone": f"\u2066{agreements.masked(request.phone)}\u2069",  # kept in order inside an Arabic sentence
        "until": business_day(request.expires_at),
        "number": request.id,
        "again": agreements.may_send_again(request),
    }


def follow(reader: Actor, opened: Opened) -> dict[str, Any]:
    """For who filed without an account: the key to come back with, and whether they are told of the answer."""
    key = guests.key(reader) if opened.submitted else None
    where = {"reference": opened.reference, "key": key}
    return {
        "follow": {"key": key, "link": url_for("guests.follow", **where, _external=True)} if key else None,
        "told": opened.row.guest is None or bool(opened.row.guest.email or opened.row.guest.phone),
    }


def _at_counter(filed: dict[str, Any] | None) -> dict[str, str] | None:
    """The clerk, and at whose counter."""
    if filed is None:
        return None
    return {language: f"{filed['operator'][language]} · {filed['office'][language]}" for language in ("ar", "en")}


def _section(step: dict[str, Any]) -> dict[str, Any]:
    return {**step, "terms": [{"term": row["label"], "value": row["value"]} for row in step["rows"]]}


def papers(opened: Opened) -> dict[str, Any]:
    """The documents alone, for the region that refreshes while the queue draws them."""
    return {
        "documents": [_paper(document) for document in documents.of_application(opened.row)],
        "documents_url": url_for("applications.papers", reference=opened.reference),
    }


def _paper(document: "Document") -> dict[str, Any]:
    return {
        "title": document.content["title"],
        "serial": document.serial,
        "ready": document.digest is not None,
        "kind": document.kind,
        "size": document.size,
        "href": url_for("documents.download", serial=document.serial),
        "verify": url_for("documents.verify_code", code=document.code),
        "signed": _signed(document),
    }


def _signed(document: "Document") -> dict[str, Any] | None:
    """Who signed it by card, and when."""
    signed = document.content.get("signed")
    return {"name": signed["by"], "at": dt.datetime.fromisoformat(signed["at"])} if signed else None


def _happened(event: Any, reader: int | None) -> dict[str, Any]:
    kind = {"refused": "bad", "completed": "done"}.get(event.kind, "done")
    text = event.details.get("reason") or event.details.get("what", "")
    said = EVENTS if event.by_id in (None, reader) else BY_ANOTHER
    return {"title": said[event.kind], "when": event.at, "text": text, "kind": kind}
