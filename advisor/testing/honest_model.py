"""A scripted model that does what its prompts ask, for tests and for counting tokens.

It reads with a language of ours, words each point of a memo in the words it was given, answers with the
first sentence of the best passage and translates by marking. Everything it knows it takes from the request.
"""

import asyncio
import datetime as dt
import json
import re
from typing import Any

from advisor.domain.commands import (
    AnswerNow,
    AskGuides,
    AskWhy,
    OpenQuestion,
    OutOfScope,
    Reading,
    Restart,
    RetractFact,
    SetFact,
    WhatIf,
)
from advisor.ports.language import Language, ReadingContext
from advisor.testing.openai_server import Fails, Request, Says, Step

MARK = "»"
"""What a translated segment begins with."""


class HonestModel:
    """Call it with a request; it gives the step to serve."""

    def __init__(self, reader: Language) -> None:
        self._reader = reader

    def __call__(self, request: Request) -> Step:
        match request.form:
            case "MessageRead":
                return Says(self._read(request))
            case "MemoWorded":
                return Says({"sentences": [] if has(request, "refused") else sentences(request)})
            case "AnswerWritten":
                return Says(self._answered(request))
            case "ClaimsJudged":
                return Says({"entailed": [True] * len(data(request, "claims"))})
            case "SegmentsTranslated":
                return Says({"segments": [f"{MARK}{one}" for one in data(request, "segments")]})
            case other:
                return Fails(400, f"no such form: {other}")

    def _read(self, request: Request) -> dict[str, Any]:
        asked = data(request, "question")
        fact, _, text = (asked or "").partition(": ")
        today = re.search(r"today: (\S+)", user_text(request))
        context = ReadingContext(
            today=dt.date.fromisoformat(today[1] if today else "2026-11-20"),
            open_question=OpenQuestion.model_validate({"fact": fact, "text": text}) if asked else None,
        )
        message = data(request, "message")
        return as_form(asyncio.run(self._reader.understand(message, context)), message)

    def _answered(self, request: Request) -> dict[str, Any]:
        passages = data(request, "passages")
        if not passages:
            return {"covered": False, "claims": []}
        name, told = next(iter(passages.items()))
        quote = re.split(r"\n|(?<=[.!?]) ", told["text"])[0]
        return {"covered": True, "claims": [{"text": quote, "evidence": [{"ref": name, "quote": quote}]}]}


def as_form(reading: Reading, message: str) -> dict[str, Any]:
    """A reading in the form that a model is asked for."""
    facts: list[dict[str, Any]] = []
    form: dict[str, Any] = {"language": "en", "facts": facts, "questions": [], "requests": [], "declined": []}
    for command in reading.commands:
        match command:
            case SetFact():
                facts.append(_fact("set", command.key, command.value, command.said, command.sure == "sure"))
            case RetractFact():
                facts.append(_fact("retract", command.key, None, command.said))
            case WhatIf():
                facts += [_fact("try", key, value, command.said) for key, value in command.changes.items()]
            case AskGuides():
                form["questions"].append(command.question)
            case AskWhy():
                form["requests"].append("why")
            case AnswerNow():
                form["requests"].append("answer_now")
            case Restart():
                form["requests"].append("restart")
            case OutOfScope() if command.reason in ("off_topic", "discrimination", "instructions"):
                said = command.said if command.said in message else message
                form["declined"].append({"reason": command.reason, "ground": "none", "said": said})
            case OutOfScope():
                pass
    return form


def sentences(request: Request) -> list[dict[str, Any]]:
    """Each point of a memo's prompt in its own words, resting on its passages' first sentences."""
    passages = data(request, "passages")
    told: list[dict[str, Any]] = []
    for name, point in data(request, "points").items():
        refs = point["rests on"].split()
        evidence = [{"ref": ref, "quote": passages[ref]["text"] if ref in passages else ""} for ref in refs]
        told.append({"points": [name], "text": point["text"], "evidence": evidence})
    return told


def has(request: Request, name: str) -> bool:
    """Whether the prompt holds data of this name."""
    return f"<{name}>" in user_text(request)


def data(request: Request, name: str) -> Any:
    """What stands in a fence of the user's part of a prompt."""
    found = re.search(rf"<{name}>(.*?)</{name}>", user_text(request), re.DOTALL)
    if found is None:
        raise AssertionError(f"the prompt holds no <{name}>")
    return json.loads(found[1])


def user_text(request: Request) -> str:
    """The last message of a request: the data."""
    return str(request.body["messages"][-1]["content"])


def _fact(act: str, key: str, value: Any, said: str, sure: bool = True) -> dict[str, Any]:
    return {"act": act, "key": key, "value": _written(key, value), "said": said, "sure": sure}


def _written(key: str, value: Any) -> str | None:
    """A kept value in the form that the prompt asks for."""
    if value is None or isinstance(value, str):
        return value
    if key == "regulated":
        return ": ".join(part for part in (value["value"], ", ".join(value["regimes"])) if part)
    span = f"{value['min']:.0f}-{value['max']:.0f}"
    return f"{span} {value['currency']}" if "currency" in value else span
