"""The slip of an application, with which what is made of plastic or paper is collected: one paper for all services that end at a counter.

Source: the catalogue's "card application slip". What stands on it is *[ours]*.
"""

from collections.abc import Callable

from engine.registers import Record
from engine.service import Case, Certificate, Rows
from engine.wording import Text, _


def slip(title: Text, record: Callable[[Case], Record], rows: Callable[[Case], Rows], collected: Text) -> Certificate:
    """`record` says whose it is, `rows` what is collected, `collected` where and with what."""
    return Certificate(
        "slip.html",
        title=title,
        named=lambda case: record(case).title,
        rows=rows,
        says={
            "opening": _("Approved and paid for, to be collected by"),
            "statement": collected,
            "warning": _("This slip is no identity document."),
        },
    )
