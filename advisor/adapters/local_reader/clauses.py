"""A message cut into clauses, and how each is to be taken.

A clause may be a question, hypothetical, about the past, about somebody else, taken back, or doubtful;
what stands in such a clause is no fact about the case. Negation has a scope: from the negating word to
the end of its clause. This module doesn't know what the clauses are about.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from advisor.adapters.local_reader.cues import CueSet, Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook

_SENTENCE = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+|;\s*|(?<=\?)(?=\w)|</?\w+>")
_CLAUSE = re.compile(
    r"[,:]\s+|\s+-+\s+|-{2,}|[()\"]"
    r"|\s+(?=(?:but|if|unless|whereas|although|though|however|provided|in case)\b)"
    r"|\s+(?=(?:and|so|because|since|while|as|until|or|then)\s+(?:i|we|it|they|you|he|she|the|our|my|there|"
    r"this|that|nobody|somebody|someone|everyone|a|an|what|how|why|which|who|not)\b)"
)
_LEADING = re.compile(r"(?:\W|\b(?:and|but|so|or|because|then|well|ok|okay|hmm+|oh|now|also)\b)*")
_LONGEST_SAID = 160
"""Characters; of a longer clause only the words that were read are kept."""
_NEAR = 8
"""Words before a cue in which a negation still reaches it."""
_SHAPE = str.maketrans("‘’‛′“”„–—‒−\u00a0", "''''\"\"\"---- ")


@dataclass(frozen=True)
class Clause:
    """`text[start:end]` of the message, in which sentence, and how it is to be taken."""

    start: int
    end: int
    sentence: int
    question: bool = False
    hypothetical: bool = False
    conditional: bool = False
    past: bool = False
    others: bool = False
    retracted: bool = False
    hedged: bool = False

    @property
    def stated(self) -> bool:
        """Whether the user says this of the case, here and now."""
        return not (self.question or self.hypothetical or self.past or self.others or self.retracted)


@dataclass(frozen=True)
class Message:
    """A cleaned message with its lower-case twin of equal length, and its clauses in order."""

    text: str
    lower: str
    clauses: tuple[Clause, ...] = field(default=())

    def clause_at(self, place: int) -> Clause:
        """The clause that holds `place`; the nearest earlier one for what stands between clauses."""
        at = bisect_right(self.clauses, place, key=lambda clause: clause.start)
        return self.clauses[max(at - 1, 0)]

    def sentence(self, clause: Clause) -> Span:
        """From the first clause of the sentence to the end of its last."""
        same = [other for other in self.clauses if other.sentence == clause.sentence]
        return Span(same[0].start, same[-1].end)

    def around(self, span: Span) -> Span:
        """The clause or clauses that hold `span`, so that its words can be read alone; trimmed."""
        start = min(span.start, self.clause_at(span.start).start)
        end = max(span.end, self.clause_at(max(span.end - 1, span.start)).end)
        if end - start > _LONGEST_SAID:
            return span
        text = self.text[start:end]
        left = _LEADING.match(self.lower[start:end]).end()  # pyright: ignore[reportOptionalMemberAccess]
        right = len(text.rstrip(" \t\n,;:-"))
        return Span(min(start + left, span.start), max(start + right, span.end))

    def said(self, span: Span) -> str:
        """The user's words there."""
        return self.text[span.start : span.end]


