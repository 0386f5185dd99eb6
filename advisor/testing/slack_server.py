"""A local Slack for end-to-end tests: its Web API, its Events API over HTTP, Socket Mode over a websocket.

    with SlackServer() as slack:       # one workspace T1: U1 Ada, U2 Grace, channel C1, DMs D1 and D2
        bot = start(ADVISOR_SLACK_BASE_URL=slack.url, SLACK_APP_TOKEN=slack.app_token, ...)
        slack.wait_for(lambda: slack.sockets == 1)
        said = slack.say("C1", "U1", "whom do we hire?", mention=True)
        slack.wait_for(lambda: len(slack.thread("C1", said.ts)) == 2)
        assert slack.violations == []

Any thread may call its methods, but not the event loop that the app itself runs in: they wait for the app.
So call them through `asyncio.to_thread` in an async test. What people do is in `slack_people`, what Slack
answers in `slack_methods` and `slack_chat`, what it refuses in `block_kit`.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from advisor.testing.slack_events import Sender
from advisor.testing.slack_faults import Fault, Faults
from advisor.testing.slack_people import Answer, Delivery, People, snapshot
from advisor.testing.slack_wire import Wire
from advisor.testing.slack_world import Call, Channel, OpenView, SlackMessage, Upload, Workspace, World

__all__ = ["Answer", "Call", "Channel", "SlackMessage", "SlackServer", "Upload", "Workspace"]

T = TypeVar("T")
Json = dict[str, Any]

EPOCH = 1_760_000_000
PATIENCE = 30.0
"""Seconds that a delivery waits for its answer and `wait_for` for its condition."""


class SlackServer(People):
    """Slack on a free port of loopback. It delivers by HTTP when `target` is set, else over sockets."""

    def __init__(
        self,
        *workspaces: Workspace,
        app_token: str = "xapp-1",
        signing_secret: str = "signing-secret",
        echo: bool = False,
        rate_limits: float = 0,
        epoch: int = EPOCH,
    ) -> None:
        """`echo` sends the app its own messages as events, as Slack does; `epoch` is the first one's time.

        `rate_limits` answers 429 to a second message in a channel within so many seconds; Slack has one.
        """
        self.app_token, self.signing_secret = app_token, signing_secret
        self.world = World(list(workspaces) or [Workspace()], epoch)
        self.faults = Faults()
        self._wire = Wire(self.world, self.faults, app_token, signing_secret)
        self._wire.echo, self._wire.rate_limits = echo, rate_limits
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "SlackServer":
        self._thread.start()
        self._run(self._wire.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._wire.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """The base of the Web API, with a slash at its end."""
        return f"{self._wire.url}/api/"

    @property
    def target(self) -> str | None:
        """Where events go by HTTP; None for Socket Mode."""
        return self._wire.target

    @target.setter
    def target(self, url: str | None) -> None:
        self._wire.target = url

    # --- what there is ---

    def messages(self, channel: str, team: str | None = None, deleted: bool = False) -> list[SlackMessage]:
        """Copies of a conversation's messages in order, replies and ephemeral ones among them."""
        return self._copies(channel, team, lambda message: deleted or not message.deleted)

    def thread(self, channel: str, thread_ts: str, team: str | None = None) -> list[SlackMessage]:
        """The same of one thread, its first message first."""
        return self._copies(channel, team, lambda message: message.root == thread_ts and not message.deleted)

    def _copies(
        self, channel: str, team: str | None, wanted: Callable[[SlackMessage], bool]
    ) -> list[SlackMessage]:
        with self.world.changed:
            team = self.world.workspace(team).team
            held = [m for m in self.world.posted if (m.team, m.channel) == (team, channel)]
            return [snapshot(message) for message in held if wanted(message)]

    def replies(self, channel: str, thread_ts: str, team: str | None = None) -> list[SlackMessage]:
        """What the app wrote in a thread and has finished writing."""
        own = self.world.workspace(team).bot_id
        return [m for m in self.thread(channel, thread_ts, team) if m.bot == own and not m.streaming]

    def status(self, channel: str, thread_ts: str, team: str | None = None) -> str | None:
        """The "is thinking..." under a thread, or None."""
        return self.world.statuses.get((self.world.workspace(team).team, channel, thread_ts))

    def title(self, channel: str, thread_ts: str, team: str | None = None) -> str | None:
        return self.world.titles.get((self.world.workspace(team).team, channel, thread_ts))

    def prompts(self, channel: str, team: str | None = None) -> Json | None:
        """What is suggested: {thread_ts, title, prompts: [{title, message}]}, or None."""
        return self.world.suggested.get((self.world.workspace(team).team, channel))

    @property
    def uploads(self) -> list[Upload]:
        """Files that were shared, with their bytes."""
        with self.world.changed:
            return [
                upload for upload in self.world.uploads.values() if upload.shared and upload.data is not None
            ]

    @property
    def views(self) -> list[OpenView]:
        """Modals that are open."""
        with self.world.changed:
            return [view for view in self.world.views.values() if view.open]

    @property
    def calls(self) -> list[Call]:
        """Every request that was answered, in the order of the answers."""
        with self.world.changed:
            return list(self.world.calls)

    def calls_to(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def violations(self) -> list[str]:
        """What broke a limit or a rule of Slack's, whether or not the answer told it."""
        with self.world.changed:
            return list(self.world.violations)

    @property
    def advice(self) -> list[str]:
        """What was accepted against Slack's recommendation."""
        with self.world.changed:
            return list(self.world.advice)

    @property
    def sockets(self) -> int:
        """How many websockets are open."""
        return len(self._wire.sockets)

    @property
    def unacknowledged(self) -> int:
        """How many envelopes were sent over sockets and wait for their acknowledgement."""
        return len(self._wire.waiting)

    @property
    def delivering(self) -> int:
        """How many of the app's own messages are on their way back to it, with `echo`."""
        return self._wire.echoing

    def wait_for(self, predicate: Callable[[], T], timeout: float = PATIENCE) -> T:
        """Waits until the predicate holds and returns what it gave. Looks again at each change in here.

        Raises AssertionError, telling the last calls, when it does not hold in time.
        """
        with self.world.changed:
            found = self.world.changed.wait_for(predicate, timeout)
            if not found:
                last = "\n".join(f"  {call}" for call in self.world.calls[-8:])
                raise AssertionError(f"not within {timeout} s; the last calls were\n{last}")
            return found

    # --- delivery ---

    def sender(self, team: str | None = None) -> Sender:
        """Builds payloads for a workspace, the first unless it is named."""
        return self._wire.sender(self.world.workspace(team))

    def deliver(
        self,
        payload: Json,
        kind: Delivery = "event",
        retry: int | None = None,
        reason: str | None = None,
        timestamp: int | None = None,
        signature: str | None = None,
        patience: float = PATIENCE,
    ) -> Answer:
        """Sends a payload to the app and returns its answer, or one of status 0 when none came.

        By HTTP it is signed now unless a timestamp or a signature is given; `retry` and `reason` are the
        headers of a retry. Over a socket, one is waited for; raises AssertionError when none is opened.
        """
        if self.target:
            sending = self._wire.deliver_http(payload, kind, retry, reason, timestamp, signature, patience)
        else:
            self.wait_for(lambda: self.sockets, patience)
            sending = self._wire.deliver_socket(payload, kind, retry, reason, patience)
        answer = self._run(sending)
        if kind == "command":
            self._wire.apply_command(payload, answer)
        return answer

    # --- faults ---

    def fail(
        self,
        method: str,
        times: int = 1,
        status: int = 500,
        error: str | None = None,
        retry_after: int | None = None,
        after_effect: bool = False,
        drop: bool = False,
        having: str | None = None,
    ) -> None:
        """The next requests to a method fail; "*" is any; "upload" and "response_url" count as methods.

        With `having` only those do that have it as one of their arguments, such as a channel's id.
        """
        self.faults.order(Fault(method, times, status, error, retry_after, after_effect, drop, having))

    def delay(self, method: str, seconds: float) -> None:
        """Every request to a method waits so long before it has any effect; 0 ends it."""
        self.faults.delay(method, seconds)

    def hold(self, method: str) -> AbstractContextManager[None]:
        """Requests to a method wait until the block is left; `held` says how many do."""
        return self.faults.hold(method, self._loop)

    def held(self, method: str) -> int:
        return self.faults.waiting[method]

    def expire_streams(self) -> None:
        """Ends every stream as Slack does after some minutes: then message_not_in_streaming_state."""
        with self.world.change():
            for message in self.world.posted:
                message.streaming = False

    def drop_sockets(self) -> None:
        """Cuts every websocket without a word."""
        self._run(self._wire.drop())

    def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Tells every websocket that it ends, as Slack does every hour or so; or "warning"."""
        self._run(self._wire.disconnect(reason))

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
