"""Downloads for the owner, verification for everyone. Files are always attachments, never pages of our own origin."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, send_file, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import StringField

from blueprints.actor import actor, applicant_required
from blueprints.addresses import go
from blueprints.forms import Form, required
from blueprints.page import page
from engine import numbering
from engine.wording import _
from operations import applications, documents, public_checks

blueprint = Blueprint("documents", __name__, cli_group="documents")


class CodeForm(Form):
    code = StringField(
        _("Verification code"),
        description=_("Twelve letters and digits, printed beside the square code, such as 7K2M-9QXA-04TD."),
        validators=[required(_("Type the verification code that is printed on the document."))],
        render_kw={"autocomplete": "off", "dir": "ltr", "autocapitalize": "characters", "spellcheck": "false"},
    )


@blueprint.get("/documents/<serial>")
@login_required
def download(serial: str) -> Response:
    """audience: its owner. The sealed PDF, or a page that waits for it."""
    document, file = documents.file_of(actor(), serial)
    if file is None:
        return page("applications/drawing.html", document=document)
    return send_file(file, mimetype="application/pdf", as_attachment=True, download_name=f"{serial}.pdf", max_age=0)


@blueprint.get("/applications/<reference>/files/<field>", defaults={"which": 0})
@blueprint.get("/applications/<reference>/files/<field>/<int:which>")
@applicant_required
def upload(reference: str, field: str, which: int) -> Response:
    """audience: its applicant. A file they attached."""
    name, media_type, file = documents.attached(actor(), applications.of(actor(), reference).row, field, which)
    return send_file(file, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)


@blueprint.route("/verify", methods=["GET", "POST"])
def verify() -> Response:
    """audience: anyone. Type the code of a document."""
    form = CodeForm()
    if form.validate_on_submit():
        code = numbering.parse_verification_code(form.code.data)
        if code:
            return go(url_for(".verify_code", code=code))
        form.code.errors = [
            _("This cannot be a verification code: it has twelve letters and digits. Compare it with the document.")
        ]
    return page("verify/enter.html", 422 if form.errors else 200, form=form, checks=public_checks.offered())


@blueprint.get("/verify/<code>")
def verify_code(code: str) -> Response:
    """audience: anyone. What the document says, and whether it stands."""
    parsed = numbering.parse_verification_code(code)
    found = documents.verify(parsed) if parsed else None
    rows = list(_rows(found)) if found else []
    return page("verify/result.html", 200 if found else 404, found=found, rows=rows, states=documents.STATES)


def _rows(found: documents.Verification) -> Iterator[dict[str, Any]]:
    """What is printed, then who issued it and when, then since when it no longer stands."""
    yield from ({"term": row["label"], "value": row["value"]} for row in found.rows)
    yield {"term": _("Issued by"), "value": found.authority}
    yield {"term": _("Serial number"), "value": found.serial, "isolate": True}
    if found.changed_at:
        yield {"term": _("Since"), "value": found.changed_at}
