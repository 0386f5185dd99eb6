"""The document: a memo as parts and blocks of plain text, which each format sets in its own way.

Nothing here is markup. A text holds what was said, without what cannot be seen; a number in brackets is
a `Cite` and no text. Sections stand in the order of `section_order`; neighbours that belong together
share a heading.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from advisor.domain.evidence import Citation
from advisor.domain.memo import Claim, Evidence, Memo, PassageEvidence, Section
from advisor.interfaces.documents.charts import Chart, ChartId, charts_of
from advisor.interfaces.documents.plain import plain, web_address
from advisor.steps.kit import CHAT
from advisor.steps.section_order import in_order
from advisor.steps.wording import amount, money, sentence


@dataclass(frozen=True)
class Words:
    """A run of text."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Cite:
    """A reference to the source of this number."""

    number: int


Runs = tuple[Words | Cite, ...]


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    runs: Runs


@dataclass(frozen=True)
class Bullets:
    """A list without an order."""

    items: tuple[Runs, ...]


@dataclass(frozen=True)
class Grid:
    """A table; each row has as many cells as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A chart at its place."""

    chart: Chart


Block = Paragraph | Bullets | Grid | Figure


@dataclass(frozen=True)
class Part:
    """A heading of level 2 or 3 with its blocks; `anchor` is unique, of letters, digits and hyphens."""

    anchor: str
    heading: str
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class SourceLine:
    """One numbered source: which guide and where in it, then the words. `url` can be followed."""

    number: int
    about: str
    words: str
    url: str | None


@dataclass(frozen=True)
class Glance:
    """One of the few things that a reader takes in first."""

    label: str
    value: str


@dataclass(frozen=True)
class Document:
    """A whole memo. `sold` says of each publisher cited what it sells."""

    title: str
    subtitle: str
    date: dt.date
    glance: tuple[Glance, ...]
    parts: tuple[Part, ...]
    sold: tuple[str, ...]
    sources: tuple[SourceLine, ...]


SOURCES = "Sources"
LANGUAGE = "en"
AUTHOR = "hiring-advisor"


@dataclass(frozen=True)
class _Group:
    """Sections under one heading: those with these ids, or whose ids begin so."""

    anchor: str
    heading: str
    ids: tuple[str, ...]
    prefix: str

    def holds(self, section_id: str) -> bool:
        return any(
            section_id == one or (one.endswith("_") and section_id.startswith(one)) for one in self.ids
        )


_GROUPS = (
    _Group("costs", "Costs", ("routes", "cost_terms", "cost_reading"), ""),
    _Group("plan", "Timeline and first 90 days", ("kit_timeline", "kit_plan_30_60_90"), "Kit: "),
    _Group("kit", "Kit", ("kit_",), "Kit: "),
    _Group("differ", "Where the guides differ", ("differ_",), "Where the guides differ: "),
)

_PLACES: Mapping[ChartId, tuple[str, ...]] = {
    "drivers": ("why", "sure", "first"),
    "options": ("lost", "why", "sure", "first"),
    "routes": ("routes", "first"),
    "cost_drivers": ("cost_reading", "routes", "first"),
    "time": ("kit_timeline", "kit_plan_30_60_90", "sure", "first"),
}
"""After which section a chart stands: the first of these that there is."""

_SURE = {"settled": "Settled", "leaning": "Leaning", "close": "Close"}


def document_of(memo: Memo) -> Document:
    """The document of a memo, whenever it was made."""
    sections = _shown(memo)
    charts = charts_of(memo)
    numbers = {(c.passage_id, c.quote): c.number for c in memo.citations}
    present = {section.id for section in sections}
    placed: dict[str, list[Figure]] = {}
    for chart in charts:
        place = next((one for one in _PLACES[chart.id] if one in present), None)
        if place is not None:
            placed.setdefault(place, []).append(Figure(chart))
    date = dt.date.fromisoformat(memo.date)
    return Document(
        title=plain(memo.title),
        subtitle=(
            f"{long_date(date)} · playbook {plain(memo.recommendation.playbook_hash)[:8]} · "
            "the decision can be recomputed with “advisor replay”"
        ),
        date=date,
        glance=tuple(_glance(memo)),
        parts=tuple(_parts(sections, numbers, placed)),
        sold=tuple(dict.fromkeys(plain(f"{sentence(c.publisher)} sells {c.sells}.") for c in memo.citations)),
        sources=tuple(_source(citation) for citation in memo.citations),
    )


def long_date(date: dt.date) -> str:
    """20 November 2026."""
    return f"{date.day} {date:%B %Y}"


def text_of(runs: Runs) -> str:
    """The words of runs, without their references."""
    return "".join(run.text for run in runs if isinstance(run, Words))


