"""Decide: what this turn does next. The policy says which move leads and what is worth asking."""

import datetime as dt
import json
from functools import lru_cache
from typing import Literal

from advisor.domain.case import Case
from advisor.domain.commands import AskGuides, AskWhy, OutOfScope, WhatIf
from advisor.domain.decision import Recommendation
from advisor.domain.vocabulary import ENUMERATED, FactKey
from advisor.policy.contradictions import contradictions
from advisor.policy.decide import decide as decide_case
from advisor.policy.decide import first_move
from advisor.policy.playbook_files import ContradictionEntry
from advisor.policy.rulebook import Rulebook
from advisor.steps.record import Record

Exit = Literal["ask", "answer", "decline", "retrieve"]


def recommendation(record: Record, rulebook: Rulebook) -> Recommendation:
    """The recommendation for what is known now: recomputed, since it follows from the record."""
    return _recommend(rulebook, json.dumps(record.values()), record.today, record.closed())


@lru_cache(maxsize=256)
def _recommend(rulebook: Rulebook, values: str, today: str, closed: tuple[FactKey, ...]) -> Recommendation:
    case = Case.of(json.loads(values))
    return decide_case(rulebook, case, dt.date.fromisoformat(today), closed)


def decide(record: Record, rulebook: Rulebook) -> Exit:
    """Where the turn goes: declines and side requests first, then a question or the memo."""
    commands = record.reading.commands if record.reading else ()
    if any(isinstance(command, OutOfScope) for command in commands):
        return "decline"
    if any(isinstance(command, AskGuides | AskWhy | WhatIf) for command in commands):
        return "answer"
    return settle(record, rulebook)


def settle(record: Record, rulebook: Rulebook) -> Literal["ask", "answer", "retrieve"]:
    """A question if one is worth asking, the memo if the facts are new, else a plain answer."""
    if record.answer_now:
        return "retrieve"
    if record.reading is not None and record.reading.queries:
        return "ask"
    if record.open_question is not None or record.restated or clash(record, rulebook) is not None:
        return "ask"
    if record.memo_on == record.fingerprint():
        return "answer"
    return "ask" if worth_asking(record, rulebook) or to_confirm(record, rulebook) else "retrieve"


def worth_asking(record: Record, rulebook: Rulebook) -> FactKey | None:
    """The next question, unless so many were asked that what it may change is not worth another.

    The policy says what could still change the first move; how long people answer is the conversation's.
    """
    decision = recommendation(record, rulebook)
    asked = len(record.asked)
    needed = [step.ask_above for step in rulebook.weights.patience if asked >= step.after]
    return None if decision.chance_of_change < max(needed, default=0) else decision.next_question


def to_confirm(record: Record, rulebook: Rulebook) -> FactKey | None:
    """A fact that the reader guessed from words about something else, and on which the first move hangs."""
    values = record.values()
    present = first_move(rulebook, Case.of(values))
    for key, fact in record.facts().items():
        if fact.sure != "guessed" or key in record.asked or key not in ENUMERATED:
            continue
        if first_move(rulebook, Case.of({**values, key: None})).id != present.id:
            return key
    return None


def clash(record: Record, rulebook: Rulebook) -> ContradictionEntry | None:
    """A contradiction among the facts that was not named yet."""
    case = Case.of(record.values())
    return next((c for c in contradictions(rulebook, case) if c.id not in record.clashes_named), None)
