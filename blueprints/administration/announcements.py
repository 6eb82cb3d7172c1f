"""Closing a service for some days, and notices: of a service, of an authority, of the whole portal."""

from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.administration.front import blueprint
from blueprints.administration.typed import day_field, read_day
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.errors import Refusal
from engine.wording import Text, _
from operations import announcements as announcing
from operations.announcements import AnnouncementKind, Said
from operations.now import today

KINDS: dict[AnnouncementKind, Text] = {
    AnnouncementKind.CLOSURE: _("Closed: nobody begins or submits meanwhile"),
    AnnouncementKind.WARNING: _("A warning"),
    AnnouncementKind.INFORMATION: _("A notice"),
}


class AnnouncementForm(Form):
    kind = RadioField(_("What is it?"), choices=list(KINDS.items()))
    about = SelectField(_("What is it about?"))
    first_day = day_field(_("First day"), required(_("Write the first day.")))
    last_day = day_field(_("Last day"), description=_("Empty: until further notice"))
    text_ar = TextAreaField(
        _("In Arabic"),
        [required(_("Write it in Arabic.")), Length(max=announcing.LONGEST)],
        render_kw={"dir": "rtl", "lang": "ar"},
    )
    text_en = TextAreaField(
        _("In English"),
        [required(_("Write it in English.")), Length(max=announcing.LONGEST)],
        render_kw={"dir": "ltr", "lang": "en"},
    )


@blueprint.route("/announcements", methods=["GET", "POST"])
@login_required
def announcements() -> Response:
    """audience: administrators. What was announced, and a form to say more."""
    subjects = announcing.subjects(actor())
    form = AnnouncementForm(data={"kind": AnnouncementKind.CLOSURE, "first_day": today().isoformat()})
    form.about.choices = list(subjects.items())
    if form.validate_on_submit() and _announced(form):
        notice("success", _("Announced. It shows on its days."))
        return go(url_for(".announcements"))
    rows, onwards = announcing.page(actor(), request.args.get("before", type=int))
    return page(
        "administration/announcements.html",
        422 if form.errors else 200,
        form=form,
        rows=[_listed(row, subjects) for row in rows],
        onwards=url_for(".announcements", before=onwards) if onwards else None,
    )


@blueprint.post("/announcements/<int:number>/end")
@login_required
def end_announcement(number: int) -> Response:
    """audience: administrators of its authority. Take it down, or open the service again."""
    announcing.end(actor(), number)
    notice("success", _("Taken down. What was closed is open again."))
    return go(url_for(".announcements"))


def _announced(form: AnnouncementForm) -> bool:
    first_day = read_day(form.first_day.data)
    assert first_day is not None
    try:
        announcing.announce(
            actor(),
            AnnouncementKind(form.kind.data),
            form.about.data,
            first_day=first_day,
            last_day=read_day(form.last_day.data),
            text={"ar": form.text_ar.data, "en": form.text_en.data},
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _listed(row: Said, subjects: dict[str, Text]) -> dict[str, Any]:
    over = row.ended_at is not None or (row.last_day is not None and row.last_day < today())
    return {
        "about": subjects[row.about],
        "text": row.text,
        "first": row.first_day,
        "last": row.last_day,
        "status": _("Over") if over else _("Coming") if row.first_day > today() else _("Closed") if row.closes else _("Shown"),
        "kind": "neutral" if over else "waiting" if row.first_day > today() else "bad" if row.closes else "good",
        "end": None if over else url_for(".end_announcement", number=row.id),
        "verb": _("Open again now") if row.closes else _("Take it down"),
    }
