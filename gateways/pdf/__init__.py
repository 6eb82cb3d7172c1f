"""Papers: HTML becomes a PDF, a PDF gets the organisation's seal, and a QR code lets anyone check what is printed.

For operations/documents, run in the queue: a certificate takes a quarter of a second and one process draws one at a time.
"""

from datetime import datetime
from typing import Protocol


class Renderer(Protocol):
    """Draws pages."""

    def render(self, html: str, *, created: datetime) -> bytes:
        """The PDF of a whole HTML document. The same html and `created` (aware) give the same bytes.

        Raises RenderingFailed when it cannot be drawn as written.
        """
        ...


class Signer(Protocol):
    """Puts the organisation's signature into a PDF."""

    def sign(self, pdf: bytes, *, reason: str, signed_at: datetime) -> bytes:
        """The PDF with a certifying signature that allows no change; `signed_at` (aware) is the time it claims."""
        ...


class RenderingFailed(Exception):
    """The document was not drawn as written: a resource was refused or missing, or a limit was passed."""
