"""Figures found for a question → every guide's position on it, and the topic of the ledger it belongs to.

Chooses no figure itself, and averages none.
"""

from collections.abc import Iterable, Mapping, Sequence

from advisor.domain.disagreement import Disagreement, FigureAnswer, Position
from advisor.domain.evidence import Figure, Passage, Source
from advisor.policy.disagreements import figure_position

MOST_NEAREST = 6
"""Rows shown of what is near but no answer."""


def answer_by_figures(
    figures: Sequence[Figure],
    topics: Iterable[Disagreement],
    passages: Mapping[str, Passage],
    sources: Mapping[str, Source],
    regions: frozenset[str] = frozenset(),
    claims: bool = False,
) -> FigureAnswer:
    """The positions of these figures, then those of every other guide on the same question.

    `regions` are the places asked for: rows of other places are left out. A vendor's claim of itself is
    told only where it was found or `claims` were asked for.
    """
    found = [figure for figure in figures if figure.passage in passages]
    held = [topic for topic in topics if {figure.id for figure in found} & set(topic.covers)]
    topic = held[0] if len(held) == 1 else None
    ids = {figure.id for figure in found}
    told = [_position(figure, topic, passages, sources) for figure in found]
    for other in topic.positions if topic is not None else ():
        figure = other.figure
        here = figure is None or not regions or figure.region is None or figure.region in regions
        if here and (figure is None or figure.id not in ids) and (claims or not other.claim):
            told.append(other)
    positions = _each_once(sorted(told, key=lambda one: not one.compared))
    asked = ids & {one.figure.id for one in topic.positions if one.compared and one.figure} if topic else ids
    differ = len({one.publisher for one in positions}) > 1 or (topic is not None and topic.spread is not None)
    return FigureAnswer(positions=positions, topic=topic if asked and differ else None)


def nearest_figures(
    figures: Sequence[Figure], passages: Mapping[str, Passage], sources: Mapping[str, Source]
) -> tuple[Position, ...]:
    """The positions of figures that are near but no answer, few of them."""
    known = [figure for figure in figures if figure.passage in passages]
    told = _each_once([_position(figure, None, passages, sources) for figure in known])
    for keep in (_is_base_pay, _of_any_level):
        if len(told) > MOST_NEAREST:
            told = tuple(position for position in told if keep(position)) or told
    return told[:MOST_NEAREST]


def _is_base_pay(position: Position) -> bool:
    return position.figure is not None and position.figure.basis == "base"


def _of_any_level(position: Position) -> bool:
    return position.figure is not None and position.figure.level is None


def _position(
    figure: Figure,
    topic: Disagreement | None,
    passages: Mapping[str, Passage],
    sources: Mapping[str, Source],
) -> Position:
    for position in topic.positions if topic is not None else ():
        if position.figure is not None and position.figure.id == figure.id:
            return position
    return figure_position(figure, sources[figure.source_id], passages[figure.passage])


def _each_once(positions: Iterable[Position]) -> tuple[Position, ...]:
    """One row for each publisher and interval of one thing: a band for two roles is two typed rows."""
    seen: dict[object, Position] = {}
    for one in positions:
        figure = one.figure
        key = (
            (one.publisher, one.says)
            if figure is None
            else (one.publisher, figure.metric, figure.level, figure.low, figure.high, figure.unit)
        )
        seen.setdefault(key, one)
    return tuple(seen.values())
