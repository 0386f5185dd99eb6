"""What must not be kept is taken out of the facts before they leave the reader."""

import re
from collections.abc import Sequence

from advisor.adapters.local_reader.clauses import Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.screening import PrivateData
from advisor.domain.commands import Command, SetFact
from advisor.domain.vocabulary import TEXT_FACTS

NOTICE = {
    "health": "What was said about a person's health was not kept; it isn't needed here.",
    "contact": "Contact data of people was not kept; it isn't needed here.",
}


def scrubbed(
    message: Message, facts: Sequence[tuple[Span, SetFact]], private: PrivateData
) -> tuple[list[tuple[int, Command]], tuple[str, ...]]:
    """The facts, free of private stretches in value and words, and what to tell the user.

    A fact of which nothing but private words would remain is dropped.
    """
    kept: list[tuple[int, Command]] = []
    for span, fact in facts:
        inside = [p for p in private.spans if p.start < span.end and span.start < p.end]
        if not inside:
            kept.append((span.start, fact))
            continue
        pieces = [piece for piece in _pieces(span, inside) if re.search(r"\w", message.said(piece))]
        if not pieces:
            continue
        longest = max(pieces, key=lambda piece: piece.end - piece.start)
        update: dict[str, object] = {"said": message.said(longest).strip()}
        if fact.key in TEXT_FACTS:
            update["value"] = " … ".join(message.said(piece).strip(" ,;") for piece in pieces)
        kept.append((span.start, fact.model_copy(update=update)))
    return kept, tuple(NOTICE[kind] for kind in private.kinds)


def _pieces(span: Span, private: Sequence[Span]) -> list[Span]:
    """What remains of `span` without the private stretches."""
    pieces: list[Span] = []
    at = span.start
    for hidden in sorted(private, key=lambda p: p.start):
        if hidden.start > at:
            pieces.append(Span(at, hidden.start))
        at = max(at, hidden.end)
    if at < span.end:
        pieces.append(Span(at, span.end))
    return pieces
