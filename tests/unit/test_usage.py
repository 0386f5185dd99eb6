"""What the use of a language model leaves behind, and how the command line tells it."""

import datetime as dt
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from advisor.adapters.sqlite_usage import SqliteUsage
from advisor.errors import StorageError
from advisor.ports.usage import ModelCall, Outcome, Purpose, UsageLog
from tests.conftest import CHECKOUT, environment
from tests.unit.conftest import Command

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HEAVY = ("numpy", "chromadb", "langgraph", "langchain_core", "torch", "onnxruntime", "openai", "ingest")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home: this command needs no index."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def log(home: Path) -> SqliteUsage:
    return SqliteUsage(home / "usage.sqlite")


def call(
    thread: str = "t",
    message_id: str = "m1",
    *,
    model: str = "gpt-4o-mini",
    purpose: Purpose = "understand",
    outcome: Outcome = "ok",
    tokens: tuple[int | None, int | None, int | None] = (1000, 400, 500),
    started: dt.datetime = NOON,
) -> ModelCall:
    """A call of a second and a half."""
    return ModelCall(thread, message_id, purpose, model, started, 1500, outcome, *tokens)


# --- the record -----------------------------------------------------------------------------------


def test_calls_come_back_as_they_were_oldest_first(log: SqliteUsage) -> None:
    port: UsageLog = log
    assert port.calls() == []
    late = call("b", started=NOON + dt.timedelta(microseconds=1))
    early = call("a", "m2", tokens=(None, None, None), outcome="timeout", purpose="judge")
    elsewhere = call("b", "m2", started=NOON.astimezone(dt.timezone(dt.timedelta(hours=5))))
    for each in (late, early, elsewhere):
        port.record(each)
    assert port.calls() == [early, elsewhere, late]
    assert all(each.started.tzinfo is dt.UTC for each in port.calls())
    assert port.calls("b") == [elsewhere, late]
    assert port.calls("nobody") == []


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        call(started=dt.datetime(2026, 11, 20, 12))  # noqa: DTZ001


def test_only_calls_that_came_out_well_count(log: SqliteUsage) -> None:
    assert log.count("t", "m1") == 0
    outcomes: tuple[Outcome, ...] = ("ok", "timeout", "ok", "wrong_schema")
    for outcome in outcomes:
        log.record(call(outcome=outcome))
    log.record(call(message_id="m2"))
    log.record(call("other"))
    assert log.count("t", "m1") == 2


def test_the_table_reads_well_by_hand(log: SqliteUsage, home: Path) -> None:
    log.record(call())
    log.record(call(started=NOON + dt.timedelta(days=1), tokens=(1, None, 2)))
    with sqlite3.connect(home / "usage.sqlite") as connection:
        query = "SELECT date(started), sum(prompt_tokens), sum(cached_tokens) FROM model_calls GROUP BY 1"
        assert connection.execute(query).fetchall() == [("2026-11-20", 1000, 400), ("2026-11-21", 1, None)]
        row = connection.execute("SELECT started, thread, purpose, outcome FROM model_calls").fetchone()
        assert row == ("2026-11-20T12:00:00.000000+00:00", "t", "understand", "ok")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_two_processes_at_once_lose_nothing(log: SqliteUsage, home: Path, tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib, datetime as dt\n"
        "from advisor.adapters.sqlite_usage import SqliteUsage\n"
        "from advisor.ports.usage import ModelCall\n"
        "who, path, go = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])\n"
        "pathlib.Path(str(go) + who).touch()\n"
        "while not go.exists(): time.sleep(0.001)\n"
        "log = SqliteUsage(path)\n"
        "for n in range(1, 101):\n"
        "    now = dt.datetime.now(dt.UTC)\n"
        "    log.record(ModelCall(who, f'm{n}', 'understand', 'x', now, 1, 'ok', n, None, 1))\n"
        "    log.keep(who, f'm{n}', 'f', str(n))\n"
        "    assert log.count(who, f'm{n}') == 1\n"
    )
    go = tmp_path / "go"
    command = [sys.executable, "-c", script]
    writers = [
        subprocess.Popen([*command, who, str(home / "usage.sqlite"), str(go)], cwd=CHECKOUT)
        for who in ("one", "two")
    ]
    ends = time.monotonic() + 60
    while not all(Path(f"{go}{who}").exists() for who in ("one", "two")) and time.monotonic() < ends:
        time.sleep(0.01)
    go.touch()
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    for who in ("one", "two"):
        assert [each.prompt_tokens for each in log.calls(who)] == list(range(1, 101))
        assert log.kept(who, "m100", "f") == "100"


