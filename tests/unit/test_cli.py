"""The command line as a user meets it: real processes, real index, one conversation from start to end."""

import io
import json
import os
import pty
import select
import signal
import sys
from pathlib import Path

import pytest

from advisor.interfaces import cli_commands
from advisor.interfaces.cli_turn import Blocks, numbered, picked
from advisor.steps import ask as ask_step
from tests.conftest import CHECKOUT, environment
from tests.unit.conftest import Command, Run

OPENING = "We want a support chatbot on GPT, live in 8 weeks, for $40k"
HEAVY = ("chromadb", "langgraph", "torch", "onnxruntime", "pydantic", "numpy", "rich", "sqlite3", "yaml")


def test_help_loads_nothing_but_itself(advisor: Run) -> None:
    script = (
        "import sys; from advisor.interfaces.cli import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit as end: print(end.code, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = advisor(python=("-c", script))
    assert done.stdout.endswith("0 []\n"), done.stdout
    for command in ("chat", "ask", "memo", "explain", "replay", "ingest", "search", "doctor", "forget"):
        assert f"\n  {command} " in done.stdout
    assert advisor().stdout.startswith("Usage: advisor")
    assert advisor("--version").stdout.startswith("advisor 0.")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["ask"], ["search", "x", "-k", "0"], ["memo", "t", "--format", "xml"]]
)
def test_a_wrong_command_line_exits_with_2_in_one_line(command: Command, arguments: list[str]) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    told = json.loads(command(*arguments, "--json").stdout)
    assert told["error"]
    assert told["remedy"]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_file_that_is_no_text_does_not_go_to_a_terminal(
    command: Command, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(cli_commands, "is_terminal", lambda stream: True)
    for arguments in (["memo", "t", "--format", form], ["memo", "t", "--format", form, "-o", "-"]):
        done = command(*arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"-o memo.{form}" in done.stderr


def test_a_memo_goes_to_a_pipe_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii", newline="\r\n"))
    cli_commands._to_stdout(b"%PDF-\x80\n\xe2\x82\xac")
    assert raw.getvalue() == b"%PDF-\x80\n\xe2\x82\xac"


def test_one_conversation_from_the_first_word_to_forgetting_it(command: Command, tmp_path: Path) -> None:
    asked = command("ask", OPENING, "--thread", "one", "--json")
    reply = json.loads(asked.stdout)
    assert (asked.returncode, reply["kind"], reply["thread"]) == (0, "question", "one")
    assert reply["question"]["choices"]

    early = command("memo", "one")
    assert early.returncode == 1
    assert "no memo yet" in early.stderr

    given = command("ask", "Give me the memo now.", "--thread", "one")
    assert given.returncode == 0
    assert "## Do this first" in given.stdout

    starts = {"md": b"# Memo", "html": b"<!doctype html>", "json": b"{", "pdf": b"%PDF-", "docx": b"PK"}
    for form, start in starts.items():
        assert command("memo", "one", "-o", f"m.{form}").returncode == 0
        assert (tmp_path / f"m.{form}").read_bytes().startswith(start)
    assert command("replay", "m.json").stdout == "identical\n"
    memo = json.loads((tmp_path / "m.json").read_text("utf-8"))
    certificate = memo["certificate"]
    (tmp_path / "alone.json").write_text(json.dumps(certificate))
    assert json.loads(command("replay", "alone.json", "--json").stdout) == {
        "identical": True,
        "differences": [],
    }
    certificate["facts"]["budget_usd"]["value"]["max"] += 1
    (tmp_path / "changed.json").write_text(json.dumps(certificate))
    changed = command("replay", "changed.json")
    assert changed.returncode == 1
    assert "budget_usd" in changed.stdout

    why = json.loads(command("explain", "one", "--json").stdout)
    assert why["rules_fired"]
    shown = command("explain", "one").stdout
    assert why["rules_fired"][0]["id"] in shown
    assert why["runner_up"]["label"] in shown

    assert json.loads(command("threads", "--json").stdout) == ["one"]
    assert command("forget", "one").returncode == 0
    assert command("threads").stdout == ""
    gone = command("explain", "one")
    assert gone.returncode == 1
    assert "no conversation called" in gone.stderr


def test_a_memo_holds_no_key_and_no_word_of_another_conversation(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("ask", "We want to sort pelican photographs with AI", "--thread", "two")
    command("ask", f"{OPENING}. Memo now please.", "--thread", "one")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-owner")
    for form in ("md", "html", "json"):
        assert command("memo", "one", "-o", f"m.{form}").returncode == 0
        said = (tmp_path / f"m.{form}").read_text("utf-8")
        assert "support chatbot" in said
        assert "pelican" not in said
        assert "sk-of-the-owner" not in said


def test_a_memo_goes_to_no_folder_and_leaves_no_half_file(command: Command, tmp_path: Path) -> None:
    command("ask", f"{OPENING}. Memo now please.", "--thread", "t")
    (tmp_path / "folder.md").mkdir()
    for target in ("folder.md", "nowhere/memo.md"):
        done = command("memo", "t", "-o", target)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
    before = set(tmp_path.iterdir())
    assert command("memo", "t", "-o", "memo.md").returncode == 0
    assert set(tmp_path.iterdir()) - before == {tmp_path / "memo.md"}


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "{}", '{"certificate": {"schema": "other/1"}}'])
def test_replay_refuses_what_is_no_certificate(command: Command, tmp_path: Path, content: str) -> None:
    (tmp_path / "c.json").write_text(content)
    done = command("replay", "c.json")
    assert done.returncode == 2
    assert "not a certificate" in done.stderr


def test_replay_of_a_missing_file_or_half_a_certificate_exits_with_2(
    command: Command, tmp_path: Path
) -> None:
    assert command("replay", "nowhere.json").returncode == 2
    (tmp_path / "c.json").write_text('{"schema": "hiring-advisor-certificate/1", "seals": {}}')
    done = command("replay", "c.json")
    assert done.returncode == 2
    assert "parts are missing" in done.stderr


def test_search_finds_passages_and_names_what_it_does_not_know(command: Command) -> None:
    hits = json.loads(command("search", "what does a senior engineer cost", "-k", "3", "--json").stdout)
    assert 0 < len(hits) <= 3
    assert (
        hits[0]["source_id"]
        in command("search", "senior engineer cost", "--source", hits[0]["source_id"]).stdout
    )
    for option, kind in (("--collection", "collection"), ("--source", "source")):
        done = command("search", "cost", option, "misspelt")
        assert done.returncode == 1
        assert f"no {kind} 'misspelt'" in done.stderr
    assert command("search", "x", "--collection", "guides", "--source", "y").returncode == 2


def test_ingest_tells_each_file_and_keeps_the_good_ones(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "note.md").write_text("# Rates\n\nOur own bench of welders charges 77 crowns an hour.\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    done = command("ingest", "docs", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert {Path(f["path"]).name: f["outcome"] for f in report["files"]} == {
        "note.md": "ingested",
        "picture.png": "unsupported",
    }
    found = json.loads(
        command("search", "welders crowns an hour", "--collection", "documents", "--json").stdout
    )
    assert "77 crowns" in found[0]["text"]
    again = command("ingest", "docs/note.md")
    assert again.returncode == 0
    assert "unchanged" in again.stdout


def test_doctor_tells_a_sound_home_from_a_broken_one(command: Command, home: Path) -> None:
    checks = {check["name"]: check for check in json.loads(command("doctor", "--json").stdout)["checks"]}
    assert [name for name, check in checks.items() if not check["ok"] and name != "packages"] == []
    assert "chunker" in checks["index"]["detail"]
    (home / "conversations.sqlite").write_bytes(b"no database at all, but long enough" * 40)
    manifest = next((home / "index" / "guides" / "generations").glob("*/manifest.json"))
    manifest.write_text("{}")
    done = command("doctor")
    assert done.returncode == 1
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("failed")]
    assert {"index", "conversations"} <= set(failed)


