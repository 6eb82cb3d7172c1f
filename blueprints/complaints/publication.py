"""For clerks: which words and pictures of a complaint everybody may see."""

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.desk import views as desk_views
from blueprints.desk.routes import blueprint
from blueprints.forms import Form
from blueprints.page import notice, page
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import dossiers, publishing


class PublicationForm(Form):
    story = TextAreaField(
        _("Words that everybody may read"),
        description=_("No names, numbers or plates, and nothing by which somebody could be recognised. Empty: none are shown."),
        validators=[Length(max=publishing.LONGEST)],
        render_kw={"rows": 5, "maxlength": publishing.LONGEST},
    )


@blueprint.route("/<reference>/publication", methods=["GET", "POST"])
@login_required
def publish(reference: str) -> Response:
    """audience: clerks of its desk, where its service has a public list. Choose what everybody sees of it; nothing unless somebody does."""
    dossier = dossiers.of(actor(), reference)
    offered = publishing.offered(dossier.row)
    standing = publishing.standing(dossier.row)
    if offered is None or standing is None or not dossier.here:
        raise NotFound
    form = PublicationForm(story=standing.story)
    if form.validate_on_submit():
        try:
            publishing.publish(actor(), reference, form.story.data or "", _chosen())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("This is what everybody sees of it from now on."))
            return go(url_for(".application", reference=reference))
    shown = {"said": offered[0], "pictures": offered[1], "standing": standing}
    return page("complaints/publication.html", 422 if form.errors else 200, form=form, **shown, **desk_views.head(dossier))


def _chosen() -> list[int]:
    return [int(number) for number in request.form.getlist("picture") if number.isdigit() and len(number) < 4]
