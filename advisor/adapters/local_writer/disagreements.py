"""Where the guides differ, as sections of a memo: every position, what lies in all, and how it fits."""

from collections.abc import Iterable, Sequence

from advisor.domain.disagreement import Disagreement, Position, Spread, figure_id, registry_id
from advisor.domain.evidence import Figure
from advisor.domain.memo import CalculationEvidence, Claim, Evidence, PassageEvidence, Section, Table
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import amount, figure_range, in_sentence, money

HEADER = ("Publisher", "Says", "As of", "Sells")
UNDATED = "undated"

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class LocalDisagreements:
    """Writes one section for each topic. Every line of `lines_of(topics)` has to be among the grounds."""

    def __init__(self, phrases: Phrasebook) -> None:
        self._phrases = phrases

    def sections(self, topics: Iterable[Disagreement]) -> tuple[Section, ...]:
        """The topics in the order given."""
        return tuple(self.section(topic) for topic in topics)

    def section(self, topic: Disagreement) -> Section:
        """One topic: what lies in all positions, whether it can be reconciled, and the table of positions."""
        return Section(
            id=f"differ_{topic.id}",
            heading=self._phrases.say("disagreement_heading", subject=topic.subject),
            claims=(*self.spread(topic), self.how(topic)),
            table=self.table(topic.positions),
        )

    def table(self, positions: Sequence[Position]) -> Table:
        """Who says what, as of when, and what they sell."""
        return Table(header=HEADER, rows=tuple(self._row(position) for position in positions))

    def spread(self, topic: Disagreement) -> tuple[Claim, ...]:
        """What lies in all compared positions; nothing for statements in words."""
        if topic.spread is None:
            return ()
        cited = [position for position in topic.positions if position.compared]
        evidence: list[Evidence] = [PassageEvidence(passage=one.passage, quote=one.quote) for one in cited]
        evidence.append(CalculationEvidence(line=topic.spread_line))
        return (Claim(text=self._spread(topic.spread), evidence=tuple(evidence)),)

    def how(self, topic: Disagreement) -> Claim:
        """How far the positions can be reconciled."""
        evidence = tuple(PassageEvidence(passage=one.passage, quote=one.quote) for one in topic.how_rests_on)
        return Claim(
            text=self._phrases.say(f"reconciled_{topic.reconciled}", how=topic.how), evidence=evidence
        )

    def _spread(self, spread: Spread) -> str:
        if spread.overlap == "none":
            return self._phrases.say("shared_none")
        interval = spread_words(spread)
        if spread.voices == 2:
            return self._phrases.say("shared_both", interval=interval)
        voices = _COUNTS[spread.voices] if spread.voices < len(_COUNTS) else str(spread.voices)
        return self._phrases.say("shared_range", interval=interval, voices=voices)

    def _row(self, position: Position) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
        sells = position.sells
        if position.interested:
            sells = self._phrases.say("sells_favoured", sells=sells)
        cells = (position.publisher, self._says(position), position.date or UNDATED, sells)
        evidence: list[Evidence] = [
            PassageEvidence(passage=position.passage, quote=position.quote),
            CalculationEvidence(line=registry_id(position.source_id)),
        ]
        if position.figure is not None:
            evidence.append(CalculationEvidence(line=figure_id(position.figure)))
        return cells, tuple(evidence)

    def _says(self, position: Position) -> str:
        if position.figure is None:
            return position.says
        values = {"interval": interval_words(position.figure), "label": in_sentence(position.says)}
        if position.claim:
            return self._phrases.say("position_claim", publisher=position.publisher, **values)
        return self._phrases.say("position_figure" if position.compared else "position_beside", **values)


def interval_words(figure: Figure) -> str:
    """A figure's interval as a table shows it: a count without its unit, a multiple with a sign."""
    if figure.unit in ("items", "people"):
        return figure_range(figure).removesuffix(f" {figure.unit}")
    return figure_range(figure).replace(" times", "×")


def spread_words(spread: Spread) -> str:
    """The shared interval with its unit."""
    plus = "+" if spread.open_ended else ""
    ends = list(dict.fromkeys((spread.low, spread.high)))
    currency, _, period = spread.unit.partition(" per ")
    if period:
        shown = [money(end, currency) for end in ends]
        return f"{'–'.join([shown[0], *(end.lstrip('$£€₹') for end in shown[1:])])}{plus} per {period}"
    shown = "–".join(amount(end) for end in ends)
    return f"{shown}{plus}×" if spread.unit == "times" else f"{shown}{plus} {spread.unit}"
