"""What the desk's pages show, gathered in one place per page, so that templates only draw."""

from typing import TYPE_CHECKING, Any

from flask import url_for
from wtforms import TextAreaField
from wtforms.validators import Length

from blueprints import mapping
from blueprints.actor import actor
from blueprints.applications.views import KINDS, quoted
from blueprints.desk import words
from blueprints.desk.lists import urgency
from blueprints.forms import Form
from blueprints.language import locale
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound
from engine.fees import Quote
from engine.fields import Photo, Upload, files_of
from engine.lifecycle import State
from engine.service import Service
from engine.wording import Text, _
from operations import casework, corrections, publishing, satisfaction, service_clock, staff
from operations.casework import Outcome
from operations.dossiers import Dossier, approvals
from operations.visits import VisitState

if TYPE_CHECKING:
    from models import Message, Opinion, Visit

LONGEST = 2000
REMARK = "remark-"


# --- One application -------------------------------------------------------------------------------------------------------------


def application(dossier: Dossier) -> dict[str, Any]:
    row, state = dossier.row, State(dossier.row.state)
    quote = Quote.thaw(row.frozen["quote"])
    maywork = state is State.IN_REVIEW and dossier.here and not dossier.own and not dossier.barred
    return {
        **head(dossier),
        "why_not": _why_not(dossier),
        "stages": [_approved(catalogue.services[row.service], made) for made in approvals(dossier.decisions, row)],
        "register_changed": state is State.IN_REVIEW and dossier.events[-1].kind == "register-changed",
        "may_take": maywork and not dossier.holder,
        "may_decide": maywork and (dossier.mine or not dossier.holder),
        "actions": [
            {**action, "href": url_for("desk.decide", reference=row.reference, outcome=outcome)}
            for outcome, action in words.ACTIONS.items()
        ],
        "sections": _sections(dossier),
        "facts": [_record(frozen) for frozen in row.frozen["records"].values()],
        "fee": {**quoted(quote), "due": _due(dossier)} if quote.lines else None,
        "notes": [{"by": staff.name_of(note.by, locale()), "at": note.at, "text": note.text} for note in dossier.notes],
        "opinions": [opinion(asked) for asked in dossier.opinions],
        "to_answer": _to_answer(dossier),
        "visits": [_visit(row.reference, made, dossier.mine and maywork) for made in dossier.visits],
        "may_plan": dossier.mine and maywork and not any(made.state == VisitState.PLANNED for made in dossier.visits),
        "timeline": [_happened(event) for event in dossier.events],
        "messages": [_message(message) for message in dossier.messages],
        **_public(dossier),
        "papers": [
            {"title": paper.content["title"], "serial": paper.serial, "href": url_for("documents.verify_code", code=paper.code)}
            for paper in dossier.documents
        ],
    }


def _public(dossier: Dossier) -> dict[str, Any]:
    """What everybody sees of it, and what its applicant thought of the answers; nothing where the service has neither."""
    service = catalogue.services[dossier.row.service]
    return {
        "entry": publishing.standing(dossier.row) if service.listing else None,
        "ratings": satisfaction.words_about(dossier.row) if service.answers_in_words and dossier.row.approved_at else [],
    }


def _why_not(dossier: Dossier) -> Text | None:
    """Why this clerk only reads."""
    if State(dossier.row.state) is not State.IN_REVIEW:
        return None
    if dossier.own:
        return _("This is your own application: a colleague decides it.")
    if not dossier.here:
        if _to_answer(dossier):
            return None  # the question says it
        return _("It lies on another desk: %(desk)s. You may read it.", desk=catalogue.desks[dossier.row.desk])
    if dossier.barred:
        return _("You approved it at an earlier stage: somebody else decides now.")
    if dossier.holder and not dossier.mine:
        return _("%(name)s has taken this application. You may read it and write a note.", name=dossier.holder)
    return None


def _approved(service: Service, made: Any) -> dict[str, Any]:
    """An approval of an earlier stage."""
    stage = service.stage(made.stage)
    return {
        "title": stage.title if stage else None,
        "by": staff.name_of(made.clerk, locale()),
        "at": made.at,
        "text": made.reason,
    }


def opinion(asked: "Opinion") -> dict[str, Any]:
    """A question to another section and its answer."""
    return {
        "desk": asked.desk,
        "to": catalogue.desks.get(asked.desk, Text(asked.desk)),
        "by": staff.name_of(asked.asked_by, locale()),
        "at": asked.asked_at,
        "question": asked.question,
        "open": asked.closed_at is None,
        "answer": {
            "stance": words.STANCES[asked.stance][0],
            "kind": words.STANCES[asked.stance][1],
            "by": staff.name_of(asked.answered_by, locale()),
            "at": asked.closed_at,
            "text": asked.answer,
        }
        if asked.stance
        else None,
    }


