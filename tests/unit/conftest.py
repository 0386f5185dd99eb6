"""A home with the built-in index in it, made once, and the command run as a process of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.interfaces import cli
from advisor.interfaces.cli_errors import guarded

CHECKOUT = Path(__file__).parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


class Ended(NamedTuple):
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Ended]


def environment(home: Path, model_cache: Path, **more: str) -> dict[str, str]:
    """This process's environment with a home of its own, no terminal, and nothing from the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_")}
    ours = {"ADVISOR_HOME": str(home), "ADVISOR_MODEL_CACHE": str(model_cache), "PYTHONUTF8": "1"}
    return {**kept, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(CHECKOUT), **ours, **more}


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """A home whose index is built and which has no conversation. Copy it; don't write into it."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    command = [sys.executable, "-m", "advisor", "threads"]
    made = subprocess.run(
        command, env=environment(home, model_cache), capture_output=True, text=True, timeout=300, check=False
    )
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture
def home(tmp_path: Path, prepared_home: Path) -> Path:
    """A home with the index, for one test."""
    return Path(shutil.copytree(prepared_home, tmp_path / "home"))


@pytest.fixture
def advisor(home: Path, model_cache: Path, tmp_path: Path) -> Run:
    """Runs `python -m advisor …` on `home`; what it prints must never hold a traceback."""

    def run(
        *arguments: str,
        said: str = "",
        at: Path | None = None,
        python: Sequence[str] = ("-m", "advisor"),
        env: Mapping[str, str] | None = None,
        **more: object,
    ) -> "subprocess.CompletedProcess[str]":
        done: subprocess.CompletedProcess[str] = subprocess.run(  # pyright: ignore[reportCallIssue]
            [sys.executable, *python, *arguments],
            input=said,
            env=environment(at or home, model_cache, **(env or {})),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            **more,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def command(
    home: Path,
    model_cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """The same command in this process, which loads the libraries once for all tests."""
    monkeypatch.setenv("ADVISOR_HOME", str(home))
    monkeypatch.setenv("ADVISOR_MODEL_CACHE", str(model_cache))
    monkeypatch.setattr(cli, "quiet", lambda: None)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        call = lambda: cli.app(list(arguments), prog_name="advisor", standalone_mode=False)  # noqa: E731
        code = guarded(call, "advisor", "--json" in arguments)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Ended(code, printed.out, printed.err)

    return run
