"""How long a user waits: for help, for the first prompt, for the first reply. Whole processes, warm index."""

import os
import pty
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evals.bench.rows import Row

RUNS = 7
PROMPT = b"You: "
MESSAGE = b"We want a support chatbot on hosted models, live in ten weeks\r"
PATIENCE = 120
"""Seconds until a start that shows nothing is given up."""


def measure(models: Path, runs: int = RUNS) -> list[Row]:
    """Help, first prompt and first reply, each `runs` times after one that warms the disk."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "ADVISOR_HOME": folder,
            "ADVISOR_MODEL_CACHE": str(models.resolve()),
            "TERM": "xterm",
        }
        subprocess.run([*_ADVISOR, "threads"], env=env, check=True, capture_output=True)
        _help(env)
        helps = [_help(env) for _ in range(runs)]
        waits = [_chat(env) for _ in range(runs)]
    return [
        Row("startup", "advisor --help", helps, "s", "aim: under 0.3"),
        Row("startup", "first prompt of a chat", [prompt for prompt, _ in waits], "s", "aim: under 3"),
        Row("startup", "first reply, typed at once", [reply for _, reply in waits], "s", "from the start on"),
    ]


_ADVISOR = (sys.executable, "-m", "advisor")


def _help(env: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([*_ADVISOR, "--help"], env=env, check=True, capture_output=True)
    return time.perf_counter() - begun


def _chat(env: dict[str, str]) -> tuple[float, float]:
    """Seconds from the start to the first prompt, and to the prompt after the first reply."""
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [*_ADVISOR, "chat"], env)
    try:
        prompt = _until_prompt(terminal, begun)
        os.write(terminal, MESSAGE)
        reply = _until_prompt(terminal, begun)
        os.write(terminal, b"/quit\r")
        _drain(terminal)
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    return prompt, reply


def _until_prompt(terminal: int, begun: float) -> float:
    shown = b""
    while not shown.endswith(PROMPT):
        shown += os.read(terminal, 65_536)
        if time.perf_counter() - begun > PATIENCE:
            raise TimeoutError("no prompt came")
    return time.perf_counter() - begun


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 65_536):
            pass
    except OSError:
        return


if __name__ == "__main__":
    for row in measure(Path(".cache/models")):
        print(row.what, row.summary(), row.unit)
