"""The renderer: xhtml2pdf, locked down to one folder of assets and taught to set Arabic."""

import io
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from gateways.pdf import RenderingFailed, shaping

# ReportLab keeps fonts and the moment of creation for the whole process, so one process draws one document at a time.
_one_at_a_time = threading.Lock()


class XhtmlRenderer:
    """Draws HTML whose images, fonts and frames lie in `assets`; nothing outside it is read and nothing is fetched."""

    def __init__(self, assets: Path) -> None:
        shaping.install()
        self.assets = assets.resolve()
        self.policy = ResourceAccessPolicy.server(self.assets, allow_remote=False)

    def render(self, html: str, *, created: datetime) -> bytes:
        """The PDF. The same html and `created` (aware, to the second) give the same bytes.

        Raises RenderingFailed when a resource was refused or missing, or a limit of size, depth or time was passed.
        """
        drawn = io.BytesIO()
        with _one_at_a_time, _clock_at(created), _complaints() as complaints:
            try:
                result = pisa.CreatePDF(html, dest=drawn, path=str(self.assets / "document.html"), resource_policy=self.policy)
            except Exception as error:
                raise RenderingFailed(str(error)) from error
        if result.err or complaints:
            raise RenderingFailed("; ".join(complaints) or "the document could not be drawn")
        return drawn.getvalue()


@contextmanager
def _clock_at(moment: datetime) -> Iterator[None]:
    """ReportLab reads the moment of creation from SOURCE_DATE_EPOCH and nowhere else."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What xhtml2pdf logged as a warning: it leaves out what it may not read and goes on, a certificate must not."""
    complaints: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(record.getMessage())

    listener, logger = Listener(logging.WARNING), logging.getLogger("xhtml2pdf")
    logger.addHandler(listener)
    try:
        yield complaints
    finally:
        logger.removeHandler(listener)
