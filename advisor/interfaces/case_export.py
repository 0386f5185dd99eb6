"""A conversation as a case for the evals: what the user said, as a simulated user would say it again.

The form is that of `evals/dialogues/*.jsonl`. What the right advice is (`gold`) is not known here: it is left
open for a person to fill in from the guides, with the advisor's own advice beside it under `given`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue

from advisor.domain.facts import Fact
from advisor.domain.memo import Memo
from advisor.domain.reply import Turn
from advisor.errors import InputError
from advisor.interfaces.private_data import PrivateData, left_over

CLASH = "do not fit together"
"""By these words of a reply a simulated user knows that a contradiction of his was named."""


@dataclass(frozen=True)
class Exported:
    """The case, how much was replaced in it by type, and the words that a person should look at."""

    case: dict[str, JsonValue]
    replaced: dict[str, int]
    look_at: list[str]
    left_out: int
    """Messages of which the form has no place: those after the memo that state nothing new."""


def exported(turns: Sequence[Turn], memo: Memo | None, *, keep_names: bool = False) -> Exported:
    """The case of a conversation, private data replaced. Raises InputError where nothing was said in it."""
    said = [turn for turn in turns if turn.text.strip() and turn.reply is not None]
    if not said:
        raise InputError(
            "This conversation holds no message with a reply, so there is no case in it.",
            "Choose another one: see `advisor threads`.",
        )
    script = _Script()
    for before, turn in zip((None, *said), said, strict=False):
        script.follow(before, turn)
    speakers = sorted({turn.by for turn in said if turn.by})
    private = PrivateData((turn.text for turn in said), speakers, keep_names=keep_names)
    body = cast(dict[str, JsonValue], _each_text(script.body(), private))
    name = hashlib.sha256(json.dumps(body, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:8]
    case: dict[str, JsonValue] = {
        "id": f"real-{name}",
        **body,
        "gold": None,
        "given": _given(memo, script.asked),
        "why": [],
        "must_mention": [],
        "tags": ["exported"],
    }
    return Exported(case, dict(private.replaced), left_over(_texts(body)), script.left_out)


def _given(memo: Memo | None, asked: Sequence[str]) -> JsonValue:
    """The advice that was given, without the memo's words, which may name anyone."""
    if memo is None:
        return None
    first = memo.recommendation.first
    return {"role": first.role, "engagement": first.engagement, "date": memo.date, "asked": list(asked)}


@dataclass
class _Script:
    """What a simulated user says, gathered message by message."""

    opening: str = ""
    facts: dict[str, dict[str, JsonValue]] = field(default_factory=dict[str, dict[str, JsonValue]])
    changes: list[dict[str, JsonValue]] = field(default_factory=list[dict[str, JsonValue]])
    interjections: list[dict[str, JsonValue]] = field(default_factory=list[dict[str, JsonValue]])
    contradiction: dict[str, JsonValue] | None = None
    asked: list[str] = field(default_factory=list[str])
    answers: int = 0
    left_out: int = 0

    def follow(self, before: Turn | None, turn: Turn) -> None:
        """One more message: opening, answer, change of mind, what was said to a clash, or an aside."""
        if turn.reply is None:
            return
        new = {key: fact for key, fact in turn.reply.facts.items() if fact.message_id == turn.message_id}
        if turn.reply.kind == "question" and turn.reply.question is not None:
            self.asked.append(turn.reply.question.fact)
        if before is None or before.reply is None:
            self.opening = turn.text
            self._state(new)
            return
        open_question = before.reply.question
        fact = turn.about or (open_question.fact if open_question is not None else None)
        changed = {key: value for key, value in new.items() if key in self.facts}
        if CLASH in before.reply.text and self.contradiction is None:
            self.contradiction = _clash(turn, changed, new)
        elif fact is not None and (fact in new or self._is_unread_answer(turn, new)) and fact not in changed:
            self.answers += 1
            self._state({key: value for key, value in new.items() if key != fact})
            self.facts[fact] = {"value": new[fact].value if fact in new else None, "answer": turn.text}
        elif changed:
            self._change(turn, changed)
            self._state(new)
        elif new:
            self.answers += 1
            self._state(new)
        elif open_question is not None:
            self.interjections.append({"after": self.answers + 1, "say": turn.text})
        else:
            self.left_out += 1

    def body(self) -> dict[str, JsonValue]:
        """What the user says, in the form of a case."""
        body: dict[str, JsonValue] = {"opening": self.opening, "facts": {**self.facts}}
        if self.changes:
            body["changes"] = list(self.changes)
        if self.contradiction is not None:
            body["contradiction"] = self.contradiction
        if self.interjections:
            body["interjections"] = list(self.interjections)
        return body

    def _state(self, new: Mapping[str, Fact]) -> None:
        """Facts stated in passing: what was said of each is its answer, should it be asked for."""
        for key, fact in new.items():
            self.facts[key] = {"value": fact.value, "answer": fact.said or ""}

    def _change(self, turn: Turn, changed: Mapping[str, Fact]) -> None:
        """A later message that replaces what was said: before it, the earlier answers hold."""
        before: dict[str, JsonValue] = {key: self.facts[key] for key in changed}
        self.changes.append({"utterance": turn.text, "before": before, "sets": _values(changed)})
        self.answers += 1

    def _is_unread_answer(self, turn: Turn, new: Mapping[str, Fact]) -> bool:
        """Whether it was meant as an answer, though nothing was read in it: another question came."""
        going_on = turn.reply is not None and turn.reply.kind == "question"
        return not new and going_on and not turn.text.rstrip().endswith("?")


def _clash(turn: Turn, changed: Mapping[str, Fact], new: Mapping[str, Fact]) -> dict[str, JsonValue]:
    """What was said when two statements did not go together."""
    return {"between": [*sorted(changed)], "if_challenged": turn.text, "sets": _values(new)}


def _values(facts: Mapping[str, Fact]) -> dict[str, JsonValue]:
    return {key: fact.value for key, fact in facts.items()}


def _each_text(value: JsonValue, private: PrivateData) -> JsonValue:
    """The same with the user's words replaced where they are private; names of facts are left alone."""
    if isinstance(value, str):
        return private.without(value)
    if isinstance(value, list):
        return [_each_text(one, private) for one in value]
    if isinstance(value, dict):
        return {key: _each_text(one, private) for key, one in value.items()}
    return value


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
