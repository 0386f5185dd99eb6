"""Chainlit's data layer over the advisor's own conversations.

Nothing is stored twice: a thread that Chainlit asks for is drawn from the record, and what it would write is
dropped, since the turn has kept it already. Only names, owners and feedback pass through.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from chainlit.data.base import BaseDataLayer
from chainlit.session import WebsocketSession, ws_sessions_id
from chainlit.types import Feedback, PageInfo, PaginatedResponse, Pagination, ThreadDict, ThreadFilter
from chainlit.user import PersistedUser, User

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.listed import Listed
from advisor.domain.reply import Turn
from advisor.domain.vocabulary import FactKey
from advisor.errors import AdvisorError, UnknownThread
from advisor.interfaces.web.rendering import Shape, elements, part_id, sources, steps
from advisor.interfaces.web.wording import wording

LONGEST_TITLE = 80
MOST_RUNS = 10_000
"""Steps on open pages whose turn is remembered; a page that is loaded again names its turn itself."""

_JOINED = "1970-01-01T00:00:00+00:00"


class Threads(BaseDataLayer):
    """Conversations of the signed-in users. `labels` name the facts, `now` is the clock."""

    def __init__(
        self, advisor: AdvisorCore, labels: Mapping[FactKey, str], now: Callable[[], dt.datetime]
    ) -> None:
        self._advisor = advisor
        self._labels = labels
        self._now = now
        self._runs: dict[str, tuple[str, str]] = {}

    # --- people: whoever the sign-in lets in ------------------------------------------------------

    async def get_user(self, identifier: str) -> PersistedUser | None:
        return PersistedUser(id=identifier, identifier=identifier, createdAt=_JOINED)

    async def create_user(self, user: User) -> PersistedUser | None:
        return await self.get_user(user.identifier)

    # --- conversations ----------------------------------------------------------------------------

    async def owner(self, thread: str) -> str | None:
        """Whose conversation it is; None for one that nobody began here."""
        return await asyncio.to_thread(self._advisor.directory.owner, thread)

    async def belongs(self, thread: str, owner: str, text: str) -> bool:
        """Whether `owner` may speak in a conversation; begins it with the first words as its name."""
        known = await self.owner(thread)
        if known is None and not await self.turns(thread):
            await asyncio.to_thread(self._advisor.directory.add, thread, owner, title(text), self._now())
            known = await self.owner(thread)
        return known == owner

    async def touch(self, thread: str) -> None:
        """Something was said: the conversation moves up the list."""
        await asyncio.to_thread(self._advisor.directory.touch, thread, self._now())

    async def get_thread_author(self, thread_id: str) -> str:
        return await self.owner(thread_id) or ""

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        """The whole conversation; a turn that was cut short is finished first, one under way left alone.

        None where there is none, or none any more: another page can delete it while it is drawn.
        """
        if not self._advisor.is_busy(thread_id) and await self.owner(thread_id) is not None:
            await self._advisor.resume(thread_id)
        try:
            return await asyncio.to_thread(self._drawn, thread_id)
        except UnknownThread:
            return None

    async def list_threads(
        self, pagination: Pagination, filters: ThreadFilter
    ) -> PaginatedResponse[ThreadDict]:
        listed = await asyncio.to_thread(self._advisor.directory.of, filters.userId or "")
        wanted = (filters.search or "").casefold()
        found = [one for one in listed if wanted in one.title.casefold()]
        threads = [one.thread for one in found]
        # A page that begins after a conversation that is gone meanwhile is an empty one.
        start = threads.index(pagination.cursor) + 1 if pagination.cursor in threads else len(found)
        start = start if pagination.cursor else 0
        page = found[start : start + pagination.first]
        return PaginatedResponse(
            pageInfo=PageInfo(
                hasNextPage=start + len(page) < len(found),
                startCursor=page[0].thread if page else None,
                endCursor=page[-1].thread if page else None,
            ),
            data=[cast(ThreadDict, _head(one) | {"steps": [], "elements": []}) for one in page],
        )

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        # With a user it is Chainlit's own entry for a conversation's first message, which has been made.
        if name is not None and user_id is None and name.strip():
            await asyncio.to_thread(self._advisor.directory.rename, thread_id, title(name))

    async def delete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self._advisor.forget, thread_id)
        # Chainlit clears the page that asked; another that shows it takes no more messages for it.
        for session in list(ws_sessions_id.values()):
            if session.thread_id == thread_id:
                await emit(session, "toast", {"message": wording().deleted, "type": "info"})

    def _drawn(self, thread: str) -> ThreadDict | None:
        listed = self._advisor.directory.find(thread)
        if listed is None:
            return None
        turns = self._known_turns(thread)
        standing = self._advisor.standing(thread) if turns and turns[-1].reply is not None else None
        memos = [turn.message_id for turn in turns if turn.has_memo]
        hung: list[Shape] = []
        for number, turn in enumerate(turns):
            if turn.reply is None:
                continue
            last = number + 1 == len(turns)
            shown = part_id(thread, turn.message_id, "reply")
            hung += sources(thread, turn.message_id, turn.reply, for_id=shown)
            hung += elements(
                thread,
                turn.message_id,
                turn.reply,
                for_id=shown,
                memo=self._advisor.memo_of(thread, turn.message_id) if turn.has_memo else None,
                answered=None if last else turns[number + 1].text,
                last_memo=turn.message_id == memos[-1] if memos else False,
                standing=standing if last else None,
            )
        drawn = {
            **_head(listed),
            "steps": steps(thread, turns, listed.begun, self._labels, self._rated(thread, turns)),
            "elements": hung,
        }
        return cast(ThreadDict, drawn)

    async def turns(self, thread: str) -> tuple[Turn, ...]:
        """What was said so far; empty where nothing was."""
        return await asyncio.to_thread(self._known_turns, thread)

    def _known_turns(self, thread: str) -> tuple[Turn, ...]:
        try:
            return self._advisor.turns(thread)
        except UnknownThread:
            return ()

    # --- feedback ---------------------------------------------------------------------------------

    def runs(self, step: str, thread: str, message_id: str) -> None:
        """A turn is shown under this step for now; feedback will name it."""
        self._runs[step] = (thread, message_id)
        while len(self._runs) > MOST_RUNS:
            del self._runs[next(iter(self._runs))]

    async def upsert_feedback(self, feedback: Feedback) -> str:
        thread, message_id = await self._rated_turn(feedback.forId, feedback.threadId)
        await self._rate(thread, message_id, bool(feedback.value), feedback.comment or "")
        return f"{thread}/{message_id}"

    async def delete_feedback(self, feedback_id: str) -> bool:
        thread, _, message_id = feedback_id.rpartition("/")
        await self._rate(thread, message_id, None, "")
        return True

    async def _rate(self, thread: str, message_id: str, good: bool | None, words: str) -> None:
        await asyncio.to_thread(self._advisor.rate, thread, message_id, good, words, at=self._now())

    async def _rated_turn(self, step: str, thread: str | None) -> tuple[str, str]:
        if self._runs.get(step, ("", ""))[0] == thread:
            return self._runs[step]
        for turn in await self.turns(thread or ""):
            if part_id(thread or "", turn.message_id, "run") == step:
                return thread or "", turn.message_id
        raise AdvisorError("There is no such reply to rate.", "Load the page again.")

    def _rated(self, thread: str, turns: Sequence[Turn]) -> dict[str, Shape]:
        if not turns:
            return {}
        return {
            one.message_id: {
                "id": f"{thread}/{one.message_id}",
                "value": int(one.good),
                "comment": one.words or None,
            }
            for one in self._advisor.ratings(thread)
        }

    # --- what the record has kept already ---------------------------------------------------------

    async def create_element(self, element: Any) -> None:
        pass

    async def get_element(self, thread_id: str, element_id: str) -> Any:
        drawn = await self.get_thread(thread_id)
        found = (drawn or {}).get("elements") or []
        return next((one for one in found if one.get("id") == element_id), None)

    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:
        pass

    async def create_step(self, step_dict: Any) -> None:
        pass

    async def update_step(self, step_dict: Any) -> None:
        pass

    async def delete_step(self, step_id: str) -> None:
        pass

    async def build_debug_url(self) -> str:
        return ""

    async def get_favorite_steps(self, user_id: str) -> list[Any]:
        return []

    async def close(self) -> None:
        pass


async def emit(session: WebsocketSession, event: str, data: object) -> None:
    """Sends an event to a page. Chainlit types the call as plain, and gives one that is awaited."""
    await cast(Callable[[str, object], Awaitable[None]], session.emit)(event, data)


def title(text: str) -> str:
    """The first words of a message as a conversation's name."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else line[:LONGEST_TITLE].rsplit(" ", 1)[0] + " …"


def _head(listed: Listed) -> Shape:
    return {
        "id": listed.thread,
        "createdAt": listed.last,
        "name": listed.title,
        "userId": listed.owner,
        "userIdentifier": listed.owner,
        "tags": [],
        "metadata": {},
    }
