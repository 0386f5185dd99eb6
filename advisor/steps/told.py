"""Told: what a stage did, as one short line of plain text for whoever watches the turn.

Pure functions of the records before and after the stage. Every figure is counted from them or stands in
the decision that the stage worked out; nothing is decided again for a line.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from advisor.domain.commands import (
    AnswerNow,
    AskGuides,
    AskWhy,
    OutOfScope,
    Restart,
    RetractFact,
    SetFact,
    WhatIf,
)
from advisor.domain.evidence import Citation
from advisor.domain.memo import Draft, Memo
from advisor.domain.vocabulary import FactKey
from advisor.policy.rulebook import Rulebook
from advisor.steps.decide import Exit, clash, recommendation
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Record
from advisor.steps.standing import unanswered

MOST_LABELS = 4
CERTIFICATE_SHOWN = 8
"""Hexadecimal digits of a certificate's hash."""

_HEARD = (
    (WhatIf, "did_hear_what_if"),
    (AskWhy, "did_hear_why"),
    (AnswerNow, "did_hear_now"),
    (OutOfScope, "did_hear_declined"),
)


def understood(after: Record, rulebook: Rulebook, phrases: Phrasebook) -> str:
    """Which facts were read, and what was asked for."""
    commands = after.reading.commands if after.reading else ()
    facts = [c for c in commands if isinstance(c, SetFact)]
    parts = [phrases.say("did_restart")] if any(isinstance(c, Restart) for c in commands) else []
    read = _labels((c.key for c in facts if c.value is not None), rulebook)
    if read:
        parts.append(phrases.say("did_read", count=len(read), labels=_listed(read, phrases)))
    left_open = _labels((c.key for c in facts if c.value is None), rulebook)
    if left_open:
        parts.append(phrases.say("did_leave_open", labels=_listed(left_open, phrases)))
    forgotten = _labels((c.key for c in commands if isinstance(c, RetractFact)), rulebook)
    if forgotten:
        parts.append(phrases.say("did_forget", labels=_listed(forgotten, phrases)))
    questions = sum(isinstance(c, AskGuides) for c in commands)
    if questions:
        parts.append(phrases.say("did_hear_question", count=questions))
    parts += [phrases.say(name) for kind, name in _HEARD if any(isinstance(c, kind) for c in commands)]
    return "; ".join(parts) or phrases.say("did_read_nothing")


def decided(record: Record, going: Exit, rulebook: Rulebook, phrases: Phrasebook) -> str:
    """What leads and by how much, where the stage worked that out, and where the turn goes."""
    match going:
        case "decline":
            return phrases.say("going_decline")
        case "answer":
            return phrases.say("going_answer" if _requests(record) else "going_nowhere")
        case "ask":
            return _before_asking(record, rulebook, phrases)
        case "retrieve":
            return phrases.say("going_memo", decided=_lead(record, rulebook, phrases))
    assert_never(going)


def retrieved(after: Record, rulebook: Rulebook, phrases: Phrasebook) -> str:
    """How many passages of how many guides, and of documents of the user's own."""
    ours = {rulebook.passages[key].source_id for key in after.passages if key in rulebook.passages}
    theirs = {key.partition("/")[0] for key in after.passages if key not in rulebook.passages}
    found = phrases.say("did_retrieve", passages=len(after.passages), guides=len(ours))
    if not theirs:
        return found
    return phrases.say("did_retrieve_documents", found=found, documents=len(theirs))


def written(after: Record, phrases: Phrasebook) -> str:
    """How long the draft is."""
    if after.draft is None:
        return ""
    claims, rows = _size(after.draft)
    return phrases.say("did_write", sections=len(after.draft.sections), claims=claims, rows=rows)


def verified(before: Record, after: Record, phrases: Phrasebook) -> str:
    """How much was checked, how much of it cut, and how much is told in a model's words."""
    if before.draft is None or after.draft is None:
        return ""
    checked, standing = sum(_size(before.draft)), sum(_size(after.draft))
    text = (
        phrases.say("did_verify", checked=checked)
        if standing == checked
        else phrases.say("did_verify_cut", checked=checked, cut=checked - standing)
    )
    worded = sum(len(c.instead_of or ()) for section in after.draft.sections for c in section.claims)
    return phrases.say("did_verify_worded", checked=text, worded=worded) if worded else text


def kept(memo: Memo, phrases: Phrasebook) -> str:
    """That the memo is kept, and the beginning of its certificate's hash."""
    return phrases.say("did_keep", certificate=memo.certificate_hash[:CERTIFICATE_SHOWN])


