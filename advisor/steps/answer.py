"""Answer: side questions from the guides, why a question is asked, and what-ifs."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from advisor.domain.case import Case
from advisor.domain.commands import AskGuides, AskWhy, WhatIf
from advisor.domain.disagreement import FigureAnswer
from advisor.domain.evidence import Hit, Passage, Source
from advisor.policy.decide import first_move
from advisor.policy.disagreements import ledger
from advisor.policy.figure_answers import answer_by_figures, nearest_figures
from advisor.policy.grounding import Grounds, Verifier
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence, Finding
from advisor.ports.language import AnswerBrief, Language
from advisor.steps.citing import Numbering, section_markdown
from advisor.steps.compose import compose
from advisor.steps.decide import recommendation, settle
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Piece, Record
from advisor.steps.speaking import noticed, spoken, turn_of
from advisor.steps.verify import settled
from advisor.steps.wording import value_words

Exit = Literal["ask", "retrieve", "end"]

MOST_HITS = 6
NEARBY = 3

_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z\"'“])|\n+")


async def answer(
    record: Record,
    language: Language,
    local: Language,
    evidence: Evidence,
    rulebook: Rulebook,
    verifier: Verifier,
    phrases: Phrasebook,
) -> tuple[Record, Exit]:
    """Every request of the message answered in order; then the open question, the memo, or the end."""
    for command in record.reading.commands if record.reading else ():
        if isinstance(command, AskGuides):
            record = await _from_guides(
                command.question, record, language, local, evidence, rulebook, verifier, phrases
            )
        elif isinstance(command, WhatIf):
            record = record.with_piece(_what_if(command, record, rulebook, phrases))
        elif isinstance(command, AskWhy):
            record = record.with_piece(_why(record, phrases))
    if not record.pieces:
        read = record.reading is not None and record.reading.commands
        record = record.with_piece(Piece(text=phrases.say("nothing_new" if read else "nothing_read")))
    going = settle(record, rulebook)
    if going != "answer":
        return record, going
    return compose(record, "answer"), "end"


async def _from_guides(
    question: str,
    record: Record,
    language: Language,
    local: Language,
    evidence: Evidence,
    rulebook: Rulebook,
    verifier: Verifier,
    phrases: Phrasebook,
) -> Record:
    hits = evidence.search(question, k=MOST_HITS)
    finding = _finding(question, record.text, evidence)
    sources = {**evidence.sources(), **rulebook.sources}
    passages = evidence.passages([hit.passage_id for hit in hits])
    figures = None
    if finding is not None:
        cited = [figure.passage for figure in (*finding.figures, *finding.nearest)]
        known = {**evidence.passages(cited), **rulebook.passages}
        figures = _by_figures(finding, rulebook, known, sources)
        passages = {**passages, **{key: known[key] for key in figures.passages()}}
    brief = AnswerBrief(
        question=question,
        hits=hits,
        figures=figures,
        passages=passages,
        sources=sources,
        turn=turn_of(record),
    )
    record, drafted = await spoken(record, lambda by: by.write_answer(brief), language, local)
    today = dt.date.fromisoformat(record.today)
    grounds = Grounds(
        passages=passages,
        facts=record.facts(),
        lines={} if figures is None else figures.lines(),
        recommendation=None,
        today=today,
        sources=sources,
    )
    wording = await settled(drafted.draft, lambda: brief, grounds, verifier, language)
    if wording.error is not None:
        record = noticed(record, wording.error)
    verified = verifier.verify(wording.draft, grounds)
    before = [citation for piece in record.pieces for citation in piece.citations]
    numbering = Numbering(passages, sources, before)
    text = "\n\n".join(section_markdown(section, numbering) for section in verified.draft.sections)
    if drafted.covered and numbering.all():
        piece = Piece(text=text, citations=numbering.citations(), covered=True, answers=True)
    elif figures is not None and figures.missing and text:
        piece = Piece(text=text, citations=numbering.citations(), covered=False, answers=True)
    else:
        piece = Piece(text=_not_covered(hits, phrases), covered=False, answers=True)
    return record.with_piece(piece)


def _finding(question: str, message: str, evidence: Evidence) -> Finding | None:
    """What the figures say to the sentence that the question ends, else to the question alone.

    "Offshore mid-level engineer: price per hour?" asks for nothing without its beginning.
    """
    place = message.find(question)
    begun = [end.end() for end in _SENTENCE_END.finditer(message, 0, max(place, 0))]
    sentence = message[begun[-1] if begun else 0 : place + len(question)] if place > 0 else question
    whole = evidence.figures(sentence)
    if sentence == question or (whole is not None and (whole.figures or whole.missing)):
        return whole
    return evidence.figures(question)


def _by_figures(
    finding: Finding, rulebook: Rulebook, passages: Mapping[str, Passage], sources: Mapping[str, Source]
) -> FigureAnswer:
    """Every guide's position on what was asked; else what no guide gives, and the nearest there is."""
    if finding.figures:
        found = answer_by_figures(
            finding.figures, ledger(rulebook), passages, sources, finding.regions, finding.claims
        )
        return found.model_copy(update={"by_city": finding.by_city})
    return FigureAnswer(
        positions=nearest_figures(finding.nearest, passages, sources),
        covered=False,
        missing=finding.missing,
        closest=finding.closest,
        by_city=finding.by_city,
    )


def _not_covered(hits: Sequence[Hit], phrases: Phrasebook) -> str:
    """Says so, and names the sections nearest to the question, by name alone."""
    sections = [hit.locator.headings[-1] for hit in hits if hit.locator.headings]
    named = [section for section in dict.fromkeys(sections) if not any(c.isdigit() for c in section)]
    if not named:
        return phrases.say("not_covered")
    nearby = phrases.say("covered_nearby", sections=", ".join(named[:NEARBY]))
    return f"{phrases.say('not_covered')} {nearby}"


def _what_if(command: WhatIf, record: Record, rulebook: Rulebook, phrases: Phrasebook) -> Piece:
    if not command.changes:
        return Piece(text=phrases.say("what_if_nothing"), answers=True)
    present = recommendation(record, rulebook).first
    changed = first_move(rulebook, Case.of({**record.values(), **command.changes}))
    conditions = [
        f"{rulebook.question(key).label}: {value_words(rulebook, key, value)}"
        for key, value in command.changes.items()
    ]
    condition = " and ".join(conditions)
    if changed.id == present.id:
        return Piece(text=phrases.say("what_if_same", condition=condition, label=present.label), answers=True)
    text = phrases.say("what_if_other", condition=condition, label=changed.label, present=present.label)
    return Piece(text=text, answers=True)


def _why(record: Record, phrases: Phrasebook) -> Piece:
    question = record.open_question
    if question is None:
        return Piece(text=phrases.say("no_question_open"), answers=True)
    return Piece(text=phrases.say("why_asked", why=question.why), answers=True)
