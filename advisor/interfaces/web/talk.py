"""One turn in the browser: a message in, progress and text as they come, then what hangs on the reply."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import chainlit
from chainlit.chat_context import chat_context
from chainlit.context import context
from chainlit.session import WebsocketSession, ws_sessions_id
from chainlit.types import ThreadDict

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.case import Case
from advisor.domain.decision import Recommendation
from advisor.domain.reply import Progress, Reply, TextDelta, Turn
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.errors import AdvisorError, InputError, UnknownThread
from advisor.interfaces.cli_errors import write_log
from advisor.interfaces.supposing import misfits
from advisor.interfaces.web.rendering import Shape, choices, elements, part_id
from advisor.interfaces.web.shown import Unfolding, inert
from advisor.interfaces.web.threads import Threads, emit
from advisor.interfaces.web.wording import wording
from advisor.steps.wording import money

MOST_SHOWN = 5


class Talk:
    """Chainlit's callbacks, over one advisor for all users.

    `is_good` tells whether a session's token still is, `today` the date to reckon from. `_busy` are the
    pages with a turn under way, by session; `_stale` those of them to be drawn anew at its end.
    """

    def __init__(
        self,
        advisor: AdvisorCore,
        threads: Threads,
        is_good: Callable[[str | None], bool],
        today: Callable[[], dt.date],
    ) -> None:
        self._advisor = advisor
        self._threads = threads
        self._is_good = is_good
        self._today = today
        self._busy: set[str] = set()
        self._stale: set[str] = set()
        self._later: set[asyncio.Task[None]] = set()

    def register(self) -> None:
        """Tells Chainlit."""
        chainlit.on_message(self.message)
        chainlit.on_chat_resume(self.resume)
        chainlit.on_chat_end(self.end)
        chainlit.on_stop(self.stop)
        chainlit.action_callback("what_if")(self.what_if)

    async def message(self, message: chainlit.Message) -> None:
        """A message that was typed, or a choice that was pressed."""
        session = cast(WebsocketSession, context.session)
        told: str | None = None
        self._busy.add(session.id)
        try:
            await self._turn(session, message)
        except UnknownThread:
            told = wording().deleted  # By another page, while the turn ran or just after it.
        except AdvisorError as error:
            # What a remedy of the storage names is the server's, not the user's.
            told = f"{error.message} {error.remedy}" if isinstance(error, InputError) else wording().own_error
            if not isinstance(error, InputError):
                write_log(error)
        except Exception as error:  # noqa: BLE001 - the face: no traceback reaches a user
            write_log(error)
            told = wording().own_error
        finally:
            self._busy.discard(session.id)
        stale = session.id in self._stale
        self._stale.discard(session.id)
        if told is not None:
            await context.emitter.send_toast(told.strip(), "error")
        # Half a turn may be shown; the record holds none or all of it.
        drawn = (told or stale) and await self._show_again(session.thread_id, (session,))
        if told is not None and not drawn:
            await _tell(told)

    async def resume(self, thread: ThreadDict) -> None:
        """A conversation was opened again: it is drawn as it stands, and once more when a turn has ended."""
        session = cast(WebsocketSession, context.session)
        if self._advisor.is_busy(thread["id"]):
            self._show_later(thread["id"], session)

    async def end(self) -> None:
        """A page has gone; Chainlit would keep its messages as long as it runs."""
        chat_context.clear()

    async def stop(self) -> None:
        """The user pressed stop: the turn ends all the same, and is shown as it is kept."""
        session = cast(WebsocketSession, context.session)
        self._busy.discard(session.id)
        self._show_later(session.thread_id, session)

    async def what_if(self, action: chainlit.Action) -> Shape:
        """How the recommendation moves when facts are changed; nothing is kept."""
        session = cast(WebsocketSession, context.session)
        try:
            thread, changes = str(action.payload.get("thread")), action.payload.get("changes")
            if not isinstance(changes, dict) or await self._threads.owner(thread) != self._owner(session):
                raise InputError(wording().not_yours, "")
            return await asyncio.to_thread(self._supposed, thread, cast(dict[FactKey, object], changes))
        except InputError as error:
            return {"error": f"{error.message} {error.remedy}".strip()}
        except AdvisorError as error:
            write_log(error)
            return {"error": wording().own_error}

    # --- a turn -----------------------------------------------------------------------------------

    async def _turn(self, session: WebsocketSession, message: chainlit.Message) -> None:
        thread = session.thread_id
        if session.thread_id_to_resume is not None and await self._threads.owner(thread) is None:
            raise InputError(wording().deleted, "")
        if not await self._threads.belongs(thread, self._owner(session), message.content):
            raise InputError(wording().not_yours, "")
        # After a dropped connection the page is drawn from the record again, whatever it missed.
        session.thread_id_to_resume = thread
        about, of_turn = _pressed(message)
        turns = await self._threads.turns(thread)
        before = turns[-1] if turns else None
        if of_turn is not None and (before is None or before.message_id != of_turn):
            await context.emitter.send_toast(wording().answered_elsewhere, "info")
            self._stale.add(session.id)
            return
        await _close(session, turns, message.content)
        # The ids that the record will give, so that what is shown now and what is drawn later are one.
        expected = f"m{len(turns) + 1}"
        shown = chainlit.Message(content="", author=wording().name, id=part_id(thread, expected, "reply"))
        reply = await self._streamed(session, message, about, shown)
        await self._threads.touch(thread)
        if reply.message_id == expected:
            await self._hang(session, shown, reply)
        else:  # A message that was said before, or another page was faster.
            self._stale.add(session.id)
        others = [one for one in ws_sessions_id.values() if one.thread_id == thread and one.id != session.id]
        await self._show_again(thread, others)

    async def _streamed(
        self,
        session: WebsocketSession,
        message: chainlit.Message,
        about: FactKey | None,
        shown: chainlit.Message,
    ) -> Reply:
        words = wording()
        unfolding = Unfolding(words.open_sections)
        run = context.current_run.id if context.current_run else ""
        reply: Reply | None = None
        async with chainlit.Step(name=words.working, type="tool") as working:
            events = self._advisor.stream(
                session.thread_id, message.content, today=self._today(), message_id=message.id, about=about
            )
            async for event in events:
                if isinstance(event, Progress):
                    await _progress(working, event)
                elif isinstance(event, TextDelta):
                    if working.name != words.worked:
                        working.name = words.worked
                        await working.update()
                    for block in unfolding.feed(event.text):
                        await shown.stream_token(f"{block}\n\n")
                else:
                    reply = event
            working.name = words.worked
        if reply is None:
            raise RuntimeError("the advisor gave no reply")
        for block in unfolding.end(reply.question):
            await shown.stream_token(f"{block}\n\n")
        for notice in reply.notices:
            await shown.stream_token(f"*Note: {inert(notice)}*\n\n")
        shown.content = shown.content.strip()
        self._threads.runs(run, session.thread_id, reply.message_id)
        return reply

    async def _hang(self, session: WebsocketSession, shown: chainlit.Message, reply: Reply) -> None:
        standing = await asyncio.to_thread(self._advisor.standing, session.thread_id)
        hung = await asyncio.to_thread(
            elements,
            session.thread_id,
            reply.message_id,
            reply,
            for_id=shown.id,
            memo=reply.memo,
            standing=standing,
        )
        for element in hung:
            await context.emitter.send_element(cast(Any, element))
        await shown.update()

    # --- beside a turn ----------------------------------------------------------------------------

    async def _show_again(self, thread: str, sessions: Iterable[WebsocketSession]) -> bool:
        """Draws the conversation anew from the record, in each of the pages; False where there is none.

        A page with a turn under way is drawn at its end.
        """
        waiting = [session for session in sessions if session.id not in self._busy]
        self._stale.update(session.id for session in sessions if session.id in self._busy)
        drawn = await self._threads.get_thread(thread) if waiting else None
        if drawn is None:
            return False
        for session in waiting:
            if session.user is not None and drawn["userIdentifier"] == session.user.identifier:
                await emit(session, "resume_thread", drawn)
        return True

    def _show_later(self, thread: str, session: WebsocketSession) -> None:
        """Draws the conversation anew once the turn that is under way has ended."""

        async def show() -> None:
            await self._advisor.resume(thread)
            await self._show_again(thread, (session,))

        task = asyncio.create_task(show())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _owner(self, session: WebsocketSession) -> str:
        if session.user is None or not self._is_good(session.token):
            raise InputError(wording().not_yours, "")
        return session.user.identifier

    def _supposed(self, thread: str, changes: dict[FactKey, object]) -> Shape:
        supposed = self._advisor.suppose(thread, changes)
        return {
            "changed": supposed.changed,
            "then": _told(supposed.then),
            "warnings": misfits(
                supposed.then,
                Case.of({str(key): value for key, value in changes.items()}),
                wording().what_if_late,
                wording().what_if_dear,
            ),
        }


async def _close(session: WebsocketSession, turns: Sequence[Turn], answer: str) -> None:
    """The last reply's buttons are answered now; bar and what-if move on to the next."""
    if not turns:
        return
    thread, last = session.thread_id, turns[-1]
    await emit(session, "remove_element", {"id": part_id(thread, last.message_id, "standing")})
    for turn in turns:
        if turn.has_memo:
            await emit(session, "remove_element", {"id": part_id(thread, turn.message_id, "what_if")})
    if last.reply is not None and last.reply.question is not None:
        reply_id = part_id(thread, last.message_id, "reply")
        closed = choices(thread, last.message_id, last.reply.question, for_id=reply_id, answered=answer)
        await emit(session, "element", closed)


