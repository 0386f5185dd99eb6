"""The ledger: where the guides disagree, built from the typed figures and from cited statements.

Which questions there are stands in playbook/disagreements.yaml; a position on a figure is read from the
figure, never typed again. Loading fails loudly on a dead citation, an unknown name, a selector that finds
nothing, or a topic whose positions do not differ. Whether two statements in words contradict each other is
a reader's judgement, and stands in that file.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from advisor.domain.case import Case
from advisor.domain.decision import Recommendation
from advisor.domain.disagreement import (
    Disagreement,
    DisagreementKind,
    Position,
    Reconciled,
    Touch,
    extent,
    shared_extent,
)
from advisor.domain.evidence import Figure, Passage, Source
from advisor.domain.facts import Frozen
from advisor.domain.lines import Reference
from advisor.domain.vocabulary import ENGAGEMENTS, ROLES
from advisor.errors import PlaybookError
from advisor.policy.grounding.quotes import FEWEST_WORDS
from advisor.policy.playbook_files import read_entries
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Rulebook

FILE = "disagreements.yaml"

MOST_SHOWN = 5
"""Topics that a memo shows at most; the others stand in the ledger."""

ENTRY_LEVELS = frozenset({"entry", "junior"})
"""Two names of one level: one guide says junior, another entry."""

_FAMILIES = {"pay_average": "pay_salary"}
"""A headline average speaks of the same thing as a band."""


class Selector(Frozen):
    """Which typed figures speak to a topic; a field left out may be anything, `none` is empty."""

    id: str | None = None
    metric: str | None = None
    role: str | None = None
    level: str | None = None
    region: str | None = None
    basis: str | None = None
    source_id: str | None = None

    def takes(self, figure: Figure) -> bool:
        """Whether the figure is meant."""
        wanted: dict[str, str | None] = self.model_dump()
        held: dict[str, object] = figure.model_dump()
        return all(
            held[name] == (None if value == "none" and name != "basis" else value)
            for name, value in wanted.items()
            if value is not None
        )


class Favours(Frozen):
    """What a figure on a topic speaks for: the highest one, the lowest one, or any."""

    high: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    any: tuple[str, ...] = ()


class StatementEntry(Frozen):
    """A position in words: whose it is follows from the passage; `favours` names what it speaks for."""

    says: str
    passage: str
    quote: str
    favours: tuple[str, ...] = ()


class TopicEntry(Frozen):
    """One question on which the guides differ, as the file has it.

    `compared` and `beside` select figures, `positions` are statements. `within`: one publisher differs
    with itself, so that its rows are compared one by one.
    """

    id: str
    question: str
    subject: str
    kind: DisagreementKind
    compared: tuple[Selector, ...] = ()
    beside: tuple[Selector, ...] = ()
    positions: tuple[StatementEntry, ...] = ()
    favours: Favours = Favours()
    within: bool = False
    reconciled: Reconciled
    how: str
    rests_on: tuple[Reference, ...] = Field(min_length=1)
    touches: tuple[Touch, ...] = ()


class LedgerFile(Frozen):
    """The file: metrics whose rows count different things, with the reason, and the topics."""

    not_compared: dict[str, str]
    topics: tuple[TopicEntry, ...]


@lru_cache(maxsize=8)
def ledger(rulebook: Rulebook) -> tuple[Disagreement, ...]:
    """Every disagreement among the sources of a rulebook, in the order of the packaged file."""
    text = files("advisor").joinpath("playbook", FILE).read_text("utf-8")
    return read_ledger(text, rulebook.figures, rulebook.passages, rulebook.sources)


def read_ledger(
    text: str, figures: Mapping[str, Figure], passages: Mapping[str, Passage], sources: Mapping[str, Source]
) -> tuple[Disagreement, ...]:
    """The checked ledger from the text of its file. Raises PlaybookError naming topic and fault."""
    entries = read_entries({FILE: text}, FILE, LedgerFile)
    ids = [entry.id for entry in entries.topics]
    for name in ids:
        if ids.count(name) > 1:
            raise _fault(name, "stands there twice")
    return tuple(_topic(entry, figures, passages, sources) for entry in entries.topics)


def not_compared(text: str) -> dict[str, str]:
    """The metrics that the sweep leaves alone, with the reason for each."""
    return read_entries({FILE: text}, FILE, LedgerFile).not_compared


def touching(
    topics: Iterable[Disagreement], recommendation: Recommendation, case: Case
) -> tuple[Disagreement, ...]:
    """The topics that touch this case, the one that matters most first; ties keep the ledger's order.

    What follows the first move counts by half.
    """
    first = recommendation.first
    now = {first.role, first.engagement, f"{first.role}+{first.engagement}"}
    if first.level is not None:
        now |= {f"{first.role}+{first.level}", f"{first.role}+{first.engagement}+{first.level}"}
    later = {
        target
        for move in recommendation.then
        for target in (move.role, move.engagement, f"{move.role}+{move.engagement}")
    }
    weighed = [(_weight(topic, now, later, case), topic) for topic in topics]
    return tuple(topic for weight, topic in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0)


def for_memo(rulebook: Rulebook, recommendation: Recommendation, case: Case) -> tuple[Disagreement, ...]:
    """The topics that a memo about this case shows."""
    return touching(ledger(rulebook), recommendation, case)[:MOST_SHOWN]


def undisclosed(
    figures: Iterable[Figure], topics: Iterable[Disagreement], left_alone: Iterable[str]
) -> list[tuple[Figure, Figure]]:
    """Pairs of comparable figures that differ although no topic holds both; empty when all are covered.

    Goes over all figures, within one guide too. Metrics in `left_alone` count different things.
    """
    alone = frozenset(left_alone)
    covered = [frozenset(topic.covers) for topic in topics]
    considered = [figure for figure in figures if figure.metric not in alone]
    return [
        (one, other)
        for one, other in itertools.combinations(considered, 2)
        if comparable(one, other)
        and extent(one).differs(extent(other))
        and not any({one.id, other.id} <= held for held in covered)
    ]


def comparable(one: Figure, other: Figure) -> bool:
    """Whether two figures measure the same thing of the same role, level and place.

    A role or place that a guide leaves open takes any. So does a level, except in pay and experience,
    where a row without one spans them all. Base pay is not compared with total pay.
    """
    if _family(one) != _family(other):
        return False
    spans = _family(one).startswith("pay_") or one.metric == "experience_years"
    return (
        _agree(one.role, other.role)
        and _agree(one.region, other.region)
        and (_level(one) == _level(other) if spans else _agree(_level(one), _level(other)))
        and ("none" in (one.basis, other.basis) or one.basis == other.basis)
    )


def _family(figure: Figure) -> str:
    return _FAMILIES.get(figure.metric, figure.metric)


def _level(figure: Figure) -> str | None:
    return "entry" if figure.level in ENTRY_LEVELS else figure.level


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _weight(topic: Disagreement, now: set[str], later: set[str], case: Case) -> float:
    weights = [0.0]
    for touch in topic.touches:
        if not all(PREDICATES[name].test(case) for name in touch.when):
            continue
        if not touch.targets or now & set(touch.targets):
            weights.append(float(touch.weight))
        elif later & set(touch.targets):
            weights.append(touch.weight / 2)
    return max(weights)


def _topic(
    entry: TopicEntry,
    figures: Mapping[str, Figure],
    passages: Mapping[str, Passage],
    sources: Mapping[str, Source],
) -> Disagreement:
    _check(entry, passages)
    selected, others = _selected(entry, entry.compared, figures), _selected(entry, entry.beside, figures)
    compared = _once(selected, sources)
    beside = _once([*compared, *others], sources)[len(compared) :]
    speakers = [sources[figure.source_id].publisher for figure in compared]
    if not entry.within and len(set(speakers)) < len(speakers):
        raise _fault(entry.id, "compares two figures of one publisher; move one of them to `beside`")
    told = [_of_figure(figure, entry, compared, passages, sources) for figure in (*compared, *beside)]
    told += [_of_statement(entry, one, passages, sources) for one in entry.positions]
    voices = len(compared) if entry.within else len(set(speakers))
    spread = shared_extent(compared, voices, entry.within) if compared else None
    topic = Disagreement(
        id=entry.id,
        question=entry.question,
        subject=entry.subject,
        kind=entry.kind,
        positions=tuple(told),
        covers=tuple(dict.fromkeys(figure.id for figure in (*selected, *others))),
        spread=spread,
        reconciled=entry.reconciled,
        how=entry.how,
        how_rests_on=entry.rests_on,
        touches=entry.touches,
    )
    if not differ(topic):
        raise _fault(entry.id, "has no two positions that differ")
    return topic


def differ(topic: Disagreement) -> bool:
    """Whether at least two positions say different things: two intervals, or two statements."""
    intervals = {str(extent(one.figure)) for one in topic.positions if one.figure is not None}
    statements = {one.says for one in topic.positions if one.figure is None}
    return len(statements) + len(intervals) > 1


def _once(figures: Sequence[Figure], sources: Mapping[str, Source]) -> list[Figure]:
    """One row for each publisher, interval, level and role: a figure told twice is one position."""
    seen: dict[tuple[object, ...], Figure] = {}
    for figure in figures:
        publisher = sources[figure.source_id].publisher
        key = (publisher, figure.low, figure.high, figure.unit, figure.level, figure.role)
        seen.setdefault(key, figure)
    return list(seen.values())


def _selected(
    entry: TopicEntry, selectors: Iterable[Selector], figures: Mapping[str, Figure]
) -> list[Figure]:
    found: dict[str, Figure] = {}
    for selector in selectors:
        taken = [figure for figure in figures.values() if selector.takes(figure)]
        if not taken:
            raise _fault(entry.id, f"selects no figure by {selector.model_dump(exclude_none=True)}")
        found.update((figure.id, figure) for figure in taken)
    return list(found.values())


def figure_position(figure: Figure, source: Source, passage: Passage) -> Position:
    """What a source says by one figure, outside of any topic."""
    claim = figure.metric == "vendor_claim" or "own claim" in figure.label
    return Position(
        source_id=source.id,
        publisher=source.publisher,
        sells=source.sells,
        date=source.date,
        says=figure.label,
        passage=figure.passage,
        quote=_long_enough(figure.quote, passage),
        interested=claim,
        claim=claim,
        figure=figure,
    )


def _long_enough(quote: str, passage: Passage) -> str:
    """The quote, or the cell or line that holds it when it is too short to be found beyond doubt."""
    if len(quote.split()) >= FEWEST_WORDS:
        return quote
    pieces = (piece for line in passage.body.split("\n") for piece in line.split(" | "))
    return next((piece.strip() for piece in pieces if quote in piece), quote)


def _of_figure(
    figure: Figure,
    entry: TopicEntry,
    compared: Sequence[Figure],
    passages: Mapping[str, Passage],
    sources: Mapping[str, Source],
) -> Position:
    source = sources[figure.source_id]
    position = figure_position(figure, source, passages[figure.passage])
    counts = figure in compared
    mine = extent(figure)
    others = [extent(one) for one in compared]
    speaks_for = set(entry.favours.any)
    if counts and mine.high >= max(one.high for one in others):
        speaks_for |= set(entry.favours.high)
    if counts and mine.low <= min(one.low for one in others):
        speaks_for |= set(entry.favours.low)
    interested = position.interested or bool(speaks_for & set(source.favours))
    return position.model_copy(update={"interested": interested, "compared": counts})


def _of_statement(
    entry: TopicEntry, one: StatementEntry, passages: Mapping[str, Passage], sources: Mapping[str, Source]
) -> Position:
    source = sources[passages[one.passage].source_id]
    return Position(
        source_id=source.id,
        publisher=source.publisher,
        sells=source.sells,
        date=source.date,
        says=one.says,
        passage=one.passage,
        quote=one.quote,
        interested=bool(set(one.favours) & set(source.favours)),
        compared=entry.kind == "advice",
    )


def _check(entry: TopicEntry, passages: Mapping[str, Passage]) -> None:
    cited = [Reference(passage=one.passage, quote=one.quote) for one in entry.positions]
    for reference in (*cited, *entry.rests_on):
        passage = passages.get(reference.passage)
        if passage is None:
            raise _fault(entry.id, f"cites the passage {reference.passage!r}, which does not exist")
        if " ".join(reference.quote.split()) not in " ".join(passage.text.split()):
            raise _fault(entry.id, f"quotes “{reference.quote}”, which is not in {reference.passage}")
    names = {name for one in entry.positions for name in one.favours}
    names |= {*entry.favours.high, *entry.favours.low, *entry.favours.any}
    targets = {part for touch in entry.touches for target in touch.targets for part in target.split("+")}
    known = {*ENGAGEMENTS, *ROLES}
    if wrong := sorted((names - known) | (targets - known - {"entry", "mid", "senior", "staff"})):
        raise _fault(entry.id, f"names {', '.join(wrong)}, which is no role, engagement or level")
    predicates = {name for touch in entry.touches for name in touch.when}
    if unknown := sorted(predicates - PREDICATES.keys()):
        raise _fault(entry.id, f"uses the predicate {', '.join(unknown)}, which does not exist")


def _fault(topic: str, wrong: str) -> PlaybookError:
    return PlaybookError(f"{FILE}: topic {topic} {wrong}.", "Mend the topic.")
