"""Evidence resolved: what each kind of evidence says, in which words and with which figures."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from pydantic import JsonValue

from advisor.domain.decision import Flip, Line, Recommendation
from advisor.domain.evidence import Source
from advisor.domain.facts import MAX_DAYS, Fact
from advisor.domain.facts import fold as fold_facts
from advisor.domain.memo import (
    CalculationEvidence,
    DecisionEvidence,
    Evidence,
    FactEvidence,
    OwnWording,
    PassageEvidence,
)
from advisor.domain.vocabulary import FactKey
from advisor.policy.grounding.deciding import statements
from advisor.policy.grounding.folding import fold, sentences
from advisor.policy.grounding.grounds import Fault, Grounds
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.numerals import Quantity
from advisor.policy.grounding.quotes import Quoted, find_quote
from advisor.policy.grounding.tracing import Held, amount, as_days, held_in

MOST_SAID = 2000  # characters of what a user said about one fact that are read


@dataclass(frozen=True)
class Support:
    """What one piece of evidence gives. All texts are folded.

    `window` is what it says: the quoted sentences, the user's words, a line's label. `around` is
    where that stands: the passage with its headings. `quote` is the quote, or what the user said.
    `fact` is set for a fact.
    """

    kind: str
    window: str
    around: str
    headings: str = ""
    held: tuple[Held, ...] = ()
    fact: tuple[FactKey, Fact] | None = None
    quote: str = ""
    passage: str = ""
    said: str = ""  # what it affirms or denies, in its own words
    adverse: bool = False  # quoted from what the source lists as mistakes or weaknesses
    statements: tuple[str, ...] = ()  # of a decision, in plain sentences


def resolve(claim: str, evidence: Evidence, grounds: Grounds, lexicon: Lexicon) -> Support | Fault | None:
    """What the evidence gives, the fault in it, or None for the advisor's own wording."""
    match evidence:
        case PassageEvidence(passage=name, quote=quote):
            passage = grounds.passages.get(name)
            if passage is None:
                return Fault(claim, "dead_passage", f"there is no passage {name!r}")
            quoted = find_quote(passage, quote)
            if isinstance(quoted, str):
                return Fault(claim, "quote", quoted)
            return _of_quote(name, quoted, quote, lexicon)
        case FactEvidence(fact=key, message_id=message_id):
            fact = _as_said_in(message_id, grounds.facts.get(key))
            if fact is None or fact.status == "unknown" or fact.value is None:
                return Fault(claim, "dead_fact", f"nobody stated {key}")
            return _of_fact(key, fact, grounds.today, lexicon)
        case CalculationEvidence(line=name):
            line = grounds.lines.get(name)
            if line is None:
                return Fault(claim, "dead_line", f"there is no calculation line {name!r}")
            return _of_line(line)
        case DecisionEvidence():
            if grounds.recommendation is None:
                return Fault(claim, "no_decision", "there is no decision to rest on")
            return of_decision(grounds.recommendation, grounds.sources.values(), lexicon)
        case OwnWording():
            return None
        case _:
            assert_never(evidence)


def _as_said_in(message_id: str | None, fact: Fact | None) -> Fact | None:
    """The fact as one message stated it, though another statement may hold now; else as it holds."""
    if message_id is None or fact is None or fact.message_id == message_id:
        return fact
    said = [one for one in fact.history if one.message_id == message_id and one.value is not None]
    return fold_facts(said[-1:]).get(said[-1].key) if said else None


def _of_quote(passage: str, quoted: Quoted, quote: str, lexicon: Lexicon) -> Support:
    said = quoted.window
    if quoted.lead_in and lexicon.adverse.search(quoted.lead_in):
        # "Five mistakes: 3. Seeing salary as the main cost. It isn't …": where a point
        # explains itself, its first sentence only names the mistake, and says neither yes nor no to it.
        point = _POINT.sub("", said.removeprefix(quoted.lead_in).strip())
        explained = sentences(point)[1:]
        said = " ".join(explained) or said
    return Support(
        "passage",
        quoted.window,
        quoted.passage,
        quoted.headings,
        held_in(quoted.window),
        quote=fold(quote),
        adverse=lexicon.adverse.search(quoted.head) is not None,
        said=said,
        passage=passage,
    )


_POINT = re.compile(r"^(?:[-*•]|\d+[.)])\s+")


