"""Answer: side questions from the guides, why a question is asked, and what-ifs."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from advisor.domain.case import Case
from advisor.domain.commands import AskGuides, AskWhy, WhatIf
from advisor.domain.evidence import Hit
from advisor.policy.decide import first_move
from advisor.policy.grounding import Grounds, Verifier
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence
from advisor.ports.language import AnswerBrief, Language
from advisor.steps.citing import Numbering, section_markdown
from advisor.steps.compose import compose
from advisor.steps.decide import recommendation, settle
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Piece, Record
from advisor.steps.wording import value_words

Exit = Literal["ask", "retrieve", "end"]

MOST_HITS = 6
NEARBY = 3


async def answer(
    record: Record,
    language: Language,
    evidence: Evidence,
    rulebook: Rulebook,
    verifier: Verifier,
    phrases: Phrasebook,
) -> tuple[Record, Exit]:
    """Every request of the message answered in order; then the open question, the memo, or the end."""
    for command in record.reading.commands if record.reading else ():
        if isinstance(command, AskGuides):
            piece = await _from_guides(command.question, record, language, evidence, verifier, phrases)
            record = record.with_piece(piece)
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
    evidence: Evidence,
    verifier: Verifier,
    phrases: Phrasebook,
) -> Piece:
    hits = evidence.search(question, k=MOST_HITS)
    figures = evidence.figures(question)
    wanted = [hit.passage_id for hit in hits] + [figure.passage for figure in figures or ()]
    passages, sources = evidence.passages(wanted), evidence.sources()
    brief = AnswerBrief(question=question, hits=hits, figures=figures, passages=passages, sources=sources)
    drafted = await language.write_answer(brief)
    today = dt.date.fromisoformat(record.today)
    grounds = Grounds(
        passages=passages,
        facts=record.facts(),
        lines={},
        recommendation=None,
        today=today,
        sources=sources,
    )
    verified = verifier.verify(drafted.draft, grounds)
    before = [citation for piece in record.pieces for citation in piece.citations]
    numbering = Numbering(passages, sources, before)
    text = "\n\n".join(section_markdown(section, numbering) for section in verified.draft.sections)
    covered = drafted.covered and bool(numbering.citations())
    if not covered:
        return Piece(text=_not_covered(hits, phrases), covered=False, answers=True)
    return Piece(text=text, citations=numbering.citations(), covered=True, answers=True)


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