def _to_answer(dossier: Dossier) -> list[dict[str, Any]]:
    """The questions that this clerk may answer."""
    return [
        {"question": asked.question, "href": url_for("desk.answer", reference=dossier.row.reference, number=asked.id)}
        for asked in dossier.opinions
        if asked.closed_at is None and staff.works_at(actor(), asked.desk)
    ]


def _visit(reference: str, made: "Visit", may: bool) -> dict[str, Any]:
    """A site visit, what it found, and what the clerk may do with it."""
    status, kind = words.VISITS[made.state]
    report = made.report if made.state == VisitState.DONE else None
    may = may and made.state == VisitState.PLANNED
    return {
        "status": status,
        "kind": kind,
        "at": made.at,
        "place": made.place,
        "visitor": made.visitor,
        "report": report and _reported(reference, made.id, report),
        "ways": [{"title": title, "href": url_for(way, reference=reference)} for way, title in words.WAYS.items()] if may else [],
    }


def _reported(reference: str, visit: int, report: Any) -> dict[str, Any]:
    finding, kind = words.FINDINGS[report.finding]
    return {
        "by": staff.name_of(report.by, locale()),
        "at": report.at,
        "finding": finding,
        "kind": kind,
        "text": report.text,
        "photos": [
            {"name": photo["name"], "href": url_for("desk.photo", reference=reference, number=visit, photo=number)}
            for number, photo in enumerate(report.photos)
        ],
    }


def must_hold(dossier: Dossier) -> None:
    """Raises NotFound for who only reads, Conflict for who has not taken it."""
    if not dossier.here or dossier.own:
        raise NotFound
    if State(dossier.row.state) is not State.IN_REVIEW or not dossier.mine:
        raise Conflict(casework.TAKE_FIRST)


def decided(row: Any, outcome: Outcome) -> tuple[str, Text]:
    """What to say to who has just decided: how it is meant, and the words."""
    if outcome is not Outcome.APPROVE or State(row.state) is not State.IN_REVIEW:
        return "success", words.DONE[outcome]
    if row.clerk_id is None:
        return "success", _("Approved at this stage. It is on the next desk now.")
    return "warning", _("The register changed meanwhile: nothing was overwritten, and the application stays with you.")


def head(dossier: Dossier) -> dict[str, Any]:
    """What the pages about one application share."""
    row, state = dossier.row, State(dossier.row.state)
    desk = row.desk if dossier.here else staff.desks_of(actor())[0]  # a list of theirs, to go back to
    return {
        "row": row,
        "title": row.frozen["title"],
        "desk": desk,
        "desk_title": catalogue.desks[desk],
        "status": words.LABELS[state],
        "kind": KINDS[state],
        "state": state,
        "dossier": dossier,
        "stage": catalogue.services[row.service].stage(row.stage),
        "applicant": _applicant(dossier),
        "urgency": urgency(row.due_at, service_clock.soon()) if row.due_at else None,
        "before": [
            {"number": version.number, "at": version.at, "href": url_for("desk.version", reference=row.reference, number=version.number)}
            for version in dossier.versions
        ],
    }  # fmt: skip


def _applicant(dossier: Dossier) -> list[dict[str, Any]]:
    known = dossier.identifiers
    rows = (
        (_("Applicant"), dossier.row.frozen["applicant"]),
        (_("Filed by"), _filer(dossier.row.frozen)),
        (_("Civil number"), known.get("civil-number") or _("not proven")),
        (_("Mobile"), known.get("phone")),
        (_("E-mail"), known.get("email")),
        (_("Submitted"), dossier.row.submitted_at),
        (_("Answer owed by"), dossier.row.due_at),
        (_("Taken by"), _("you") if dossier.mine else dossier.holder or _("nobody yet")),
    )
    return [{"term": term, "value": value, "isolate": isinstance(value, str)} for term, value in rows if value]


def _filer(frozen: dict[str, Any]) -> dict[str, str] | None:
    """The office and its operator, or the clerk at a counter."""
    filed = frozen.get("filed_by")
    if filed is None:
        return None
    office, operator = filed["office"], filed["operator"]
    return {language: " · ".join(filter(None, (office[language], operator[language]))) for language in ("ar", "en")}


def _sections(dossier: Dossier) -> list[dict[str, Any]]:
    """The answers by step; beside each what was remarked on it last, and where its files are."""
    row = dossier.row
    returns = [made for made in dossier.decisions if made.outcome == Outcome.RETURN]
    remarks = returns[-1].remarks if returns else {}
    return [
        {
            "title": step["title"],
            "rows": [{**answer, **_seen(row, answer), "remark": remarks.get(answer.get("field"))} for answer in step["rows"]],
        }
        for step in row.frozen["steps"]
        if step["rows"]
    ]


