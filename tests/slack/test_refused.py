"""A bot that can't be started says so in one sentence, and never with a token in it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.testing.slack_bot import slack_environment
from advisor.testing.slack_server import SlackServer
from tests.conftest import environment
from tests.slack.conftest import APP_TOKEN, SECRET, workspace

NOWHERE = "http://127.0.0.1:9/api/"
WRONG = "wrong-0123456789-wrong"

CASES: dict[str, tuple[dict[str, str], tuple[str, ...], str]] = {
    "app token refused": ({"ADVISOR_SLACK_APP_TOKEN": f"xapp-{WRONG}"}, (), "ADVISOR_SLACK_APP_TOKEN"),
    "bot token refused": ({"ADVISOR_SLACK_BOT_TOKEN": f"xoxb-{WRONG}"}, (), "ADVISOR_SLACK_BOT_TOKEN"),
    "second bot token refused": (
        {"ADVISOR_SLACK_BOT_TOKEN": f"{workspace().bot_token},xoxb-{WRONG}"},
        (),
        "token 2 of 2",
    ),
    "slack unreachable": ({"ADVISOR_SLACK_BASE_URL": NOWHERE}, (), "Slack can't be reached"),
    "no bot token": ({"ADVISOR_SLACK_BOT_TOKEN": ""}, (), "ADVISOR_SLACK_BOT_TOKEN is not set"),
    "no app token": ({"ADVISOR_SLACK_APP_TOKEN": ""}, (), "ADVISOR_SLACK_APP_TOKEN is not set"),
    "no signing secret": (
        {"ADVISOR_SLACK_SIGNING_SECRET": ""},
        ("--http", "--port", "0"),
        "ADVISOR_SLACK_SIGNING_SECRET is not set",
    ),
}

Run = tuple[int, str, str]


@pytest.fixture(scope="module")
def runs(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Run]]:
    """Each case, run to its end; all at the same time."""
    with SlackServer(workspace(), app_token=APP_TOKEN, signing_secret=SECRET) as slack:
        started: dict[str, subprocess.Popen[str]] = {}
        for name, (settings, arguments, _) in CASES.items():
            home = Path(shutil.copytree(prepared_home, tmp_path_factory.mktemp("refused") / "home"))
            given = environment(home, model_cache, **{**slack_environment(slack), **settings})
            started[name] = subprocess.Popen(
                [sys.executable, "-m", "advisor", "slack", *arguments],
                env=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        ended: dict[str, Run] = {}
        for name, process in started.items():
            out, err = process.communicate(timeout=60)
            ended[name] = (process.returncode, out, err)
        yield ended


@pytest.mark.parametrize("name", CASES)
def test_it_ends_with_one_clear_sentence(runs: dict[str, Run], name: str) -> None:
    code, out, err = runs[name]
    told = CASES[name][2]
    assert code == 1
    assert out == ""
    lines = [line for line in err.split("\n") if line]
    assert len(lines) == 1, err
    assert told in lines[0]
    for secret in (WRONG, APP_TOKEN, SECRET, workspace().bot_token):
        assert secret not in out + err
    assert "Traceback" not in err
