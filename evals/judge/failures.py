"""What can go wrong when the judge is asked, told in our own words.

What a server or a model wrote is never repeated from here: an error message of a server may hold the key.
"""

from collections.abc import Iterator
from typing import Any

from evals.judge.outcomes import Failure, FailureKind

WORDS: dict[FailureKind, str] = {
    "malformed": "what it gave is not the JSON that was asked for",
    "refused": "it refused",
    "too_long": "its answer was cut at the limit of tokens (ADVISOR_JUDGE_ANSWER_TOKENS)",
    "broke_off": "the connection closed in the middle of its answer",
    "timeout": "it did not answer in time (ADVISOR_JUDGE_TIMEOUT)",
    "busy": "it turns requests away as too many (HTTP 429)",
    "server": "its server fails",
    "unreachable": "no connection can be made",
    "unauthorized": "it does not accept the key",
    "no_model": "it knows no such model or path (HTTP 404)",
    "no_quota": "the account has no quota left (HTTP 429)",
    "request": "it rejects the form of the request",
}

FATAL: frozenset[FailureKind] = frozenset({"unauthorized", "no_model", "no_quota"})
"""No later question will fare better."""

DOWN: frozenset[FailureKind] = frozenset({"unreachable", "timeout", "busy", "server", "broke_off", "request"})
"""The endpoint, not the answer, is at fault: several in a row mean that it is down."""


class JudgeFailed(Exception):
    """One question to the judge came to nothing."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.words)
        self.failure = failure


def failure_of(error: Exception) -> Failure:
    """The failure that an exception of the client or of instructor stands for."""
    for cause in _chain(error):
        if kind := _kind(cause):
            status = getattr(cause, "status_code", None)
            told = f" (HTTP {status})" if status and "HTTP" not in WORDS[kind] else ""
            return Failure(kind, WORDS[kind] + told)
    return Failure("broken", f"an error that is none of its own: {type(error).__name__}")


def _kind(error: BaseException) -> FailureKind | None:
    import httpx2
    import openai
    from instructor.core import IncompleteOutputException, InstructorRetryException
    from pydantic import ValidationError

    match error:
        case IncompleteOutputException():
            return "too_long"
        case InstructorRetryException() if error.failed_attempts:
            return "refused" if _withheld(error.last_completion) else "malformed"
        case openai.APITimeoutError() | TimeoutError() | httpx2.TimeoutException():
            return "timeout"
        case openai.APIConnectionError():
            broken = any(
                isinstance(cause, httpx2.RemoteProtocolError | httpx2.ReadError) for cause in _chain(error)
            )
            return "broke_off" if broken else "unreachable"
        case openai.APIStatusError():
            return _status_kind(error.status_code, error.code)
        case ValidationError() | ValueError():
            return "malformed"
        case _:
            return None


def _status_kind(status: int, code: str | None) -> FailureKind:
    if status in (401, 403):
        return "unauthorized"
    if status == 404:
        return "no_model"
    if status == 429:
        return "no_quota" if code == "insufficient_quota" else "busy"
    return "server" if status >= 500 or status in (408, 409) else "request"


def _withheld(completion: Any) -> bool:
    """Whether the model refused, or a filter took its words away."""
    choices = getattr(completion, "choices", None) or ()
    return any(
        choice.finish_reason == "content_filter" or getattr(choice.message, "refusal", None)
        for choice in choices
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
