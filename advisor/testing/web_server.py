"""`advisor serve` in a process of its own: for tests in a browser, measurements and screenshots."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LAST_LINE = "Stop it"
"""How the last line begins that is printed before the first request is answered."""

STOPPING = 30
"""Seconds that a server is given to stop."""


@dataclass
class WebServer:
    """A server on a home. `environment` are the variables it sees; the port stays over a restart."""

    home: Path
    environment: Mapping[str, str]
    port: int = 0
    process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def start(self) -> "WebServer":
        """Starts it and waits until it answers. Raises RuntimeError with what it said when it does not."""
        self.port = self.port or free_port()
        with (self.home / "stderr.txt").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "advisor", "serve", "--port", str(self.port)],
                env={**self.environment, "ADVISOR_HOME": str(self.home)},
                cwd=self.home,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(LAST_LINE):
                return self
        raise RuntimeError(f"the web chat did not start: {self.said()}")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As Ctrl-C would; nothing when it does not run."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=STOPPING)

    def said(self) -> str:
        """What it wrote where people don't look."""
        return (self.home / "stderr.txt").read_text("utf-8")


def plain_environment(model_cache: Path | None = None) -> dict[str, str]:
    """This process's environment without settings of the advisor's and without a language model."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ADVISOR_", "OPENAI_", "CHAINLIT_"))}
    return kept if model_cache is None else {**kept, "ADVISOR_MODEL_CACHE": str(model_cache)}


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
