"""How long an application's content is kept: said once for the portal, by an authority or a service where theirs differs."""

from dataclasses import dataclass

OURS = "ours: no authority has published a period; to be confirmed by each before it relies on this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Periods in days. A draft's runs from the last answer, the others from the end of the application.

    Receipts, bills, the journal, issued documents and the audit are kept for good: other laws want them. `source` says who decided so.
    """

    draft: int = 90
    notice: int = 14  # before an untouched draft goes, its owner is told
    papers: int = 730  # files that were attached, and what messages said
    completed: int = 3650  # answers, remarks, notes, and the words it is found by
    refused: int = 1825
    withdrawn: int = 180
    source: str = OURS

    def __post_init__(self) -> None:
        if not 0 < self.notice < self.draft or min(self.papers, self.completed, self.refused, self.withdrawn) < 1:
            raise ValueError(f"periods are whole days, and the notice comes before the draft goes: {self}")
