"""Disputes: two people in one conversation state a fact in two ways.

What stands against a fact follows from the statements alone. It is asked about where the advice could hang
on it, once for each pair of values; till someone answers that question, the later statement holds.
"""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.facts import Statement
from advisor.domain.speaker import differs, person
from advisor.domain.vocabulary import FactKey
from advisor.policy.contradictions import contrary, could_change, plain
from advisor.policy.rulebook import Rulebook
from advisor.steps.record import Record


def against(record: Record, key: FactKey) -> Statement | None:
    """The last word of someone else on a fact, where it is contrary to the statement that holds.

    What was said before the fact was settled between people, or taken back, stands against nothing; nor
    does what the reader only guessed.
    """
    said = [statement for statement in record.statements if statement.key == key]
    if not said or said[-1].settles or said[-1].retracts:
        return None
    held = said[-1]
    heard: set[str] = set()
    for earlier in reversed(said[:-1]):
        if earlier.retracts:
            return None
        if earlier.by is not None and earlier.sure != "guessed" and person(earlier.by) not in heard:
            heard.add(person(earlier.by))
            if differs(earlier.by, held.by) and contrary(key, earlier.value, held.value):
                return earlier
        if earlier.settles:
            return None
    return None


def named_as(record: Record, key: FactKey) -> str | None:
    """How the dispute over a fact is kept among the contradictions that were named; None without one."""
    other = against(record, key)
    if other is None:
        return None
    pair = sorted((_written(other.value), _written(record.values()[key])))
    return f"{_said_by_two(key)}{pair[0]} or {pair[1]}"


def disputed(record: Record) -> Mapping[FactKey, Statement]:
    """For each fact over which a dispute was named and not settled: what stands against it."""
    found: dict[FactKey, Statement] = {}
    for key in record.facts():
        other = against(record, key)
        if other is not None and named_as(record, key) in record.clashes_named:
            found[key] = other
    return found


def to_clear_up(record: Record, rulebook: Rulebook) -> list[FactKey]:
    """The disputes that were not named yet and could change the advice; this message's first."""
    keys: dict[FactKey, None] = {s.key: None for s in record.statements if s.message_id == record.message_id}
    keys.update(dict.fromkeys(record.facts()))
    found: list[FactKey] = []
    for key in keys:
        named = named_as(record, key)
        if named is not None and named not in record.clashes_named and _matters(record, rulebook, key):
            found.append(key)
    return found


def forgotten(record: Record, key: FactKey) -> tuple[str, ...]:
    """The contradictions that were named, without those over what was said of one fact."""
    names = (_said_by_two(key), restating(key))
    return tuple(name for name in record.clashes_named if not name.startswith(names))


def restating(key: FactKey) -> str:
    """How a fact that one person stated in two ways is kept among the contradictions that were named."""
    return f"stated in two ways: {key}"


def _said_by_two(key: FactKey) -> str:
    return f"said by two people: {key}: "


def _matters(record: Record, rulebook: Rulebook, key: FactKey) -> bool:
    other = against(record, key)
    if other is None:
        return False
    values = record.values()
    asked = record.open_question.fact if record.open_question else None
    # What was asked and not answered yet can still be answered.
    closed: list[FactKey] = [fact for fact in record.closed() if fact != asked]
    return could_change(rulebook, Case.of(values), key, (other.value, values[key]), closed)


def _written(value: JsonValue) -> str:
    """A value without the words that it was said in."""
    kept = plain(value)
    if isinstance(kept, dict):
        kept = {name: part for name, part in kept.items() if name != "original"}
    return json.dumps(kept, sort_keys=True)