def test_a_reply_is_kept_until_the_conversation_goes_on(log: SqliteUsage) -> None:
    assert log.kept("t", "m9", "a") is None
    log.keep("t", "m9", "a", "first")
    log.keep("t", "m9", "a", "again")
    log.keep("t", "m9", "b", "other prompt")
    log.keep("u", "m1", "a", "other conversation")
    assert (log.kept("t", "m9", "a"), log.kept("t", "m9", "b")) == ("again", "other prompt")
    log.keep("t", "m10", "a", "next turn")  # later than m9, though not by the alphabet
    assert (log.kept("t", "m9", "a"), log.kept("t", "m9", "b")) == (None, None)
    assert (log.kept("t", "m10", "a"), log.kept("u", "m1", "a")) == ("next turn", "other conversation")


def test_forgetting_leaves_the_tokens_and_nothing_else(log: SqliteUsage, home: Path) -> None:
    log.forget("nobody")
    assert not list(home.iterdir())
    for number in range(50):
        log.record(call("my secret plan", f"m{number}"))
    log.record(call("other"))
    log.keep("my secret plan", "m1", "f", "reply with secrets")
    log.keep("other", "m1", "f", "reply")
    log.forget("my secret plan")
    assert log.calls("my secret plan") == []
    assert log.kept("my secret plan", "m1", "f") is None
    assert log.kept("other", "m1", "f") == "reply"
    assert log.calls() == [replace(call(""), message_id="")] * 50 + [call("other")]
    left = b"".join(file.read_bytes() for file in home.iterdir())
    assert b"secret" not in left


USES: dict[str, Callable[[SqliteUsage], object]] = {
    "record": lambda log: log.record(call()),
    "calls": lambda log: log.calls(),
    "count": lambda log: log.count("t", "m1"),
    "kept": lambda log: log.kept("t", "m1", "f"),
    "keep": lambda log: log.keep("t", "m1", "f", "reply"),
    "forget": lambda log: log.forget("t"),
}


@pytest.mark.parametrize("use", USES)
def test_a_damaged_file_is_told_as_what_it_is(log: SqliteUsage, home: Path, use: str) -> None:
    (home / "usage.sqlite").write_bytes(b"no database at all, but long enough" * 40)
    with pytest.raises(StorageError, match=r"record of language model calls in .* is damaged") as told:
        USES[use](log)
    assert "Move that file aside" in told.value.remedy


@pytest.mark.parametrize("column", ["purpose", "outcome", "started"])
def test_a_row_of_another_form_is_refused(log: SqliteUsage, home: Path, column: str) -> None:
    log.record(call())
    with sqlite3.connect(home / "usage.sqlite") as connection:
        connection.execute(f"UPDATE model_calls SET {column} = 'nonsense'")
    connection.close()
    with pytest.raises(StorageError, match="kept in another form"):
        log.calls()


# --- the command ----------------------------------------------------------------------------------


def in_words(text: str) -> str:
    return " ".join(text.split())


def test_without_calls_it_says_so_in_one_sentence(command: Command, home: Path) -> None:
    done = command("usage")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "No language model was used yet; to connect one, set ADVISOR_MODEL (see README).\n"
    empty = json.loads(command("usage", "--json").stdout)
    assert (empty["by"], empty["rows"], empty["total"]["calls"], empty["prices"]) == ("thread", [], 0, [])
    assert not list(home.iterdir())


