"""Answers to side questions, written from passages and typed figures."""

import re
from collections.abc import Iterable, Sequence

from advisor.domain.evidence import Figure, Passage
from advisor.domain.memo import Claim, Draft, OwnWording, PassageEvidence, Section
from advisor.ports.language import Answer, AnswerBrief
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import figure_range

MOST_PASSAGES = 2
MOST_ROWS = 6
"""Rows of one table may all belong to the answer; passages from different places seldom do."""

_ITEM = re.compile(r"^(?:[-*•]|\d+[.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")


class LocalAnswers:
    """Writes an answer from what was found; says so when nothing was."""

    def __init__(self, phrases: Phrasebook) -> None:
        self._phrases = phrases

    def write(self, brief: AnswerBrief) -> Answer:
        """Figures first, every guide's own; else the passages that fit best, sentence by sentence."""
        if brief.figures:
            figures = _distinct(brief.figures)
            claims = [self._figure(figure, brief) for figure in figures]
            return self._answer(
                [Section(id="figures", heading="", claims=tuple(claims), listed=len(claims) > 1)]
            )
        found = [brief.passages[hit.passage_id] for hit in brief.hits if hit.passage_id in brief.passages]
        if brief.figures is not None or not found:  # An empty list: a figure was asked that no guide gives.
            claim = Claim(text=self._phrases.say("not_covered"), evidence=(OwnWording(),))
            return self._answer([Section(id="not_covered", heading="", claims=(claim,))], covered=False)
        return self._answer([section for passage in _chosen(found) for section in self._passage(passage)])

    def _figure(self, figure: Figure, brief: AnswerBrief) -> Claim:
        text = self._phrases.say(
            "figure_row",
            publisher=brief.sources[figure.source_id].publisher,
            label=figure.label,
            interval=figure_range(figure),
        )
        return Claim(text=text, evidence=(PassageEvidence(passage=figure.passage, quote=figure.quote),))

    def _passage(self, passage: Passage) -> Iterable[Section]:
        """A passage as it stands: running text sentence by sentence, a list item by item, a row as one."""
        if passage.locator.row is not None:
            cells = "; ".join(cell.strip().rstrip(".") for cell in passage.body.split(" | "))
            yield Section(
                id="row", heading="", claims=(self._claim(passage, f"{cells}.", passage.body),), listed=True
            )
            return
        lines = [line.strip() for line in passage.body.split("\n") if line.strip()]
        texts = [line for line in lines if not _ITEM.match(line)]
        items = [_ITEM.sub("", line) for line in lines if _ITEM.match(line)]
        running = [piece for text in texts for piece in _SENTENCE_END.split(text)]
        for name, pieces in (("text", running), ("list", items)):
            if pieces:
                claims = tuple(self._claim(passage, piece, piece) for piece in pieces)
                yield Section(id=name, heading="", claims=claims, listed=name == "list")

    def _claim(self, passage: Passage, text: str, quote: str) -> Claim:
        shown = self._phrases.say("passage_row", text=text)
        return Claim(text=shown, evidence=(PassageEvidence(passage=passage.id, quote=quote),))

    def _answer(self, sections: Sequence[Section], covered: bool = True) -> Answer:
        return Answer(Draft(title=self._phrases.say("answer_title"), sections=tuple(sections)), covered)


def _chosen(found: Sequence[Passage]) -> Sequence[Passage]:
    """The best passages; where the best is a table row, the other rows of its table in their order."""
    best = found[0]
    if best.locator.row is None:
        return found[:MOST_PASSAGES]
    place = (best.source_id, best.locator.headings)
    rows = [p for p in found if p.locator.row is not None and (p.source_id, p.locator.headings) == place]
    return sorted(rows[:MOST_ROWS], key=lambda passage: passage.locator.row or 0)


def _distinct(figures: Sequence[Figure]) -> list[Figure]:
    """One row for each passage and interval: a band that holds for two roles is two typed rows."""
    seen: dict[tuple[object, ...], Figure] = {}
    for figure in figures:
        seen.setdefault((figure.passage, figure.low, figure.high, figure.unit), figure)
    return list(seen.values())
