"""Compose: the pieces of a turn become its reply."""

from collections.abc import Mapping

from advisor.domain.facts import Fact
from advisor.domain.memo import Memo
from advisor.domain.reply import Question, Reply, ReplyKind
from advisor.domain.vocabulary import FactKey
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Piece, Record


def give_up(record: Record, phrases: Phrasebook) -> Record:
    """The record with a turn closed that can't be run; its facts as they were before."""
    left = record.model_copy(update={"pieces": ()}).with_piece(Piece(text=phrases.say("given_up")))
    return compose(left, "declined", question=record.open_question)


def compose(
    record: Record,
    kind: ReplyKind,
    question: Question | None = None,
    memo: Memo | None = None,
    assumed: Mapping[FactKey, Fact] | None = None,
) -> Record:
    """The record with its reply said. The memo itself is kept beside the record, not in it.

    `assumed` are facts that nobody stated and the memo took for granted.
    """
    covered = [piece.covered for piece in record.pieces if piece.covered is not None]
    reply = Reply(
        thread=record.thread,
        message_id=record.message_id,
        kind=kind,
        text="\n\n".join(piece.text for piece in record.pieces),
        question=question,
        covered=all(covered) if covered else None,
        citations=tuple(citation for piece in record.pieces for citation in piece.citations),
        facts={**(assumed or {}), **record.facts()},
        notices=record.notices,
    )
    return record.finish(reply, memo=memo is not None)