def _seen(row: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """Where the files of this answer are handed out, if it has any, and what might be better about them; the point on the map, if it is one."""
    name = answer.get("field")
    value, field = row.frozen["answers"].get(name), catalogue.services[row.service].field(name or "")
    where = {"reference": row.reference, "number": row.version, "field": name}
    files = [] if row.trimmed_at else files_of(value)
    return {
        "files": [{"name": file["name"], "href": url_for("desk.file", **where, which=at)} for at, file in enumerate(files)],
        "portrait": isinstance(field, Photo),
        "advice": field.advice(value) if isinstance(field, Upload) else None,
        "map": mapping.shown(field, value),
    }


def _record(frozen: dict[str, Any]) -> dict[str, Any]:
    record = catalogue.record(frozen)
    rows = [{"term": term, "value": value, "isolate": isinstance(value, str)} for term, value in record.rows()]
    return {"title": record.register.title, "rows": rows}


def _due(dossier: Dossier) -> Text:
    bill = dossier.bill
    if bill is None:
        return _("Falls due when you approve.") if not dossier.row.approved_at else _("Nothing to pay.")
    return _("Paid: receipt %(number)s", number=dossier.receipt) if dossier.receipt else _("Billed; not paid yet.")


def _happened(event: Any) -> dict[str, Any]:
    return {
        "title": words.HAPPENED[event.kind],
        "when": event.at,
        "text": event.details.get("reason") or event.details.get("what", ""),
        "kind": "bad" if event.kind == "refused" else "done",
    }


def _message(message: "Message") -> dict[str, Any]:
    came = _("sent") if message.sent_at else _("could not be delivered") if message.failed_at else _("on its way")
    return {
        "title": words.MESSAGES.get(message.template, Text(message.template)),
        "channel": words.CHANNELS[message.channel],
        "at": message.sent_at or message.created_at,
        "came": came,
        "failed": message.failed_at is not None,
    }


# --- Versions --------------------------------------------------------------------------------------------------------------------


def versions(dossier: Dossier, number: int) -> dict[str, Any]:
    """Version `number` beside the next. Raises NotFound where there is none."""
    kept = {version.number: version.frozen for version in dossier.versions} | {dossier.row.version: dossier.row.frozen}
    if number not in kept or number + 1 not in kept:
        raise NotFound
    before, after = kept[number], kept[number + 1]
    return {**head(dossier), "number": number, "steps": corrections.compare(before, after)}


# --- Deciding --------------------------------------------------------------------------------------------------------------------


def decision_form(dossier: Dossier, outcome: Outcome) -> type[Form]:
    """The form of a decision: its text, and on a return a remark for each answer."""
    reply = catalogue.services[dossier.row.service].reply
    label, hint = words.REASONS[outcome]
    if outcome is Outcome.APPROVE and reply is not None and casework.owes_reply(dossier.row):
        label, hint = (
            reply,
            _("The applicant receives it as a letter with the authority's seal. Write it in the applicant's language."),
        )
    fields: dict[str, Any] = {"reason": _text(label, hint, rows=8 if outcome is Outcome.APPROVE else 4)}
    if outcome is Outcome.RETURN:
        for answer in _answers(dossier):
            fields[REMARK + answer["field"]] = _text(_("What to correct here"), None, rows=2)
    return type("DecisionForm", (Form,), fields)


def _text(label: Text, hint: Text | None, rows: int) -> TextAreaField:
    return TextAreaField(
        label, description=hint or "", validators=[Length(max=LONGEST)], render_kw={"rows": rows, "maxlength": LONGEST}
    )


def _answers(dossier: Dossier) -> list[dict[str, Any]]:
    """One row for each field that was asked."""
    rows = [row for step in dossier.row.frozen["steps"] for row in step["rows"] if row.get("field")]
    return list({row["field"]: row for row in reversed(rows)}.values())[::-1]


def remarks(form: Form) -> dict[str, str]:
    """What was remarked, by the field's name."""
    return {name.removeprefix(REMARK): text for name, text in form.data.items() if name.startswith(REMARK) and text}


def deciding(dossier: Dossier, outcome: Outcome) -> dict[str, Any]:
    quote = Quote.thaw(dossier.row.frozen["quote"])
    return {
        **head(dossier),
        "button": words.ACTIONS[outcome]["button"],
        "press_kind": words.ACTIONS[outcome]["kind"],
        "page_title": words.ACTIONS[outcome]["title"],
        "outcome": outcome,
        "answers": [
            {**answer, **_seen(dossier.row, answer), "control": REMARK + answer["field"]}
            for answer in _answers(dossier)
        ],
        "fee": quoted(quote) if quote.total and catalogue.services[dossier.row.service].decides(dossier.row.stage) else None,
        "appeal": catalogue.authorities[dossier.row.authority].appeal,
    }  # fmt: skip
