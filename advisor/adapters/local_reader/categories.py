"""Facts with a closed list of values: cues decide, the scope of negation turns them.

Where several values of a fact are said, the later one holds, except where the playbook orders them.
"""

from dataclasses import dataclass

from advisor.adapters.local_reader.clauses import Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.playbook import FactCues, ReadingPlaybook
from advisor.domain.vocabulary import FactKey

_LASTING: tuple[FactKey, ...] = (
    "company_stage",
    "post_launch_owner",
    "technical_leadership",
    "value_proven",
    "buy_option",
    "data_readiness",
    "work_type",
)
"""What happened to these still holds: a round was raised, an owner left, a pilot proved something."""


@dataclass(frozen=True)
class CategoryReading:
    """One value of one fact, where it is said, and which other values were said beside it."""

    key: FactKey
    value: str
    span: Span
    sure: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Hit:
    value: str
    span: Span
    sure: bool


class Categories:
    """Finds the values of enumerated facts."""

    def __init__(self, data: ReadingPlaybook, clauses: Clauses) -> None:
        self._data, self._clauses = data, clauses

    def read(self, message: Message, supposing: bool = False) -> list[CategoryReading]:
        """What the message states of each enumerated fact, in order of place."""
        found = [
            reading
            for key in self._data.facts
            if (reading := self.of(message, key, supposing=supposing)) is not None
        ]
        return sorted(found, key=lambda reading: reading.span.start)

    def of(
        self, message: Message, key: FactKey, asked: bool = False, supposing: bool = False
    ) -> CategoryReading | None:
        """The value of one fact. `asked`: the looser cues for answers count as well."""
        fact = self._data.facts[key]
        hits = self._hits(message, fact, key, asked, supposing)
        hits = hits or self._hits(message, fact, key, False, supposing, weak=True)
        if not hits:
            return None
        chosen = hits[-1]
        for value in fact.prefer:
            said = [hit for hit in hits if hit.value == value]
            if said:
                chosen = said[-1]
                break
        rest = tuple(dict.fromkeys(hit.value for hit in hits if hit.value != chosen.value))
        return CategoryReading(key, chosen.value, chosen.span, chosen.sure, rest)

    def says_unknown(self, message: Message, key: FactKey) -> bool:
        """Whether the message says that this very fact is not known."""
        return self._data.cue_set(self._data.facts[key].unknown).occurs(message.lower)

    def _hits(
        self,
        message: Message,
        fact: FactCues,
        key: FactKey,
        asked: bool,
        supposing: bool,
        weak: bool = False,
    ) -> list[_Hit]:
        found: list[tuple[str, Span]] = []
        for value, cues in fact.values.items():
            for sources in (cues.weak,) if weak else (cues.cues, cues.answers if asked else ()):
                found += [(value, span) for span in self._data.cue_set(sources).spans(message.lower)]
        hits: list[_Hit] = []
        for value, span in _outermost(found):
            meant = self._meant(message, fact, key, value, span, supposing)
            if meant is not None:
                hits.append(_Hit(meant, span, not self._clauses.hedged(message, span)))
        return sorted(hits, key=lambda hit: hit.span.start)

    def _meant(
        self,
        message: Message,
        fact: FactCues,
        key: FactKey,
        value: str,
        span: Span,
        supposing: bool,
    ) -> str | None:
        """The value after negation, or None when the clause states nothing of the kind."""
        clause = message.clause_at(span.start)
        if clause.retracted or clause.others or (clause.past and key not in _LASTING):
            return None
        if clause.hypothetical and not supposing:
            return None
        if fact.not_when and self._data.cue_set(fact.not_when).occurs(
            message.lower, clause.start, clause.end
        ):
            return None
        if (
            clause.question
            and not supposing
            and not (key == "work_type" and _building(message, clause.start, span))
        ):
            return None
        if self._clauses.doubted(message, span) and not supposing and value not in ("unclear",):
            return None
        if self._clauses.negated(message, span):
            return fact.negated.get(value)
        return value


def _outermost(found: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """Without matches that lie inside a longer one of another value: "seed" in "pre-seed"."""
    return [
        (value, span)
        for value, span in found
        if not any(
            other.start <= span.start
            and span.end <= other.end
            and (other.end - other.start) > (span.end - span.start)
            for _, other in found
        )
    ]


def _building(message: Message, start: int, span: Span) -> bool:
    """A question that names what is built: "who should build our chatbot on GPT?"."""
    before = message.lower[start : span.end]
    return any(
        word in before for word in ("build", "ship", "launch", "automate", "create", "staff", "make ", "run ")
    )
