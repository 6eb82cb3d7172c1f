"""docs/services.md, written from the catalogue: every service with what it asks, charges, decides and issues, and where its rules come from.

Nothing in that page is written by hand; the source is what the docstring of the service's file says after "Source:".
"""

import importlib
import re
from collections.abc import Iterator

from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.service import Authority, Charge, Decision, Service
from operations.rendering import translate

SOURCE = re.compile(r"^Source: (.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
CHARGES = {Charge.ON_SUBMISSION: "on submission", Charge.ON_APPROVAL: "on approval", Charge.NEVER: "–"}
HEADINGS = ("code", "title", "steps", "fees", "charge", "decision", "document", "source")
NEVER = Service.__dataclass_fields__["automatic_when"].default
PROVEN = " ▲"  # the sign of the design: from here on the person has proven who they are


def page() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The services"
    yield ""
    yield "Written by `flask services document` from the catalogue; a test compares them. ▲ = from here on the person has proven who they are."
    yield "Amounts are in the schedule (`flask fees show`), never here."
    for authority in catalogue.authorities.values():
        yield ""
        yield f"## {translate(authority.title, 'en')} · {translate(authority.title, 'ar')} (`{authority.code}`): {len(authority.services)}"
        yield ""
        yield f"| {' | '.join(HEADINGS)} |"
        yield f"|{'---|' * len(HEADINGS)}"
        for service in authority.services:
            yield f"| {' | '.join(cell.replace('|', '/') for cell in _cells(authority, service))} |"


def _cells(authority: Authority, service: Service) -> Iterator[str]:
    yield f"`{service.code.partition('.')[2]}`"
    yield f"{translate(service.title, 'en')} · {translate(service.title, 'ar')}"
    yield " → ".join(_steps(service))
    yield ", ".join(f"`{code}`" for code in service.fee_codes) or "none"
    yield CHARGES[service.charge] if service.fee_codes else "–"
    yield _decision(authority, service)
    papers = (translate(paper.title, "en") + (" (duplicate)" if paper.duplicate else "") for paper in service.certificates)
    yield ", ".join(papers) or "–"
    yield source(service)


def _steps(service: Service) -> Iterator[str]:
    reached = Assurance.PASSWORD
    for step in service.steps:
        yield f"{step.name}{PROVEN if step.assurance > reached else ''}"
        reached = max(reached, step.assurance)


def _decision(authority: Authority, service: Service) -> str:
    if service.decision is Decision.AUTOMATIC:
        return "automatic"
    if service.automatic_when is not NEVER:
        return f"automatic where the rules allow, else clerk ({service.section})"
    if service.stages:
        return "clerks: " + ", then ".join(stage.section for stage in service.stages)
    return f"clerk ({service.section})" if service.section else "clerk"


def source(service: Service) -> str:
    """What the file of a service says after "Source:", in one line; empty where it says nothing."""
    module = importlib.import_module(f"blueprints.{service.code.replace('-', '_')}")
    found = SOURCE.search(module.__doc__ or "")
    return " ".join(found.group(1).split()) if found else ""
