"""Decides again with a playbook read anew, issues certificates and replays them."""

import copy
import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import JsonValue

from advisor.assembly import Advisor, builtin_corpus, builtin_rulebook, playbook_files
from advisor.domain.case import Case
from advisor.domain.decision import Flip, Recommendation
from advisor.domain.facts import Fact, canonical_value
from advisor.domain.memo import Draft
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.policy.certificate import differences, issue
from advisor.policy.decide import decide, scorer_for
from advisor.policy.rulebook import Rulebook, load_rulebook
from advisor.policy.scoring import Change, Variations

TELL_ME = "Just tell me."
"""What ends the questions."""

PARTS = frozenset(Recommendation.model_fields) - {"next_question", "playbook_hash", "date"}
"""What of a decision a certificate holds and a replay compares; date and playbook stand beside it."""

_STATED = re.compile(r"(under|at least) \$?(\d[\d,]*)")

Facts = dict[str, JsonValue]


def read_anew() -> Rulebook:
    """The packaged playbook, read from its files again."""
    corpus = builtin_corpus()
    return load_rulebook(playbook_files(), corpus.passages, corpus.sources, corpus.figures)


def replay_faults(again: Rulebook, rulebook: Rulebook, facts: Facts, decided: Recommendation) -> list[str]:
    """What is not the same when decided, and when replayed, with the playbook read `again`."""
    found: list[str] = []
    if again.hash != rulebook.hash:
        found.append("the playbook read anew has another hash")
    # Decided in full, not from a cache: two equal rulebooks would share its entries.
    second = decide(again, Case.of(facts), dt.date.fromisoformat(decided.date))
    if second.model_dump_json() != decided.model_dump_json():
        found.append("decided again, it comes out otherwise")
    held: dict[FactKey, Fact] = {
        key: Fact(value=canonical_value(key, facts[key]), said="", message_id="m1", status="stated")
        for key in FACT_KEYS
        if key in facts
    }
    certificate = issue(again, "", held, (), decided, Draft(title="", sections=()), {})
    found += differences(certificate, again, "")
    return found + _unnoticed(certificate, again)


def memo_faults(advisor: Advisor, thread: str, situation: str) -> list[str]:
    """What the certificate of a memo written for this message does not replay, claims and quotes included."""
    advisor.reply_sync(thread, situation)
    memo = advisor.reply_sync(thread, TELL_ME).memo
    if memo is None:
        return ["no memo was written"]
    certificate = json.loads(json.dumps(memo.certificate))
    rulebook = builtin_rulebook()
    found = differences(certificate, rulebook, builtin_corpus().hash)
    return found + _unnoticed(certificate, rulebook)


def _unnoticed(certificate: dict[str, Any], rulebook: Rulebook) -> list[str]:
    """Parts of the decision that can be changed without a word from the replay: it would prove nothing."""
    forged = copy.deepcopy(certificate)
    decision: dict[str, Any] = forged["decision"]
    for part in PARTS & decision.keys():
        decision[part] = _otherwise(decision[part])
    noticed = differences(forged, rulebook, forged["corpus"])
    broken = {line.partition(":")[0] for line in noticed if line.endswith("changed since it was issued")}
    named = {line.partition(":")[0] for line in noticed if not line.endswith("since it was issued")}
    named = {line.replace("first move", "first") for line in named}
    found = [f"{part} is not in the certificate" for part in sorted(PARTS - decision.keys())]
    for part in sorted(PARTS & decision.keys() - {"rules_fired"}):
        if part not in broken or part not in named:
            found.append(f"{part} can be changed unnoticed")
    if certificate["decision"].get("rules_fired") and not any(
        "does not" in line or "fires now" in line for line in noticed
    ):
        found.append("a rule can be taken out unnoticed")
    return found


def _otherwise(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return value[1:] if value else [None]
        case dict() if "id" in value:
            return {**value, "id": "another"}
        case dict():
            return {**value, "another": None}
        case _:
            return "another"


def flip_faults(rulebook: Rulebook, facts: Facts, flips: Sequence[Flip], first: str) -> list[str]:
    """Flips after which another move comes first than the stated one, or none at all. Each is typed anew."""
    if not flips:
        return []
    scorer = scorer_for(rulebook)
    cases = [Case.of({**facts, **flip.changes}) for flip in flips]
    changes: list[Change] = [{key: case.value(key) for key in FACT_KEYS} for case in cases]
    found: list[str] = []
    for flip, place in zip(flips, scorer.first(Case(), Variations.of(Case(), changes)), strict=True):
        move = scorer.moves[int(place)]
        if move.id != flip.move or move.id == first:
            told = ", ".join(f"{fact}={value}" for fact, value in flip.changes.items())
            stated = f"{flip.role}+{flip.engagement}"
            found.append(f"{told} leads to {move.role}+{move.engagement}, stated {stated}")
    return [*found, *(fault for flip in flips for fault in _misworded(flip))]


def _misworded(flip: Flip) -> list[str]:
    """Borders in the words of a flip on whose other side the value lies that was run."""
    values = [value["min"] for value in flip.changes.values() if isinstance(value, dict) and "min" in value]
    found: list[str] = []
    for (side, number), value in zip(_STATED.findall(flip.phrase), values, strict=False):
        border = float(number.replace(",", ""))
        if (side == "under") != (float(str(value)) < border):
            found.append(f"“{side} {number}” is said of {value}")
    return found
