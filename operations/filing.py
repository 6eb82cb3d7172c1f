"""Filing for somebody without an account in one go, as programs do: what they send becomes an application like any other, or nothing does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models import database
from operations import answers, applications, audit, guests, submission
from operations.answers import Uploaded


@dataclass(frozen=True, slots=True)
class Report:
    """What a program sends: each field as it would be typed, files by field, and how the person is reached, if at all."""

    service: str
    typed: Mapping[str, str]
    files: Mapping[str, Sequence[Uploaded]] = field(default_factory=dict)
    name: str = ""
    email: str = ""
    phone: str = ""


@database.atomic()
def file(program: str, report: Report, locale: str) -> str:
    """The number of the new application. `program` is who holds the key: recorded. Raises Refusal for what a person would be refused."""
    person = guests.begin(locale=locale, address=None, name=report.name, email=report.email, phone=report.phone)
    opened = applications.start(person, report.service)
    for step in opened.service.steps:
        answers.answer(person, opened, step, report.typed, report.files)
    proposed = submission.offer(opened)
    if proposed.refusals:
        raise proposed.refusals[0]
    submission.submit(person, opened.reference, proposed.seal)
    audit.record(None, "application.filed-by-program", opened.reference, program=program)
    return opened.reference
