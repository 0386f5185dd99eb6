"""`advisor slack` in a process of its own, against a local Slack: for end-to-end tests and measurements."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from advisor.testing.slack_server import SlackServer

LAST_LINE = "Stop it"
"""How the last line begins that is printed before events are taken in."""
STOPPING = 30.0
"""Seconds that a bot is given to stop."""
PATIENCE = 60.0
"""Seconds that the bot is given to answer all that it took in."""
LOOK = 0.02
"""Seconds between two looks at the ledger, which tells nobody that it changed."""

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/slack/events")


def slack_environment(slack: SlackServer) -> dict[str, str]:
    """The settings with which a bot finds a local Slack and all its workspaces."""
    tokens = ",".join(one.bot_token for one in slack.world.workspaces.values())
    return {
        "ADVISOR_SLACK_BASE_URL": slack.url,
        "ADVISOR_SLACK_BOT_TOKEN": tokens,
        "ADVISOR_SLACK_APP_TOKEN": slack.app_token,
        "ADVISOR_SLACK_SIGNING_SECRET": slack.signing_secret,
    }


@dataclass
class SlackBot:
    """A bot on a home. `environment` are the variables it sees; `slack` is the one they lead to.

    With `http` it listens on a free port, and the local Slack delivers there; else by Socket Mode.
    """

    home: Path
    environment: Mapping[str, str]
    slack: SlackServer
    http: bool = False
    process: "subprocess.Popen[str] | None" = None
    _lines: list[str] = field(default_factory=list[str])

    def start(self) -> "SlackBot":
        """Starts it and waits until it takes events in. Raises RuntimeError with what it said instead."""
        with (self.home / "stderr.txt").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "advisor", "slack", *(["--http", "--port", "0"] if self.http else [])],
                env={**self.environment, "ADVISOR_HOME": str(self.home)},
                cwd=self.home,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)
            if line.startswith(LAST_LINE):
                self._reached()
                return self
        raise RuntimeError(f"the Slack bot did not start: {self.said()}")

    def kill(self) -> None:
        """As a power cut would; its sockets are gone when this returns."""
        assert self.process is not None
        self.process.kill()
        self._ended()

    def stop(self) -> None:
        """As SIGTERM does; nothing when it does not run."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self._ended()

    def idle(self) -> None:
        """Waits until all that was taken in is answered, and the local Slack has delivered all it has.

        Slack is told that an event arrived once the ledger holds it: after that nothing can still be on its
        way. Raises AssertionError when it takes too long, naming what waits.
        """
        until = time.monotonic() + PATIENCE
        while True:
            before = len(self.slack.calls)
            if not self.slack.delivering and not self.waiting() and before == len(self.slack.calls):
                return
            if time.monotonic() > until:
                raise AssertionError(f"not answered: {self.waiting()}; {self.said()}")
            with self.slack.world.changed:
                self.slack.world.changed.wait(LOOK)

    def waiting(self) -> list[str]:
        """The keys of what was taken in and is not answered yet."""
        return [key for (key,) in self.ledger("SELECT key FROM incoming WHERE state <> 'done'")]

    def ledger(self, query: str) -> list[tuple[str, ...]]:
        """What a query finds in the bot's ledger."""
        with closing(sqlite3.connect(self.home / "slack.sqlite", timeout=PATIENCE)) as opened:
            return opened.execute(query).fetchall()

    def said(self) -> str:
        """All that it printed, and what it wrote where people don't look."""
        return "".join(self._lines) + (self.home / "stderr.txt").read_text("utf-8")

    def logs(self) -> str:
        """What its error logs hold."""
        return "".join(file.read_text("utf-8") for file in sorted(self.home.glob("logs/*")))

    def _reached(self) -> None:
        if self.http:
            found = _ADDRESS.search("".join(self._lines[-2:]))
            assert found is not None, self.said()
            self.slack.target = found[0]
        else:
            self.slack.wait_for(lambda: self.slack.sockets)

    def _ended(self) -> None:
        assert self.process is not None
        try:
            printed, _ = self.process.communicate(timeout=STOPPING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._lines.append(printed)
        if not self.http:
            self.slack.wait_for(lambda: not self.slack.sockets)
