"""Withdraw: a message that its sender deleted or edited goes, with what it stated and the words of it.

Pure functions of the record and its replies. What the advisor said stays, without the user's words in it;
words that a language model put in another form or language can't be told from its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from advisor.domain.facts import Fact, Statement
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import TEXT_FACTS, FactKey
from advisor.steps.disputes import forgotten
from advisor.steps.record import Entry, Record
from advisor.steps.wording import as_said

GONE = "…"
"""Stands in a reply where withdrawn words stood."""
_QUOTED = re.compile("“([^“”]*)”")


@dataclass(frozen=True)
class Withdrawal:
    """The messages with one id of a sender's, what they stated, and their words."""

    messages: frozenset[str]
    statements: tuple[Statement, ...]
    texts: tuple[str, ...]
    words: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, record: Record, client_id: str) -> "Withdrawal":
        """What is withdrawn from a record; without messages where there is none with this id."""
        entries = [e for e in record.transcript if e.speaker == "user" and e.client_id == client_id]
        messages = frozenset(entry.message_id for entry in entries)
        statements = tuple(s for s in record.statements if s.message_id in messages)
        told = [entry.text for entry in entries]
        spoken = {*told, *(s.said for s in statements), *(v for s in statements for v in _wording(s))}
        words = frozenset(form for one in spoken for form in (one.strip(), as_said(one)) if form)
        return cls(messages, statements, tuple(told), words)

    def record(self, before: Record) -> Record:
        """The record without them. The open question stays as it is."""
        keys: frozenset[FactKey] = frozenset(statement.key for statement in self.statements)
        asked = before.open_question.fact if before.open_question else None
        named = before
        for key in keys:
            named = named.model_copy(update={"clashes_named": forgotten(named, key)})
        own = before.message_id in self.messages
        changes: dict[str, object] = {
            "statements": tuple(s for s in before.statements if s.message_id not in self.messages),
            "asked": tuple(key for key in before.asked if key not in keys or key == asked),
            "clashes_named": named.clashes_named,
            "transcript": tuple(self._entry(entry) for entry in before.transcript),
            "notices": tuple(self.text(notice) for notice in before.notices),
            "reply": None if before.reply is None else self.reply(before.reply),
            "cut": (),
        }
        if own:
            # What comes with this id from now on is another message: the edited one.
            changes |= {"text": "", "client_id": None, "reading": None}
        return before.model_copy(update=changes)

    def reply(self, before: Reply) -> Reply:
        """A reply without their words; the values of its facts stay, except those that are words."""
        return before.model_copy(
            update={
                "text": self.text(before.text, own=before.message_id in self.messages),
                "facts": {key: self._fact(key, fact) for key, fact in before.facts.items()},
                "notices": tuple(self.text(notice) for notice in before.notices),
            }
        )

    def text(self, shown: str, own: bool = False) -> str:
        """A text of the advisor's without their words; `own`: the text answers one of them."""

        def quoted(match: re.Match[str]) -> str:
            inner = match[1].removesuffix(" …")
            known = inner in self.words or match[1] in self.words
            return f"“{GONE}”" if known or (own and self._holds(inner)) else match[0]

        shown = _QUOTED.sub(quoted, shown)
        for words in sorted(self.words, key=len, reverse=True):
            if len(words.split()) > 1 or words in self._values():
                shown = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", GONE, shown, flags=re.IGNORECASE)
        return shown

    def _entry(self, entry: Entry) -> Entry:
        if entry.speaker == "advisor":
            return entry.model_copy(
                update={"text": self.text(entry.text, own=entry.message_id in self.messages)}
            )
        return entry.model_copy(update={"text": ""}) if entry.message_id in self.messages else entry

    def _fact(self, key: FactKey, fact: Fact) -> Fact:
        history = tuple(
            past.model_copy(update={"said": "", "value": _blank(key, past.value)})
            if past.message_id in self.messages
            else past
            for past in fact.history
        )
        if fact.message_id not in self.messages:
            return fact.model_copy(update={"history": history})
        return fact.model_copy(update={"history": history, "said": "", "value": _blank(key, fact.value)})

    def _holds(self, words: str) -> bool:
        plain = _plain(words)
        return bool(plain) and any(f" {plain} " in f" {_plain(text)} " for text in self.texts)

    def _values(self) -> frozenset[str]:
        values = {value for statement in self.statements for value in _wording(statement)}
        return frozenset(form for value in values for form in (value.strip(), as_said(value)))


def changed(before: Record, after: Record) -> tuple[FactKey, ...]:
    """The facts that have another value now, in the order in which they were stated."""
    was, now = before.values(), after.values()
    keys: dict[FactKey, None] = dict.fromkeys(statement.key for statement in before.statements)
    return tuple(key for key in keys if was.get(key) != now.get(key))


def _wording(statement: Statement) -> Iterable[str]:
    """The parts of a value that are the user's own words."""
    if statement.key in TEXT_FACTS and isinstance(statement.value, str):
        yield statement.value
    if isinstance(statement.value, dict) and isinstance(statement.value.get("original"), str):
        yield str(statement.value["original"])


def _blank(key: FactKey, value: JsonValue) -> JsonValue:
    """A value without the words in it."""
    if key in TEXT_FACTS and value is not None:
        return ""
    if isinstance(value, dict) and "original" in value:
        return {**value, "original": None}
    return value


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