def answered(before: Record, after: Record, phrases: Phrasebook) -> str:
    """From how many passages the user's questions were answered."""
    if not _requests(before):
        return phrases.say("did_answer_nothing")
    reply, new = after.reply, after.pieces[len(before.pieces) :]
    earlier = [citation for piece in before.pieces for citation in piece.citations]
    if reply is not None:
        cited, covered = reply.citations[len(earlier) :], reply.covered
    else:
        told = [piece.covered for piece in new if piece.covered is not None]
        cited = tuple(citation for piece in new for citation in piece.citations)
        covered = all(told) if told else None
    passages = _passages(cited)
    if covered is None:
        return phrases.say("did_answer_plain")
    if covered:
        return phrases.say("did_answer", passages=passages)
    return phrases.say("did_answer_partly", passages=passages) if passages else phrases.say("did_not_cover")


def asked(before: Record, after: Record, rulebook: Rulebook, phrases: Phrasebook) -> str:
    """Which question was put: the open one again, one that clears something up, or a new one."""
    question = after.reply.question if after.reply else None
    if question is None:
        return phrases.say("did_ask_nothing")
    label = rulebook.question(question.fact).label
    if before.open_question is not None:
        return phrases.say("did_ask_again", label=label)
    held = before.facts().get(question.fact)
    if before.clashes_named != after.clashes_named or (held is not None and held.value is not None):
        return phrases.say("did_ask_to_clear_up", label=label)
    return phrases.say("did_ask", label=label)


def declined(before: Record, phrases: Phrasebook) -> str:
    """How many parts of the message were declined."""
    commands = before.reading.commands if before.reading else ()
    parts = dict.fromkeys(c for c in commands if isinstance(c, OutOfScope))
    return phrases.say("did_decline", count=len(parts))


def translated(before: Record, after: Record, phrases: Phrasebook) -> str:
    """Whether the reply was put into the user's language."""
    was, now = before.reply, after.reply
    if was is None or now is None or was.text == now.text:
        return phrases.say("did_not_translate")
    return phrases.say("did_translate", language=after.language)


def _before_asking(record: Record, rulebook: Rulebook, phrases: Phrasebook) -> str:
    """What comes first. What leads is told where the stage worked it out, and to who corrects a fact."""
    if record.reading is not None and record.reading.queries:
        return phrases.say("going_clear_up")
    if record.open_question is not None:
        # A face that corrects facts shows how things stand after it: the same decision, worked out once.
        corrected = record.about is not None and _stated(record)
        lead = _lead(unanswered(record), rulebook, phrases) if corrected else ""
        return phrases.say("going_open_again", decided=lead) if lead else phrases.say("going_open")
    if record.restated is not None or clash(record, rulebook) is not None:
        return phrases.say("going_clear_up")
    if not _stated(record):
        return phrases.say("going_opening")
    return phrases.say("going_ask", decided=_lead(record, rulebook, phrases))


def _stated(record: Record) -> bool:
    return any(value is not None for value in record.values().values())


def _lead(record: Record, rulebook: Rulebook, phrases: Phrasebook) -> str:
    decision = recommendation(record, rulebook)
    rules, label = len(decision.rules_fired), decision.first.label
    if decision.margin < 1:
        return phrases.say("did_decide_narrowly", rules=rules, label=label)
    return phrases.say("did_decide", rules=rules, label=label, margin=decision.margin)


def _requests(record: Record) -> bool:
    commands = record.reading.commands if record.reading else ()
    return any(isinstance(command, AskGuides | AskWhy | WhatIf) for command in commands)


def _labels(keys: Iterable[FactKey], rulebook: Rulebook) -> list[str]:
    return [rulebook.question(key).label for key in dict.fromkeys(keys)]


def _listed(labels: Sequence[str], phrases: Phrasebook) -> str:
    shown = ", ".join(labels[:MOST_LABELS])
    more = len(labels) - MOST_LABELS
    return phrases.say("did_read_more", labels=shown, more=more) if more > 0 else shown


def _size(draft: Draft) -> tuple[int, int]:
    """Claims and table rows; a sentence that stands for several claims counts as those."""
    claims = sum(
        1 if claim.instead_of is None else len(claim.instead_of)
        for section in draft.sections
        for claim in section.claims
    )
    return claims, sum(len(section.table.rows) for section in draft.sections if section.table)


def _passages(citations: Iterable[Citation]) -> int:
    return len({citation.passage_id for citation in citations})
