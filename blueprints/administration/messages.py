"""What mails and SMS say: the administrator's own words in place of the built-in ones, with a preview in both languages."""

from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.administration.front import blueprint
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.errors import Refusal
from engine.wording import LOCALES, Text, Words, _
from operations import message_texts

CHANNELS: dict[str, Text] = {"mail": _("E-mail"), "sms": _("SMS")}
LANGUAGES: dict[str, Text] = {"ar": _("Arabic"), "en": _("English")}


class WordsForm(Form):
    text_ar = TextAreaField(
        _("In Arabic"), [required(_("Write it in Arabic.")), Length(max=8000)], render_kw={"dir": "rtl", "lang": "ar", "rows": 10}
    )
    text_en = TextAreaField(
        _("In English"),
        [required(_("Write it in English.")), Length(max=8000)],
        render_kw={"dir": "ltr", "lang": "en", "rows": 10},
    )

    @property
    def words(self) -> Words:
        return Words(ar=self.text_ar.data or "", en=self.text_en.data or "")


@blueprint.get("/messages")
@login_required
def messages() -> Response:
    """audience: administrators of the portal. Every message, and which have words of their own."""
    own = message_texts.all_of(actor())
    rows = [
        {
            "title": template.title,
            "channel": CHANNELS[channel],
            "href": url_for(".message_text", name=name, channel=channel),
            "own": [LANGUAGES[locale] for locale in LOCALES if own[name, channel, locale]],
        }
        for name, template in message_texts.TEMPLATES.items()
        for channel in template.channels
    ]
    return page("administration/messages.html", rows=rows)


@blueprint.route("/messages/<name>/<any(mail, sms):channel>", methods=["GET", "POST"])
@login_required
def message_text(name: str, channel: str) -> Response:
    """audience: administrators of the portal. Change what it says; look at it before it is kept."""
    words, history = message_texts.of(actor(), name, channel)
    form = WordsForm(data={"text_ar": words["ar"], "text_en": words["en"]})
    if form.validate_on_submit():
        shown = _preview(form, name, channel)
        if shown and "save" in request.form:
            changed = message_texts.write(actor(), name, channel, form.words)
            notice("success", _("Kept. The next message reads like this.") if changed else _("Nothing was changed."))
            return go(url_for(".message_text", name=name, channel=channel))
    else:
        shown = [] if form.errors else _preview(form, name, channel)
    template = message_texts.TEMPLATES[name]
    return page(
        "administration/message.html",
        422 if form.errors else 200,
        form=form,
        name=name,
        channel=channel,
        title=template.title,
        channel_title=CHANNELS[channel],
        shown=shown,
        placeholders=[
            {
                "term": f"{{{key}}}",
                "value": message_texts.PLACEHOLDERS[key][0],
                "note": _("Must be there") if key in template.needs else "",
            }
            for key in template.has
        ],
        history=[(LANGUAGES[version.locale], version) for version in history],
    )


@blueprint.post("/messages/<name>/<any(mail, sms):channel>/reversion")
@login_required
def revert_message(name: str, channel: str) -> Response:
    """audience: administrators of the portal. The built-in words again."""
    message_texts.revert(actor(), name, channel)
    notice("success", _("The built-in words count again."))
    return go(url_for(".message_text", name=name, channel=channel))


def _preview(form: WordsForm, name: str, channel: str) -> list[dict[str, Any]]:
    """How both read; none when one cannot be kept, which the form then says."""
    shown = []
    for locale in LOCALES:
        try:
            read = message_texts.preview(name, channel, locale, form[f"text_{locale}"].data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            shown.append({"language": LANGUAGES[locale], "lang": locale, "read": read})
    return [] if form.errors else shown