def _of_fact(key: FactKey, fact: Fact, today: dt.date, lexicon: Lexicon) -> Support:
    value = value_words(fact.value)[:MOST_SAID]
    told = (fact.said or "")[:MOST_SAID]
    said = fold(" ".join(filter(None, (value, told))))
    held = list(held_in(said))
    if isinstance(fact.value, dict):
        low, high = fact.value.get("min"), fact.value.get("max")
        if isinstance(low, int | float) and isinstance(high, int | float):
            held.extend(_interval(key, fact, float(low), float(high), today))
    meaning = lexicon.meanings.get(key, {}).get(str(fact.value), "")
    topic = f"{key.replace('_', ' ')} {meaning} {lexicon.topics.get(key, '')}"
    window = fold(f"{meaning}. {told or value}." if meaning else f"{said}.")
    words = fold(told or value)
    around = fold(f"{said} {topic}")
    return Support("fact", window, around, "", tuple(held), (key, fact), words, said=words)


def _interval(key: FactKey, fact: Fact, low: float, high: float, today: dt.date) -> Iterable[Held]:
    if key == "timeline_days":
        yield Held(Quantity(low, high, "time", "", 0, 0, unit="day"))
        for days in {low, high}:
            day = today + dt.timedelta(days=min(int(days), MAX_DAYS))
            yield Held(Quantity(0, 0, "date", "", 0, 0, date=(day.year, day.month, day.day)))
        return
    currency = str(fact.value.get("currency") or "USD") if isinstance(fact.value, dict) else "USD"
    yield Held(Quantity(low, high, "money", "", 0, 0, unit=currency))


def value_words(value: JsonValue) -> str:
    """A fact's value as text: lists and objects by what they hold, names with spaces."""
    if isinstance(value, dict):
        return " ".join(value_words(part) for name, part in value.items() if name not in ("min", "max"))
    if isinstance(value, list):
        return " ".join(value_words(part) for part in value)
    if isinstance(value, str):
        return value.replace("_", " ")
    return ""


def _of_line(line: Line) -> Support:
    written = fold(f"{line.label}. {line.formula}. {line.quote or ''}")
    held = [*held_in(written, rounded=False), *_line_held(line)]
    return Support(
        "calculation",
        written,
        fold(f"{written} {line.unit} {(line.fact or '').replace('_', ' ')}"),
        "",
        tuple(held),
        said=written,
    )


def _line_held(line: Line) -> Iterable[Held]:
    rounded = line.origin == "computed"
    for quantity in amount(line.low, line.high, line.unit, line.open_ended):
        yield Held(quantity, rounded, pay=True)


def of_decision(decision: Recommendation, sources: Iterable[Source], lexicon: Lexicon) -> Support:
    """Everything a claim that rests on the decision may draw its words and figures from."""
    told = statements(decision, sources)
    texts = [*_texts(decision), *told]
    window = fold(". ".join(texts))
    held: list[Held] = [one for text in texts for one in held_in(fold(text))]
    first = decision.first
    if first.duration_days is not None:
        held.extend(Held(quantity) for quantity in as_days(*map(float, first.duration_days)))
    if first.cost is not None:
        cost = first.cost
        held.extend(
            Held(quantity, rounded=True)
            for quantity in amount(cost.low, cost.high, cost.unit, cost.open_ended)
        )
    held.extend(held_in(fold(lexicon.about_decision)))
    held.append(Held(Quantity(decision.margin, decision.margin, "percent", "", 0, 0)))
    held.append(Held(Quantity(decision.score, decision.score, "count", "", 0, 0, nouns=("point",))))
    for flip in _flips(decision):
        for value in flip.changes.values():
            if isinstance(value, dict):
                low, high = value.get("min"), value.get("max")
                if isinstance(low, int | float) and isinstance(high, int | float):
                    held.extend(Held(quantity) for quantity in as_days(float(low), float(high)))
    return Support(
        "decision", window, fold(f"{window} {lexicon.about_decision}"), "", tuple(held), statements=told
    )


def _flips(decision: Recommendation) -> Iterable[Flip]:
    yield from decision.flips
    yield from decision.flips_of_two
    for assumption in decision.assumptions:
        yield from assumption.flips


def _texts(decision: Recommendation) -> Iterable[str]:
    first = decision.first
    yield from (first.label, first.exit_criterion, first.cost_note)
    yield from (f"{first.role} {first.engagement}".replace("_", " "),)
    yield f"{decision.confidence} {decision.date}"
    for after in decision.then:
        yield from (after.condition, after.label)
    for lost in (*decision.alternatives, decision.runner_up):
        yield from (lost.label, lost.reason)
    for flip in _flips(decision):
        yield from (flip.phrase, flip.label)
    for assumption in decision.assumptions:
        yield f"{assumption.fact.replace('_', ' ')}: {assumption.taken}"
    for rule in decision.rules_fired:
        yield rule.why
    for one in decision.without:
        yield f"Without {one.publisher}, which sells {one.sells}: {one.label}, the first move stays, changes"