class Clauses:
    """Cuts messages by the playbook's signals."""

    def __init__(self, data: ReadingPlaybook) -> None:
        signals = data.signals
        cues = data.cue_set
        self._negators = cues(signals.negators)
        self._not_negators = cues(signals.not_negators)
        self._denied_after = cues(signals.denied_after)
        self._hedges = cues(signals.hedges)
        self._doubts = cues(signals.doubts)
        self._hypotheticals = cues(signals.hypotheticals)
        self._mild = cues(signals.mild_conditions)
        self._past = cues(signals.past)
        self._others = cues(signals.others)
        self._own = cues(signals.own)
        self._retractions = cues(signals.retractions)
        self._question_starts = cues(signals.question_starts)

    def read(self, text: str, answering: bool = False) -> Message:
        """The message with its clauses. `answering`: a short question mark then is a doubtful answer."""
        lower = lowered(text)
        clauses: list[Clause] = []
        for number, sentence in enumerate(_pieces(_SENTENCE, lower, Span(0, len(lower)))):
            clauses += self._sentence(lower, sentence, number, answering)
        if not clauses:
            clauses = [Clause(0, len(text), 0)]
        return Message(text, lower, self._taken_back(lower, clauses))

    def negated(self, message: Message, span: Span) -> bool:
        """Whether an odd number of negations reaches what stands at `span`."""
        clause = message.clause_at(span.start)
        before = message.lower[clause.start : span.start]
        near = " ".join(before.split()[-_NEAR:])
        allowed = self._not_negators.spans(f"{near} " + message.lower[span.start : clause.end][:20])
        count = sum(
            1
            for found in _apart(self._negators, near)
            if not any(free.start <= found.start < free.end for free in allowed)
        )
        after = message.lower[span.end : clause.end]
        trimmed = after.lstrip(" ,'\"")
        first = self._denied_after.first(trimmed[:40])
        denied = first is not None and first.start == 0
        return (count + denied + self._answered_no(message, clause, span)) % 2 == 1

    def doubted(self, message: Message, span: Span) -> bool:
        """Whether the clause leaves open what stands at `span` ("I can't rule out that …")."""
        clause = message.clause_at(span.start)
        found = self._doubts.spans(message.lower, clause.start, clause.end)
        return any(doubt.start < span.start and doubt.end <= span.start + 1 for doubt in found)

    def hedged(self, message: Message, span: Span) -> bool:
        """Whether it is said with a "maybe"."""
        return message.clause_at(span.start).hedged

    def _answered_no(self, message: Message, clause: Clause, span: Span) -> bool:
        """ "Core IP? No." and "HIPAA: no" deny what they name."""
        after = message.lower[span.end : span.end + 14]
        return (
            re.match(r"\s?[?:=]\s*(?:no|nope|nah|none|not)\b", after) is not None and clause.end >= span.end
        )

    def _sentence(self, lower: str, sentence: Span, number: int, answering: bool) -> list[Clause]:
        pieces = _pieces(_CLAUSE, lower, sentence)
        asked = self._first_question(lower, sentence, pieces, answering)
        whole = False
        clauses: list[Clause] = []
        others = False
        for at, piece in enumerate(pieces):
            words = lower[piece.start : piece.end]
            lead = _LEADING.match(words)
            begins = piece.start + (lead.end() if lead else 0)
            mild = self._mild.occurs(words)
            condition = self._hypotheticals.first(lower, begins, piece.end)
            supposed = condition is not None and condition.start == begins and not mild
            # "If we had …, we could …" supposes all of it; "… if we had …" only what follows the if.
            whole = whole or (supposed and at == 0)
            if supposed and at > 0 and clauses and not whole:
                clauses[-1] = _with(clauses[-1], conditional=True, hedged=True)
            theirs = self._others.occurs(words)
            others = theirs or (others and not self._own.occurs(words))
            clauses.append(
                Clause(
                    piece.start,
                    piece.end,
                    number,
                    question=asked is not None and at >= asked,
                    hypothetical=whole or supposed,
                    past=self._past.occurs(words),
                    others=others,
                    hedged=mild or self._hedges.occurs(words),
                )
            )
        return clauses

    def _first_question(self, lower: str, sentence: Span, pieces: list[Span], answering: bool) -> int | None:
        """From which clause on the sentence asks; None when it states."""
        marked = lower[sentence.start : sentence.end].rstrip("\"') ").endswith("?")
        answered = re.match(
            r"[\s\"')]*(?:no|nope|nah|yes|yep|yeah|none|nobody|sure)\b", lower[sentence.end :]
        )
        if marked and answered and len(lower[sentence.start : sentence.end].split()) <= 8:
            return None
        starts: list[int] = []
        for at, piece in enumerate(pieces):
            words = lower[piece.start : piece.end]
            lead = _LEADING.match(words)
            begins = piece.start + (lead.end() if lead else 0)
            first = self._question_starts.first(lower, begins, piece.end)
            if first is not None and first.start == begins:
                starts.append(at)
        if starts and (marked or starts[0] == 0 or _asks(lower, pieces[starts[-1]])):
            return starts[-1] if marked and starts[0] != 0 else starts[0]
        if marked:
            return None if answering and len(pieces) > 1 else len(pieces) - 1
        return None

    def _taken_back(self, lower: str, clauses: list[Clause]) -> tuple[Clause, ...]:
        """ "… just kidding" takes back its sentence, and the one before when its own says nothing."""
        taken = set[int]()
        for at, clause in enumerate(clauses):
            if not self._retractions.occurs(lower, clause.start, clause.end):
                continue
            before = [i for i in range(at + 1) if clauses[i].sentence == clause.sentence]
            words = lower[clauses[before[0]].start : clause.start]
            reaches = clause.sentence if re.search(r"\d|\b(?:\w+ ){3}", words) else clause.sentence - 1
            taken |= {i for i in range(at + 1) if clauses[i].sentence >= reaches}
        return tuple(_with(c, retracted=True) if i in taken else c for i, c in enumerate(clauses))


def lowered(text: str) -> str:
    """Lower case with plain quotes and dashes, letter for letter, so that places stay the same."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return lower.translate(_SHAPE)


def _with(clause: Clause, **changes: bool) -> Clause:
    return Clause(**{**clause.__dict__, **changes})


def _pieces(separator: re.Pattern[str], text: str, within: Span) -> list[Span]:
    """The stretches between separators that hold a word, trimmed of white space."""
    cuts = [Span(m.start(), m.end()) for m in separator.finditer(text, within.start, within.end)]
    begins = [within.start, *(cut.end for cut in cuts)]
    ends = [*(cut.start for cut in cuts), within.end]
    pieces: list[Span] = []
    for begin, end in zip(begins, ends, strict=True):
        words = text[begin:end]
        if re.search(r"\w", words):
            start = begin + len(words) - len(words.lstrip())
            pieces.append(Span(start, begin + len(words.rstrip())))
    return pieces


def _apart(cues: CueSet, text: str) -> list[Span]:
    """Matches that don't overlap an earlier one, so that no word counts twice."""
    apart: list[Span] = []
    for span in cues.spans(text):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart


def _asks(lower: str, piece: Span) -> bool:
    """A clause without a question mark that still asks: it opens with a question word and a verb."""
    return bool(
        re.match(
            r"(?:\W|and|so|but|\s)*(?:what|how|who|which|why|should|can you|could you)\b",
            lower[piece.start : piece.end],
        )
    )
