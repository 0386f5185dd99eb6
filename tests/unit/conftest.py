"""The command, run as a process of its own or in this one, on a home of its own."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.interfaces import cli
from advisor.interfaces.cli_errors import guarded
from tests.conftest import environment

Run = Callable[..., "subprocess.CompletedProcess[str]"]


class Ended(NamedTuple):
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Ended]


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