def fill(log: SqliteUsage) -> None:
    log.record(call("a", "m1"))
    log.record(call("a", "m2", purpose="write_memo", tokens=(9000, 0, 1000)))
    log.record(call("a", "m2", outcome="rate_limited", tokens=(None, None, None)))
    tomorrow = NOON + dt.timedelta(days=1)
    log.record(call("b", "m1", model="gpt-5.4-2026-03-05", started=tomorrow, tokens=(1000, None, 100)))


def test_it_shows_calls_tokens_and_cost(command: Command, log: SqliteUsage) -> None:
    fill(log)
    done = command("usage")
    assert done.returncode == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["a", "3", "1", "10,000", "400", "1,500", "0.0024"] in lines
    assert ["b", "1", "0", "1,000", "unknown", "100", "0.0040"] in lines
    assert "Cost unknown" not in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "In all 4 calls (1 failed), 11,000 prompt tokens (400 cached), 1,600 completion tokens, 0.0064 USD. "
        "List prices, checked between 2026-05-27 and 2026-09-29; taxes, discounts and cache writes are not "
        "in them."
    )


@pytest.mark.parametrize(
    ("arguments", "keys", "calls"),
    [
        ([], [{"thread": "a"}, {"thread": "b"}], [3, 1]),
        (["--by", "model"], [{"model": "gpt-4o-mini"}, {"model": "gpt-5.4-2026-03-05"}], [3, 1]),
        (["--by", "day"], [{"day": "2026-11-20"}, {"day": "2026-11-21"}], [3, 1]),
        (["--by", "purpose"], [{"purpose": "understand"}, {"purpose": "write_memo"}], [3, 1]),
        (["a"], [{"thread": "a", "message_id": "m1"}, {"thread": "a", "message_id": "m2"}], [1, 2]),
        (["a", "--by", "thread"], [{"thread": "a"}], [3]),
    ],
)
def test_it_groups_by_what_is_asked(
    command: Command, log: SqliteUsage, arguments: list[str], keys: list[dict[str, str]], calls: list[int]
) -> None:
    fill(log)
    told = json.loads(command("usage", *arguments, "--json").stdout)
    names = list(keys[0])
    assert [{name: each[name] for name in names} for each in told["rows"]] == keys
    assert [each["calls"] for each in told["rows"]] == calls
    assert told["total"]["calls"] == sum(calls)
    assert sum(each["cost_usd"] for each in told["rows"]) == pytest.approx(told["total"]["cost_usd"])
    assert told["total"]["cost_whole"]
    for price in told["prices"]:
        assert {"model", "from", "source", "checked"} <= set(price)
    plain = command("usage", *arguments).stdout
    assert all(value in plain for key in keys for value in key.values())


UNKNOWN = (None, None, None)


@pytest.mark.parametrize(
    ("calls", "shown", "last"),
    [
        (
            [call(model="llama3.1"), call(model="llama3.1")],
            "Cost unknown: llama3.1 (no price for 2 calls).",
            "1,000 completion tokens, cost unknown.",
        ),
        (
            [call(), call(outcome="timeout", tokens=UNKNOWN)],
            "Cost unknown: gpt-4o-mini (no token counts of 1 call).",
            "at least 1,000 prompt tokens (400 cached), at least 500 completion tokens, at least 0.0004 USD.",
        ),
        (
            [call(), call(model="local", tokens=UNKNOWN)],
            "Cost unknown: local (no price for 1 call).",
            "at least 500 completion tokens, at least 0.0004 USD.",
        ),
        (
            [call(model="local", tokens=UNKNOWN), call(model="gpt-4o", tokens=UNKNOWN)],
            "Cost unknown: gpt-4o (no token counts of 1 call); local (no price for 1 call).",
            "unknown prompt tokens (unknown cached), unknown completion tokens, cost unknown.",
        ),
        ([call(outcome="unreachable", tokens=UNKNOWN)], None, "0 completion tokens, 0.0000 USD."),
        ([call(tokens=(100, 0, 1))], None, "1 completion tokens, under 0.0001 USD."),
    ],
)
def test_what_is_not_known_is_said(
    command: Command, log: SqliteUsage, calls: list[ModelCall], shown: str | None, last: str
) -> None:
    for each in calls:
        log.record(each)
    plain = in_words(command("usage").stdout)
    assert last in plain
    assert (shown in plain) if shown else ("Cost unknown" not in plain)
    whole = json.loads(command("usage", "--json").stdout)
    assert bool(whole["cost_unknown"]) == (not whole["total"]["cost_whole"]) == (shown is not None)


