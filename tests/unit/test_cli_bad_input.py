"""What can go wrong at the command line: each gets one clear sentence, a code, and loses nothing."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.assembly import builtin_corpus, playbook_files
from advisor.errors import PlaybookError
from advisor.interfaces import cli_checks
from advisor.interfaces.cli_errors import guarded
from advisor.interfaces.cli_output import printable
from advisor.interfaces.thread_names import LONGEST, checked_thread, new_thread
from advisor.policy.rulebook import load_rulebook
from tests.unit.conftest import Command, Ended, Run

OPENING = "We want a support chatbot on GPT, live in 8 weeks"


def one_line(done: "Ended | subprocess.CompletedProcess[str]", code: int, *words: str) -> None:
    """Nothing on stdout, one line on stderr that holds these words, and the exit code."""
    assert (done.returncode, done.stdout) == (code, "")
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Building the index")]
    assert len(lines) == 1, lines
    for word in words:
        assert word in lines[0]


# --- messages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("", "holds no text"),
        (" \t\n ", "holds no text"),
        ("\x01\x02\x1b\x07", "holds no text"),
        ("\udcff\udcfe", "holds no text"),
        ("We want a chatbot. " * 2700, "51,300 characters"),
        ("Wir möchten einen Chatbot für unsere Kunden bauen und suchen jemanden, der das kann.", "English"),
        ("我们想为客户支持建立一个聊天机器人，需要多少钱？", "English"),
    ],
    ids=["empty", "white", "control", "no text", "long", "German", "Chinese"],
)
def test_an_unreadable_message_is_declined_and_the_conversation_goes_on(
    command: Command, message: str, words: str
) -> None:
    done = command("ask", message, "--thread", "t")
    assert done.returncode == 1
    assert words in done.stdout
    assert command("ask", OPENING, "--thread", "t").returncode == 0


def test_control_characters_around_a_message_reach_neither_screen_nor_facts(command: Command) -> None:
    said = "We want a \x1b[31mred\x1b[0m support chatbot on GPT\x07, live in 8 weeks\u202e [bold]now[/bold]"
    done = command("ask", said, "--thread", "t")
    shown = done.stdout + command("explain", "t").stdout
    assert done.returncode == 0
    assert not [character for character in shown if character != "\n" and not character.isprintable()]


def test_what_is_shown_is_stripped_of_what_a_terminal_acts_on() -> None:
    assert printable("a\x1b]0;title\x07b\x9b31mc\u2066d\r\ne\tf\x00") == "a]0;titleb31mcd\ne\tf"


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x1bb", "x" * (LONGEST + 1)])
def test_a_name_that_fits_on_no_line_is_refused(command: Command, name: str) -> None:
    one_line(command("ask", "hello", "--thread", name), 1, "name")


def test_new_names_can_be_read_and_differ() -> None:
    from datetime import date

    names = {new_thread(date(2026, 11, 20)) for _ in range(50)}
    assert len(names) > 45
    assert all(checked_thread(name).startswith("2026-11-20-") for name in names)


@pytest.mark.parametrize("name", ["explain", "forget", "memo"])
def test_an_unknown_conversation_is_named(command: Command, name: str) -> None:
    one_line(command(name, "never-begun"), 1, "no conversation called 'never-begun'")


# --- the index ------------------------------------------------------------------------------------


def garbled_manifest(home: Path) -> None:
    next((home / "index/guides/generations").glob("*/manifest.json")).write_text("garbage")


def garbled_pointer(home: Path) -> None:
    (home / "index/guides/CURRENT").write_text("garbage")


def foreign_folder(home: Path) -> None:
    shutil.rmtree(home / "index/guides")
    (home / "index/guides").mkdir()
    (home / "index/guides/holiday.jpg").write_bytes(b"not ours")


def foreign_program(home: Path) -> None:
    manifest = next((home / "index/guides/generations").glob("*/manifest.json"))
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "program": "another"}))


def file_for_a_folder(home: Path) -> None:
    shutil.rmtree(home / "index")
    (home / "index").write_text("a file")


def garbled_vectors(home: Path) -> None:
    next(home.glob("index/guides/generations/*/chroma/chroma.sqlite3")).write_text("garbage")


@pytest.mark.parametrize(
    "damage",
    [garbled_manifest, garbled_pointer, foreign_folder, foreign_program, file_for_a_folder, garbled_vectors],
)
def test_a_damaged_or_foreign_index_is_told_and_left_alone(
    command: Command, home: Path, damage: Callable[[Path], None]
) -> None:
    damage(home)
    before = {path: path.read_bytes() for path in (home / "index").rglob("*.jp*g") if path.is_file()}
    one_line(command("search", "what does an engineer cost"), 1, str(home / "index"))
    assert command("doctor").returncode == 1
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("damage", [garbled_pointer, foreign_folder, file_for_a_folder])
def test_a_chat_says_so_before_anyone_types(advisor: Run, home: Path, damage: Callable[[Path], None]) -> None:
    damage(home)
    one_line(advisor("chat", said=OPENING), 1, str(home / "index"))


# --- the disk -------------------------------------------------------------------------------------


def test_a_full_disk_loses_nothing(advisor: Run, home: Path) -> None:
    advisor("ask", OPENING, "--thread", "t")
    room = (home / "conversations.sqlite").stat().st_size

    def no_more_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    one_line(advisor("ask", "The data is ready to use", "--thread", "t", preexec_fn=no_more_room), 1)
    one_line(advisor("search", "cost", at=home.parent / "new", preexec_fn=no_more_room), 1, "full")
    after = json.loads(advisor("ask", "The data is ready to use", "--thread", "t", "--json").stdout)
    assert after["facts"]["timeline_days"]["value"]["max"] == 56
    assert after["facts"]["data_readiness"]["value"] == "ready"


def test_a_folder_that_nobody_can_write_to(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_HOME", "/proc/advisor")
    one_line(command("ask", OPENING), 1, "/proc/advisor")
    one_line(command("chat"), 1, "/proc/advisor")


def test_a_home_below_a_file_is_told(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "file" / "home"))
    one_line(command("ask", OPENING), 1, "ADVISOR_HOME")
    one_line(command("search", "cost"), 1, str(tmp_path / "file"))
    assert command("doctor").returncode == 1
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.parametrize("damage", ["all", "middle"])
def test_a_corrupt_conversation_database_is_told_and_kept(command: Command, home: Path, damage: str) -> None:
    command("ask", OPENING, "--thread", "t")
    database = home / "conversations.sqlite"
    data = bytearray(database.read_bytes())
    start = 0 if damage == "all" else 100
    data[start : start + 8000] = bytes((7 * number) % 251 for number in range(8000))
    database.write_bytes(data)
    one_line(command("ask", "ready to use", "--thread", "t"), 1, str(database))
    one_line(command("threads"), 1, str(database))
    assert database.read_bytes() == data


# --- settings and playbook ------------------------------------------------------------------------


def test_a_setting_that_cannot_be_used_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_THREADS", "many")
    one_line(command("ask", OPENING), 1, "ADVISOR_THREADS", "many")
    one_line(command("chat"), 1, "ADVISOR_THREADS")
    assert command("doctor").returncode == 1


BREAKS = [
    ("when: [", "when: [is_a_unicorn, ", "is_a_unicorn"),
    ("passage: arsum-hire-ai-engineer/", "passage: arsum-hire-ai-engineer/nowhere/", "nowhere"),
]


def broken_playbook(old: str, new: str) -> dict[str, str]:
    files = playbook_files()
    name = next(name for name in sorted(files) if name.startswith("rules/") and old in files[name])
    return {**files, name: files[name].replace(old, new, 1)}


@pytest.mark.parametrize(("old", "new", "named"), BREAKS, ids=["unknown predicate", "dead citation"])
def test_a_broken_playbook_is_refused_when_loaded(old: str, new: str, named: str) -> None:
    corpus = builtin_corpus()
    with pytest.raises(PlaybookError, match=named):
        load_rulebook(broken_playbook(old, new), corpus.passages, corpus.sources, corpus.figures)


@pytest.mark.parametrize(("old", "new", "named"), BREAKS, ids=["unknown predicate", "dead citation"])
def test_a_broken_playbook_reaches_the_user_as_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch, old: str, new: str, named: str
) -> None:
    from advisor import assembly

    files = broken_playbook(old, new)
    monkeypatch.setattr(assembly, "playbook_files", lambda: files)
    assembly.builtin_rulebook.cache_clear()
    try:
        one_line(command("ask", OPENING), 1, named)
        assert "failed  playbook" in command("doctor").stdout
    finally:
        assembly.builtin_rulebook.cache_clear()


# --- the unexpected -------------------------------------------------------------------------------


def test_an_error_of_our_own_is_kept_in_a_log_without_any_text(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADVISOR_HOME", str(home))
    words = ["".join(parts) for parts in (("sk-", "secret"), ("salary ", "90k"), ("/home", "/me"))]

    def fails() -> int:
        try:
            raise KeyError(words[0])
        except KeyError as error:
            raise OSError(5, words[1], words[2]) from error

    assert guarded(fails, "advisor", as_json=True) == 70
    told = json.loads(capsys.readouterr().out)
    log = next((home / "logs").iterdir())
    assert str(log) in told["error"]
    text = log.read_text("utf-8")
    assert "builtins.KeyError" in text
    assert "errno 5" in text
    assert "in fails" in text
    assert not [word for word in words if word in text]


def test_an_error_of_our_own_where_no_log_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "file"))

    def fails() -> int:
        raise ZeroDivisionError

    assert guarded(fails, "advisor", as_json=False) == 70
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "could not be written" in told


def test_a_reader_that_closes_the_pipe_is_no_error(model_cache: Path, home: Path, advisor: Run) -> None:
    done = advisor(python=("-c", _CLOSED_PIPE))
    assert (done.returncode, done.stderr) == (1, "")


_CLOSED_PIPE = """
import os, sys
reading, writing = os.pipe()
os.close(reading)
os.dup2(writing, 1)
from advisor.interfaces.cli import main
main(["--help"])
"""


def test_ctrl_c_leaves_one_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_checks, "python", stopped)
    one_line(command("doctor"), 130, "Stopped")


def test_stdin_and_stdout_may_be_closed(home: Path, model_cache: Path) -> None:
    from tests.conftest import CHECKOUT, environment

    closed = f"exec {sys.executable} -m advisor chat <&- >&-"
    env = environment(home, model_cache)
    done = subprocess.run(
        ["bash", "-c", closed],
        cwd=CHECKOUT,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_bytes_that_are_no_text_are_taken_for_question_marks(command: Command) -> None:
    assert command("search", "cost \udcff").returncode == 0
    one_line(command("explain", "\udcff"), 1, "no conversation called '?'")
    one_line(command("replay", "\udcff.json"), 2, "can't be read")
