"""Compose: the pieces of a turn become its reply."""

from advisor.domain.memo import Memo
from advisor.domain.reply import Question, Reply, ReplyKind
from advisor.steps.record import Record


def compose(
    record: Record, kind: ReplyKind, question: Question | None = None, memo: Memo | None = None
) -> Record:
    """The record with its reply said. The memo itself is kept beside the record, not in it."""
    covered = [piece.covered for piece in record.pieces if piece.covered is not None]
    reply = Reply(
        thread=record.thread,
        message_id=record.message_id,
        kind=kind,
        text="\n\n".join(piece.text for piece in record.pieces),
        question=question,
        covered=all(covered) if covered else None,
        citations=tuple(citation for piece in record.pieces for citation in piece.citations),
        facts=record.facts(),
        notices=record.notices,
    )
    return record.finish(reply, memo=memo is not None)
