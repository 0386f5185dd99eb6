"""What can go wrong with a call, told apart by the exception that the client raises.

An endpoint's own words never leave this module: a refused key is quoted in them.
"""

from collections.abc import Mapping

from advisor.errors import LanguageError
from advisor.ports.usage import Outcome

WORDS: Mapping[Outcome, str] = {
    "timeout": "The language model did not answer in time.",
    "unreachable": "The language model could not be reached.",
    "rate_limited": "The language model's endpoint says that its limit is reached.",
    "server_error": "The language model's endpoint reported an error of its own.",
    "cut_stream": "The language model's answer broke off.",
    "invalid_json": "The language model did not answer in the form asked for.",
    "wrong_schema": "The language model did not answer in the form asked for.",
    "refused": "The language model refused to answer.",
    "too_long": "The conversation is longer than the language model takes.",
    "bad_key": "The language model's endpoint refused the key.",
    "bad_request": "The language model's endpoint did not accept the request.",
}
REMEDY: Mapping[Outcome, str] = {
    "bad_key": "Check OPENAI_API_KEY; this turn was finished without the model.",
    "bad_request": "Check ADVISOR_MODEL and OPENAI_BASE_URL; this turn was finished without the model.",
}
FINISHED = "This turn was finished without it."


class CallFailed(LanguageError):
    """A call that gave nothing to work with; `outcome` is what the usage log keeps.

    `form`: the endpoint may have refused the form that was asked for, not what was asked.
    """

    def __init__(self, outcome: Outcome, form: bool = False) -> None:
        super().__init__(WORDS[outcome], REMEDY.get(outcome, FINISHED))
        self.outcome: Outcome = outcome
        self.form = form


MENDS_BY_ASKING_AGAIN: frozenset[Outcome] = frozenset(("cut_stream", "invalid_json", "wrong_schema"))
"""The client tries again by itself while nothing has come; these are found out afterwards."""


def outcome_of(error: BaseException, begun: bool) -> Outcome | None:
    """The outcome that an exception of the client stands for; None for one that is none of its own.

    `begun`: a part of the answer had come already.
    """
    import httpx2
    import openai
    from langchain_core.exceptions import ContextOverflowError
    from langchain_openai.chat_models.base import OpenAIRefusalError

    kinds: tuple[tuple[type[BaseException], Outcome], ...] = (
        (TimeoutError, "timeout"),
        (openai.APITimeoutError, "timeout"),
        (httpx2.TimeoutException, "timeout"),
        (ContextOverflowError, "too_long"),
        (openai.LengthFinishReasonError, "too_long"),
        (openai.ContentFilterFinishReasonError, "refused"),
        (OpenAIRefusalError, "refused"),
        (openai.AuthenticationError, "bad_key"),
        (openai.PermissionDeniedError, "bad_key"),
        (openai.RateLimitError, "rate_limited"),
        (openai.InternalServerError, "server_error"),
        (openai.APIStatusError, "bad_request"),
        (openai.APIConnectionError, "cut_stream" if begun else "unreachable"),
        (httpx2.TransportError, "cut_stream" if begun else "unreachable"),
        (openai.APIResponseValidationError, "invalid_json"),
        (openai.APIError, "server_error"),
        (openai.OpenAIError, "bad_request"),
    )
    if getattr(error, "code", None) == "context_length_exceeded":
        return "too_long"
    return next((outcome for kind, outcome in kinds if isinstance(error, kind)), None)
