"""One call of a model: streamed, typed, bounded in time, tries and tokens, and written down.

Knows the wire and nothing of hiring. A finished call's reply is kept until the conversation goes on,
so that a turn taken up again after a crash is not charged a second time.
"""

import asyncio
import datetime as dt
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel, ValidationError

from advisor.adapters.openai_language.failures import (
    FINISHED,
    MENDS_BY_ASKING_AGAIN,
    CallFailed,
    outcome_of,
)
from advisor.adapters.openai_language.prompts import Prompt, estimate
from advisor.errors import CallsSpent, LanguageError, StorageError
from advisor.ports.language import Turn
from advisor.ports.usage import ModelCall, Outcome, Purpose, UsageLog

Structure = Literal["json_schema", "tools"]
Answered = TypeVar("Answered", bound=BaseModel)

MOST_CALLS = 3
"""Answered calls in one turn: read, write, and one more to revise or translate."""


@dataclass(frozen=True)
class Endpoint:
    """Where a model answers, and how long and how much it may take.

    `timeout` is in seconds, for a call with all its tries. `api_version` makes it Azure OpenAI, where
    `model` names the deployment. `structure` None: JSON schema until the endpoint refuses it.
    """

    model: str
    key: str = field(repr=False)
    base_url: str | None = None
    api_version: str | None = None
    timeout: float = 60.0
    retries: int = 2
    prompt_tokens: int = 8_000
    answer_tokens: int = 3_000
    structure: Structure | None = None
    stream: bool = True
    judge: bool = False

    @property
    def calls(self) -> int:
        """Answered calls in one turn; a judge has one of its own."""
        return MOST_CALLS + self.judge


@dataclass
class _Told:
    """What has come of an answer so far."""

    message: Any = None
    begun: bool = False


class Connection:
    """Asks the endpoint and records each call. One event loop at a time."""

    def __init__(
        self, endpoint: Endpoint, usage: UsageLog, now: Callable[[], dt.datetime] | None = None
    ) -> None:
        self.endpoint = endpoint
        self._usage = usage
        self._now = now or (lambda: dt.datetime.now(dt.UTC))
        self._structure: Structure = endpoint.structure or "json_schema"

    async def ask(
        self, purpose: Purpose, prompt: Prompt, form: type[Answered], turn: Turn | None
    ) -> Answered:
        """The answer in the form asked for.

        Raises CallFailed when none came within the endpoint's time and tries, CallsSpent when the turn
        has had its calls.
        """
        try:
            return await self._asked(purpose, prompt, form, turn or Turn("", ""))
        except StorageError as error:
            # Calls that can't be counted aren't made; the conversation itself is kept elsewhere.
            raise LanguageError(error.message, f"{error.remedy} {FINISHED}") from error

    async def _asked(self, purpose: Purpose, prompt: Prompt, form: type[Answered], turn: Turn) -> Answered:
        if prompt.tokens + estimate(str(form.model_json_schema())) > self.endpoint.prompt_tokens:
            raise CallFailed("too_long")
        fingerprint = _fingerprint(self.endpoint.model, prompt, form)
        kept = self._usage.kept(turn.thread, turn.message_id, fingerprint) if turn.thread else None
        if kept is not None:
            return form.model_validate_json(kept)
        if turn.thread and self._usage.count(turn.thread, turn.message_id) >= self.endpoint.calls:
            raise CallsSpent("This turn has made its calls of the language model.", "Nothing to do.")
        text, answer = await self._within_time(purpose, prompt, form, turn)
        if turn.thread:
            self._usage.keep(turn.thread, turn.message_id, fingerprint, text)
        return answer

    async def _within_time(
        self, purpose: Purpose, prompt: Prompt, form: type[Answered], turn: Turn
    ) -> tuple[str, Answered]:
        left = self.endpoint.retries
        ends = time.monotonic() + self.endpoint.timeout
        while True:
            try:
                return await self._once(purpose, prompt, form, turn, ends - time.monotonic())
            except CallFailed as failed:
                refused = failed.form and self._other_structure()
                again = left > 0 and (failed.outcome in MENDS_BY_ASKING_AGAIN or refused)
                if not again or time.monotonic() >= ends:
                    raise
                left -= 1

    def _other_structure(self) -> bool:
        """Goes over to tool calls after a schema was refused, unless the structure was set."""
        if self.endpoint.structure is not None or self._structure == "tools":
            return False
        self._structure = "tools"
        return True

    async def _once(
        self, purpose: Purpose, prompt: Prompt, form: type[Answered], turn: Turn, seconds: float
    ) -> tuple[str, Answered]:
        started, begun = self._now(), time.monotonic()
        told = _Told()
        outcome: Outcome = "cancelled"  # until something else is known of it
        try:
            async with asyncio.timeout(seconds):
                await self._stream(prompt, form, told)
            text = _text(told.message)
            answer = form.model_validate_json(text)
            outcome = "ok"
            return text, answer
        except CallFailed as failed:
            outcome = failed.outcome
            raise
        except ValidationError as error:
            broken = any(one["type"] == "json_invalid" for one in error.errors())
            outcome = "invalid_json" if broken else "wrong_schema"
            raise CallFailed(outcome) from None
        except Exception as error:
            found = outcome_of(error, told.begun)
            if found is None:
                raise
            outcome = found
            refused = found == "bad_request" and getattr(error, "status_code", None) in (400, 422)
            raise CallFailed(found, form=refused) from None  # its own words may quote the key
        finally:
            prompt_tokens, cached, completion = _tokens(told.message)
            self._usage.record(
                ModelCall(
                    thread=turn.thread,
                    message_id=turn.message_id,
                    purpose=purpose,
                    model=self.endpoint.model,
                    started=started,
                    milliseconds=round(1000 * (time.monotonic() - begun)),
                    outcome=outcome,
                    prompt_tokens=prompt_tokens,
                    cached_tokens=cached,
                    completion_tokens=completion,
                )
            )

    async def _stream(self, prompt: Prompt, form: type[BaseModel], told: _Told) -> None:
        chat = self._bound(form)
        messages = [("system", prompt.system), ("user", prompt.user)]
        if not self.endpoint.stream:
            told.message = await chat.ainvoke(messages)
            return
        async for chunk in chat.astream(messages):
            told.begun = True
            told.message = chunk if told.message is None else told.message + chunk

    def _bound(self, form: type[BaseModel]) -> Any:
        from langchain_core.utils.function_calling import convert_to_openai_function

        function = convert_to_openai_function(form, strict=True)
        parameters = _without_descriptions(function["parameters"])
        if self._structure == "tools":
            tool = {"name": function["name"], "description": "", "parameters": parameters}
            return self._chat.bind_tools([{"type": "function", "function": tool}], tool_choice=tool["name"])
        schema = {"name": function["name"], "strict": True, "schema": parameters}
        return self._chat.bind(response_format={"type": "json_schema", "json_schema": schema})

    @cached_property
    def _chat(self) -> Any:
        from langchain_openai import AzureChatOpenAI, ChatOpenAI

        endpoint = self.endpoint
        common: dict[str, Any] = {
            "api_key": endpoint.key,
            "timeout": endpoint.timeout,
            "stream_chunk_timeout": endpoint.timeout,
            "max_retries": endpoint.retries,
            "max_tokens": endpoint.answer_tokens,
            "stream_usage": True,
            "use_responses_api": False,
        }
        if endpoint.api_version is not None:
            return AzureChatOpenAI(
                azure_endpoint=endpoint.base_url,
                azure_deployment=endpoint.model,
                api_version=endpoint.api_version,
                **common,
            )
        return ChatOpenAI(model=endpoint.model, base_url=endpoint.base_url, **common)