def test_prices_of_ones_own_stand_instead(command: Command, log: SqliteUsage, home: Path) -> None:
    log.record(call(model="llama3.1", tokens=(1_000_000, 0, 0)))
    log.record(call(model="gpt-4o-mini", tokens=(1_000_000, 0, 0)))
    log.record(call(model="gpt-4o", tokens=(1_000_000, 0, 0)))
    own = home / "prices.yaml"
    day = "from: 2026-01-01, checked: 2026-01-01, source: our contract"
    row = "  - {{model: {}, input_usd_per_million: {}, output_usd_per_million: 9, " + day + "}}\n"
    own.write_text("prices:\n" + row.format("llama3.1", 7) + row.format("gpt-4o-mini", 3))
    told = json.loads(command("usage", "--by", "model", "--json").stdout)
    assert [each["cost_usd"] for each in told["rows"]] == [7, 3, 2.5]
    for content, words in ((b"prices: 1", "no list called prices"), (b"\xff", "no text in UTF-8")):
        own.write_bytes(content)
        done = command("usage")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert words in done.stderr


def test_an_unknown_conversation_is_named_and_a_quiet_one_is_not_denied(
    command: Command, log: SqliteUsage, home: Path
) -> None:
    nobody = command("usage", "nobody")
    assert (nobody.returncode, nobody.stderr.count("\n")) == (1, 1)
    assert "no conversation called 'nobody'" in nobody.stderr
    log.record(call("a"))
    told = json.loads(command("usage", "nobody", "--json").stdout)
    assert told["error"] == "There is no conversation called 'nobody'."
    assert "used in: a." in told["remedy"]
    assert command("usage", "\udcff").returncode == 1
    with sqlite3.connect(home / "conversations.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
    assert command("usage", "quiet").returncode == 1
    with connection:
        connection.execute("CREATE TABLE checkpoints (thread_id TEXT)")
        connection.execute("INSERT INTO checkpoints VALUES ('quiet')")
    connection.close()
    quiet = command("usage", "quiet")
    assert quiet.returncode == 0
    assert quiet.stdout.startswith("No language model was used in the conversation 'quiet'; to connect one")
    assert json.loads(command("usage", "quiet", "--json").stdout)["rows"] == []


def test_a_forgotten_conversation_stays_in_the_sums(command: Command, log: SqliteUsage) -> None:
    log.record(call("secret"))
    log.forget("secret")
    done = command("usage")
    assert "secret" not in done.stdout
    assert "(none, or forgotten)" in done.stdout
    assert "In all 1 call, 1,000 prompt tokens" in done.stdout
    assert command("usage", "secret").returncode == 1


def test_a_wrong_grouping_exits_with_2(command: Command) -> None:
    done = command("usage", "--by", "mood")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "thread, turn, model, day, purpose" in done.stderr


@pytest.mark.parametrize("file", ["usage.sqlite", "conversations.sqlite"])
def test_a_damaged_database_is_told_in_one_sentence(command: Command, home: Path, file: str) -> None:
    (home / file).write_bytes(b"no database at all, but long enough" * 40)
    done = command("usage", "t")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "damaged" in done.stderr
    assert str(home / file) in done.stderr
    assert "damaged" in json.loads(command("usage", "t", "--json").stdout)["error"]


def test_it_loads_nothing_heavy(log: SqliteUsage, home: Path, tmp_path: Path) -> None:
    fill(log)
    script = (
        "import sys; from advisor.interfaces.cli import main\n"
        "try: main(['usage'])\n"
        f"except SystemExit as end: print(end.code, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(home, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.endswith("0 []\n"), cast(str, done.stdout + done.stderr)
