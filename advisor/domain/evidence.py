"""Evidence: sources with their interests, passages, figures, hits and citations."""

from typing import Literal

from advisor.domain.facts import Frozen

Number = int | float


class Source(Frozen):
    """One guide or document, and what its publisher sells.

    `favours` names the engagements and roles that the publisher earns from: a rule of this source
    that supports one of them is marked as interested and weighs less.
    `digest` is True when our text stands in for the publisher's, so that a quote is ours.
    """

    id: str
    title: str
    publisher: str
    sells: str
    date: str | None = None
    url: str | None = None
    language: str = "en"
    digest: bool = False
    favours: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Locator(Frozen):
    """Where a passage stands in its file: heading path, line, and page or table row if it has one."""

    path: str
    headings: tuple[str, ...] = ()
    line: int = 1
    page: int | None = None
    row: int | None = None

    def section(self) -> str:
        """The heading path as one line, without the document's own title."""
        return " › ".join(self.headings[1:] or self.headings)


class Passage(Frozen):
    """A piece of a source that stands on its own: heading path, then the text or the table row.

    `body` is the text without the heading path; a quote is looked for in `text`.
    """

    id: str
    source_id: str
    text: str
    body: str
    locator: Locator
    content_hash: str


class Hit(Frozen):
    """A passage found by a search. `score` lies in 0..1 and is comparable within one answer."""

    passage_id: str
    source_id: str
    text: str
    score: float
    locator: Locator


class Figure(Frozen):
    """One typed number of a guide, as an interval with its unit, its meaning and its passage."""

    id: str
    metric: str
    low: Number | None = None
    high: Number | None = None
    open_ended: bool = False
    currency: str | None = None
    unit: str
    period: str | None = None
    basis: Literal["base", "total", "none"] = "none"
    role: str | None = None
    level: str | None = None
    region: str | None = None
    counts_from: str | None = None
    counts_to: str | None = None
    label: str
    source_id: str
    passage: str
    quote: str
    date: str | None = None


class Citation(Frozen):
    """A numbered reference from the text to a passage, with what its publisher sells."""

    number: int
    passage_id: str
    source_id: str
    title: str
    publisher: str
    sells: str
    date: str | None
    section: str
    quote: str
    verbatim: bool
    url: str | None

    def line(self, with_interest: bool = True) -> str:
        """The citation as a line of a source list; a memo tells interests once, in a table."""
        dated = f" ({self.date})" if self.date else " (undated)"
        guide = f"{self.publisher}, “{self.title}”"
        kind = guide if self.verbatim else f"Digest of {guide}"
        words = self.quote.rstrip(".:")
        said = f"“{words}”" if self.verbatim else f"our words: “{words}”"
        line = f"{kind}{dated}, section “{self.section}”: {said}."
        return f"{line} {self.publisher} sells {self.sells}." if with_interest else line
