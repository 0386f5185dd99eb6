"""History: every turn of a conversation with its whole reply, from the record and what is kept beside it."""

from collections.abc import Mapping

from advisor.domain.reply import Reply, Turn
from advisor.steps.record import Entry, Record


def turns_of(record: Record, kept: Mapping[str, Reply]) -> tuple[Turn, ...]:
    """All turns, oldest first. `kept` are the replies of turns before the record's own, by message id.

    A reply that was never kept is made of what the transcript says: its text, without citations. A turn
    under way, or cut short, has none.
    """
    said = {entry.message_id: entry for entry in record.transcript if entry.speaker == "advisor"}
    turns: list[Turn] = []
    for entry in record.transcript:
        if entry.speaker == "user":
            answer = said.get(entry.message_id)
            reply = None if answer is None else _reply(record, answer, kept)
            turns.append(
                Turn(
                    message_id=entry.message_id,
                    client_id=entry.client_id,
                    text=entry.text,
                    about=entry.about,
                    by=entry.by,
                    reply=reply,
                    has_memo=answer is not None and answer.memo,
                )
            )
    return tuple(turns)


def _reply(record: Record, answer: Entry, kept: Mapping[str, Reply]) -> Reply:
    own = record.reply
    if own is not None and own.message_id == answer.message_id:
        return own
    found = kept.get(answer.message_id)
    if found is not None:
        return found
    kind = "recommendation" if answer.memo else "answer"
    return Reply(thread=record.thread, message_id=answer.message_id, kind=kind, text=answer.text)
