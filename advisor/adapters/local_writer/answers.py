"""Answers to side questions, written from passages and typed figures."""

from collections.abc import Sequence

from advisor.domain.evidence import Figure
from advisor.domain.memo import Claim, Draft, OwnWording, PassageEvidence, Section
from advisor.ports.language import Answer, AnswerBrief
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import figure_range

MOST_PASSAGES = 2


class LocalAnswers:
    """Writes an answer from what was found; says so when nothing was."""

    def __init__(self, phrases: Phrasebook) -> None:
        self._phrases = phrases

    def write(self, brief: AnswerBrief) -> Answer:
        """Figures first, every guide's own; else the passages that fit best, word for word."""
        if brief.figures:
            return Answer(
                self._draft(tuple(self._figure(figure, brief) for figure in _distinct(brief.figures))), True
            )
        passages = [brief.passages[hit.passage_id] for hit in brief.hits if hit.passage_id in brief.passages]
        if not passages:
            text = self._phrases.say("not_covered")
            return Answer(self._draft((Claim(text=text, evidence=(OwnWording(),)),)), False)
        claims = tuple(
            Claim(
                text=self._phrases.say("passage_row", text=" ".join(passage.body.split())),
                evidence=(PassageEvidence(passage=passage.id, quote=passage.body),),
            )
            for passage in passages[:MOST_PASSAGES]
        )
        return Answer(self._draft(claims), True)

    def _figure(self, figure: Figure, brief: AnswerBrief) -> Claim:
        text = self._phrases.say(
            "figure_row",
            publisher=brief.sources[figure.source_id].publisher,
            label=figure.label,
            interval=figure_range(figure),
        )
        return Claim(text=text, evidence=(PassageEvidence(passage=figure.passage, quote=figure.quote),))

    def _draft(self, claims: tuple[Claim, ...]) -> Draft:
        section = Section(id="answer", heading="", claims=claims, listed=len(claims) > 1)
        return Draft(title=self._phrases.say("answer_title"), sections=(section,))


def _distinct(figures: Sequence[Figure]) -> list[Figure]:
    """One row for each passage and interval: a band that holds for two roles is two typed rows."""
    seen: dict[tuple[object, ...], Figure] = {}
    for figure in figures:
        seen.setdefault((figure.passage, figure.low, figure.high, figure.unit), figure)
    return list(seen.values())
