"""The judge model as ragas asks it: bounded in time, tries, tokens and calls at once, and counted.

Ragas' own `llm_factory` makes an event of each call for its usage reports, and with it a file in the user's
home even where reports are off. Here the same client is built without either.
"""

import asyncio
import logging
from typing import Any, TypeVar

from pydantic import BaseModel

from advisor.errors import AdvisorError
from evals.judge.failures import DOWN, FATAL, JudgeFailed, failure_of
from evals.judge.outcomes import Failure
from evals.judge.settings import JudgeSettings
from evals.metrics import registry as _registry  # noqa: F401 - ragas must not be imported before it

from ragas.llms.base import InstructorBaseRagasLLM, InstructorLLM  # isort: skip

Form = TypeVar("Form", bound=BaseModel)

DOWN_AFTER = 3
"""Failures of the endpoint in a row, with no answer between them, after which nothing more is asked."""


class JudgeUnreachable(AdvisorError):
    """The judge can't be asked at all; the rest of the section would only fail the same way."""


class Judge(InstructorLLM):
    """A model behind an OpenAI-format endpoint that answers in forms. Lives in one event loop; close it.

    `requests` counts HTTP requests with all tries; the tokens are those that the endpoint reports.
    """

    def __init__(self, settings: JudgeSettings) -> None:
        import instructor
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        # Instructor logs what a server says about an error, and a server may repeat the key.
        logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)
        self.settings = settings
        self.requests = self.prompt_tokens = self.answer_tokens = 0
        self._model = settings.model or ""
        self._room = asyncio.Semaphore(settings.at_once)
        self._answered = False
        self._down = 0
        self._gone: JudgeUnreachable | None = None
        self._openai = AsyncOpenAI(
            base_url=settings.address,
            api_key=settings.key,
            timeout=settings.timeout,
            max_retries=settings.retries,
            http_client=DefaultAsyncHttpxClient(event_hooks={"request": [self._sent]}),
        )
        client = instructor.from_openai(self._openai, mode=instructor.Mode.JSON)
        client.on("completion:response", self._came)
        super().__init__(client, self._model, "openai", max_tokens=settings.answer_tokens)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._openai.close()

    async def agenerate(self, prompt: str, response_model: type[Form]) -> Form:
        """An answer of the form asked for. Raises JudgeFailed, or JudgeUnreachable for good."""
        async with self._room:
            if self._gone:
                raise self._gone
            try:
                async with asyncio.timeout(self.settings.timeout):
                    found = await self.client.chat.completions.create(
                        model=self._model,
                        messages=[{"role": "user", "content": prompt}],
                        response_model=response_model,
                        max_retries=self.settings.reasks,
                        **self._map_provider_params(),
                    )
            except Exception as error:  # noqa: BLE001 - whatever it is becomes a failure with its reason
                failure = failure_of(error)
                self._count(failure)
                raise JudgeFailed(failure) from None
            self._down = 0
            return found

    def generate(self, prompt: str, response_model: type[Form]) -> Form:
        raise NotImplementedError("the judge is asked from within an event loop")

    def without_key(self, text: str) -> str:
        """A text of the judge's with the key taken out, should it stand there."""
        key = self.settings.api_key.get_secret_value() if self.settings.api_key else ""
        return text.replace(key, "[key]") if key else text

    def _count(self, failure: Failure) -> None:
        """Notes a failure. Raises JudgeUnreachable where asking on is of no use."""
        self._down = self._down + 1 if failure.kind in DOWN else 0
        never = not self._answered and failure.kind in ("unreachable", "request")
        if failure.kind in FATAL or never or self._down >= DOWN_AFTER:
            self._gone = JudgeUnreachable(
                f"The judge model {self._model!r} at {self.settings.host} can't be asked: {failure.words}.",
                "Check ADVISOR_JUDGE_BASE_URL, ADVISOR_JUDGE_API_KEY and ADVISOR_JUDGE_MODEL.",
            )
            raise self._gone from None

    async def _sent(self, _request: Any) -> None:
        self.requests += 1

    def _came(self, response: Any) -> None:
        self._answered = True
        usage = getattr(response, "usage", None)
        self.prompt_tokens += getattr(usage, "prompt_tokens", 0) or 0
        self.answer_tokens += getattr(usage, "completion_tokens", 0) or 0


class Recording(InstructorBaseRagasLLM):
    """The judge for one run of one metric: keeps what it said, so that the run can be checked and told."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.answers: list[dict[str, Any]] = []

    async def agenerate(self, prompt: str, response_model: type[Form]) -> Form:
        found = await self._judge.agenerate(prompt, response_model)
        self.answers.append(found.model_dump())
        return found

    def generate(self, prompt: str, response_model: type[Form]) -> Form:
        raise NotImplementedError("the judge is asked from within an event loop")