def test_a_piped_chat_reads_as_a_conversation(advisor: Run) -> None:
    said = f"{OPENING}\n1\n\n/facts\n/explain\n/what\n/quit\nnever read\n"
    done = advisor("chat", "--thread", "talk", said=said)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    first = done.stdout.splitlines()[0]
    assert "No language model is connected" in first
    assert "1. Ready to use" in done.stdout
    assert "state of the data: ready to use" in done.stdout
    assert "Rules fired" in done.stdout
    assert "never read" not in done.stdout
    assert done.stdout.endswith("Kept. Come back with: advisor chat --thread talk\n")
    back = advisor("chat", "--thread", "talk")
    assert "You left off here." in back.stdout
    assert "**" in back.stdout


def test_a_chat_finishes_what_was_cut_short(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(ask_step, "ask", _stop)
        assert command("ask", OPENING, "--thread", "t").returncode == 70
    monkeypatch.setattr(sys, "stdin", io.StringIO("/facts\n"))
    back = command("chat", "--thread", "t")
    assert back.returncode == 0
    assert "cut short" in back.stdout
    assert "1. Ready to use" in back.stdout
    assert "8 weeks”" in back.stdout
    assert back.stdout.count("What I read") == 1


def _stop(*_: object) -> None:
    raise RuntimeError("killed here")


def test_a_chat_in_json_prints_replies_alone(advisor: Run) -> None:
    done = advisor("chat", "--json", "--thread", "j", said=f"{OPENING}\n/facts\n")
    reply, facts = (json.loads(line) for line in done.stdout.splitlines())
    assert (reply["kind"], facts["timeline_days"]["value"]["max"]) == ("question", 56)


@pytest.mark.parametrize("key", [b"\x03", b"\x04"])
def test_ctrl_c_and_ctrl_d_leave_politely(home: Path, model_cache: Path, key: bytes) -> None:
    shown, code = _pressed_at_the_prompt(key, home, model_cache)
    assert code == 0
    assert b"Nothing was said, so nothing is kept." in shown
    assert b"Traceback" not in shown


def _pressed_at_the_prompt(key: bytes, home: Path, model_cache: Path) -> tuple[bytes, int]:
    """What a chat in a terminal shows when this key is pressed at its first prompt, and its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(
            signal.SIGINT, signal.SIG_DFL
        )  # a test run in the background ignores it, and so would this
        os.chdir(CHECKOUT)
        command = [sys.executable, "-m", "advisor", "chat"]
        os.execve(sys.executable, command, environment(home, model_cache, TERM="xterm"))
    shown, quiet_for = b"", 0
    try:
        while quiet_for < 60:
            if not select.select([terminal], [], [], 1)[0]:
                # Python may miss a Ctrl-C in the instant before it waits for input; a person presses again.
                quiet_for += 1
                os.write(terminal, key)
                continue
            piece = os.read(terminal, 4096)
            shown += piece
            if shown.endswith(b"You: "):
                os.write(terminal, key)
    except OSError:  # the terminal is closed: the chat has ended
        pass
    else:
        os.kill(child, signal.SIGKILL)
    finally:
        os.close(terminal)
    return shown, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_blocks_wait_for_the_choices_of_a_question() -> None:
    from advisor.domain.reply import Choice, Question

    choices = (Choice(label="Ready", value="ready"), Choice(label="Don't know", value=None))
    question = Question(fact="data_readiness", text="Is it ready?", choices=choices, why="It decides.")
    text = "First.\n\n**Is it ready?**\n\n- Ready\n- Don't know\n\n*Why*"
    blocks = Blocks()
    fed = [block for start in range(0, len(text), 5) for block in blocks.feed(text[start : start + 5])]
    assert fed == ["First."]
    assert blocks.end(question) == "**Is it ready?**\n\n1. Ready\n2. Don't know\n\n*Why*"
    assert numbered("- Ready", None) == "- Ready"
    assert [picked(text, question) for text in ("1", "2", "3", "²", "1" * 5000)] == [
        "Ready",
        "Don't know",
        "3",
        "²",
        "1" * 5000,
    ]