def _shown(memo: Memo) -> tuple[Section, ...]:
    """The sections in order; a memo of before may hold the chat's short word on the kit beside its parts."""
    whole = any(section.id.startswith(f"{CHAT}_") for section in memo.sections)
    return in_order(section for section in memo.sections if not (whole and section.id == CHAT))


def _glance(memo: Memo) -> Iterable[Glance]:
    decision = memo.recommendation
    yield Glance("Do first", sentence(plain(decision.first.label)))
    yield Glance("How sure", f"{_SURE[decision.confidence]}: the runner-up is {decision.margin}% behind")
    priced = decision.costs.of_first()
    if priced is not None:
        low, middle, high = (money(line.low, priced.unit) for line in (priced.p10, priced.p50, priced.p90))
        yield Glance("Cost", f"{low} to {high}, middle estimate {middle}")
    elif decision.first.cost is not None:
        cost = decision.first.cost
        ends = dict.fromkeys((money(cost.low, cost.unit), money(cost.high, cost.unit)))
        yield Glance("Cost", " to ".join(ends) + (" or more" if cost.open_ended else ""))
    else:
        yield Glance("Cost", plain(decision.first.cost_note).rstrip("."))
    if decision.first.duration_days is not None:
        ends = dict.fromkeys(amount(days) for days in decision.first.duration_days)
        yield Glance("Time", f"{' to '.join(ends)} days")


def _parts(
    sections: Iterable[Section], numbers: Mapping[tuple[str, str], int], placed: Mapping[str, list[Figure]]
) -> Iterable[Part]:
    open_group: _Group | None = None
    seen: dict[str, int] = {}
    for section in sections:
        group = next((one for one in _GROUPS if one.holds(section.id)), None)
        if group is not None and group is not open_group:
            yield Part(_anchor(group.anchor, seen), group.heading, 2, ())
        open_group = group
        heading = plain(section.heading)
        if group is not None and group.prefix and heading.startswith(group.prefix):
            heading = sentence(heading.removeprefix(group.prefix))
        yield Part(
            _anchor(section.id, seen),
            heading,
            3 if group is not None else 2,
            (*_blocks(section, numbers, placed.get(section.id, ())),),
        )


def _anchor(name: str, seen: dict[str, int]) -> str:
    """A name for a place: `name` in letters, digits and hyphens, with a number where it stands twice."""
    base = "part-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    seen[base] = seen.get(base, 0) + 1
    return base if seen[base] == 1 else f"{base}-{seen[base]}"


def _blocks(
    section: Section, numbers: Mapping[tuple[str, str], int], figures: Iterable[Figure]
) -> Iterable[Block]:
    items = tuple(_cited(claim, numbers) for claim in section.claims)
    if section.id == "first" and items:
        lead, *rest = items
        words = Words(text_of(lead), strong=True)
        yield Paragraph((words, *(run for run in lead if isinstance(run, Cite))))
        items = tuple(rest)
    if items and section.listed:
        yield Bullets(items)
    elif items:
        yield Paragraph(_joined(items))
    yield from figures
    if section.table is not None:
        width = len(section.table.header)
        rows = tuple(_row(cells, width, evidence, numbers) for cells, evidence in section.table.rows)
        yield Grid(tuple(plain(name) for name in section.table.header), rows)


def _row(
    cells: tuple[str, ...], width: int, evidence: Iterable[Evidence], numbers: Mapping[tuple[str, str], int]
) -> tuple[Runs, ...]:
    shown: list[Runs] = [(Words(plain(cell)),) for cell in cells]
    shown += [(Words(""),)] * (width - len(shown))
    shown[-1] = (*shown[-1], *_cites(evidence, numbers))
    return tuple(shown)


def _joined(items: Iterable[Runs]) -> Runs:
    """Sentences one after the other, with a space between them."""
    joined: list[Words | Cite] = []
    for runs in items:
        if joined:
            joined.append(Words(" "))
        joined += runs
    return tuple(joined)


def _cited(claim: Claim, numbers: Mapping[tuple[str, str], int]) -> Runs:
    return (Words(plain(claim.text)), *_cites(claim.evidence, numbers))


def _cites(evidence: Iterable[Evidence], numbers: Mapping[tuple[str, str], int]) -> tuple[Cite, ...]:
    """The references of a claim, each once; a passage that has no number is left out."""
    keys = ((one.passage, one.quote) for one in evidence if isinstance(one, PassageEvidence))
    return tuple(Cite(number) for number in dict.fromkeys(numbers[key] for key in keys if key in numbers))


def _source(citation: Citation) -> SourceLine:
    guide = f"{citation.publisher}, “{citation.title}” ({citation.date or 'undated'})"
    kind = guide if citation.verbatim else f"Digest of {guide}"
    words = f"“{citation.quote.rstrip('.:')}”"
    return SourceLine(
        number=citation.number,
        about=plain(f"{kind}, section “{citation.section}”"),
        words=plain(words if citation.verbatim else f"our words: {words}"),
        url=web_address(citation.url),
    )