def _without_descriptions(schema: Any) -> Any:
    """A form without its docstrings: they are for readers of the code, and would be paid for each call."""
    if isinstance(schema, dict):
        told = cast(dict[str, Any], schema)
        return {
            key: _without_descriptions(value)
            for key, value in told.items()
            if not (key == "description" and isinstance(value, str))
        }
    return (
        [_without_descriptions(one) for one in cast(list[Any], schema)]
        if isinstance(schema, list)
        else schema
    )


def _fingerprint(model: str, prompt: Prompt, form: type[BaseModel]) -> str:
    told = "\0".join((model, form.__name__, prompt.system, prompt.user))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _text(message: Any) -> str:
    """The JSON of a finished answer, whether it came as text or as a tool call."""
    if message is None:
        raise CallFailed("cut_stream")
    if message.additional_kwargs.get("refusal"):
        raise CallFailed("refused")
    finish = (message.response_metadata or {}).get("finish_reason")
    if finish == "content_filter":
        raise CallFailed("refused")
    if finish == "length":
        raise CallFailed("too_long")
    if finish is None:
        raise CallFailed("cut_stream")
    calls = cast(list[dict[str, Any]], message.additional_kwargs.get("tool_calls") or [])
    chunks = cast(list[dict[str, Any]], getattr(message, "tool_call_chunks", None) or [])
    if chunks:
        return str(chunks[0].get("args") or "")
    if calls:
        return str(calls[0]["function"]["arguments"])
    return message.content if isinstance(message.content, str) else ""


def _tokens(message: Any) -> tuple[int | None, int | None, int | None]:
    """Prompt, cached and completion tokens, None where the endpoint told none."""
    usage = getattr(message, "usage_metadata", None)
    if not usage:
        return None, None, None
    cached = (usage.get("input_token_details") or {}).get("cache_read")
    return usage.get("input_tokens"), cached, usage.get("output_tokens")