def _told(decision: Recommendation) -> Shape:
    """What the what-if controls show of a decision."""
    cost = decision.first.cost
    scores = [(decision.first.label, decision.score)]
    scores += [(other.label, other.score) for other in decision.alternatives]
    return {
        "label": decision.first.label,
        "confidence": decision.confidence,
        "margin": decision.margin,
        "runner_up": decision.runner_up.label,
        "cost": f"{money(cost.low)}–{money(cost.high)}" if cost is not None else decision.first.cost_note,
        "scores": [{"label": label, "score": score} for label, score in scores[:MOST_SHOWN]],
    }


def _pressed(message: chainlit.Message) -> tuple[FactKey | None, str | None]:
    """The fact that a pressed choice or a correction is about, and the turn whose question it answers."""
    given = message.metadata or {}
    about, turn = given.get("about"), given.get("turn")
    return (cast(FactKey, about) if about in FACT_KEYS else None, turn if isinstance(turn, str) else None)


async def _progress(working: chainlit.Step, event: Progress) -> None:
    words = wording()
    async with chainlit.Step(name=words.stages[event.stage], type="tool", parent_id=working.id) as step:
        step.output = inert(event.detail) or words.stages[event.stage]


async def _tell(text: str) -> None:
    await chainlit.ErrorMessage(content=inert(text.strip()), author=wording().name).send()
