"""Answers to side questions, written from passages and typed figures."""

import re
from collections.abc import Iterable, Sequence

from advisor.adapters.local_writer.disagreements import UNDATED, LocalDisagreements, interval_words
from advisor.domain.disagreement import FigureAnswer, Position, figure_id, registry_id
from advisor.domain.evidence import Passage
from advisor.domain.memo import CalculationEvidence, Claim, Draft, OwnWording, PassageEvidence, Section
from advisor.ports.language import Answer, AnswerBrief
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import in_sentence

MOST_PASSAGES = 2
MOST_ROWS = 6
"""Rows of one table may all belong to the answer; passages from different places seldom do."""

_ITEM = re.compile(r"^(?:[-*•]|\d+[.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")


class LocalAnswers:
    """Writes an answer from what was found; says so when nothing was."""

    def __init__(self, phrases: Phrasebook) -> None:
        self._phrases = phrases
        self._disagreements = LocalDisagreements(phrases)

    def write(self, brief: AnswerBrief) -> Answer:
        """Figures first, every guide's own; else the passages that fit best, sentence by sentence."""
        if brief.figures is not None and brief.figures.covered and brief.figures.positions:
            return self._answer(list(self._figures(brief.figures)))
        if brief.figures is not None:
            return self._answer(list(self._nearest(brief.figures)), covered=False)
        found = [brief.passages[hit.passage_id] for hit in brief.hits if hit.passage_id in brief.passages]
        if not found:
            return self._answer([self._own("not_covered", "not_covered")], covered=False)
        return self._answer([section for passage in _chosen(found) for section in self._passage(passage)])

    def _figures(self, answer: FigureAnswer) -> Iterable[Section]:
        """Who says what, what lies in all of it, and how far it can be reconciled; never an average."""
        if len(answer.positions) == 1:
            yield Section(id="figures", heading="", claims=(self._alone(answer.positions[0]),))
        else:
            yield Section(id="figures", heading="", table=self._disagreements.table(answer.positions))
            if len({position.publisher for position in answer.positions}) == 1:
                yield self._own("alone", "figures_of_one")
        if answer.topic is not None:
            claims = (*self._disagreements.spread(answer.topic), self._disagreements.how(answer.topic))
            yield Section(id="differ", heading="", claims=claims)
        if answer.by_city:
            yield self._own("city", "figures_no_city")

    def _alone(self, position: Position) -> Claim:
        figure = position.figure
        values = {
            "publisher": position.publisher,
            "label": in_sentence(position.says),
            "date": position.date or UNDATED,
            "sells": position.sells,
        }
        evidence = (
            PassageEvidence(passage=position.passage, quote=position.quote),
            CalculationEvidence(line=registry_id(position.source_id)),
        )
        if figure is None:
            return Claim(text=self._phrases.say("statement_alone", **values), evidence=evidence)
        phrase = "claim_alone" if position.claim else "figure_alone"
        text = self._phrases.say(phrase, interval=interval_words(figure), **values)
        return Claim(text=text, evidence=(*evidence, CalculationEvidence(line=figure_id(figure))))

    def _nearest(self, answer: FigureAnswer) -> Iterable[Section]:
        """What no guide gives, said plainly, and what is near it, named as such."""
        if not answer.missing:
            yield self._own("not_covered", "not_covered")
            return
        yield self._own("not_covered", "figure_missing", missing=answer.missing)
        if answer.closest:
            phrase = "figure_nearest" if answer.positions else "figure_nearest_named"
            yield self._own("nearest_told", phrase, closest=answer.closest)
        if answer.positions:
            yield Section(id="nearest", heading="", table=self._disagreements.table(answer.positions))

    def _own(self, section: str, phrase: str, **values: str) -> Section:
        claim = Claim(text=self._phrases.say(phrase, **values), evidence=(OwnWording(),))
        return Section(id=section, heading="", claims=(claim,))

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
