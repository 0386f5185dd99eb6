"""SIGKILL at every node of the graph: nothing is lost and nothing is said twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conversations.scripts import SCRIPT, open_scripted

LINES = list(SCRIPT)
OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, *_ = LINES

REACHES = {
    "understand": [OPENING, HOSTED],
    "decide": [OPENING, HOSTED],
    "ask": [OPENING, HOSTED],
    "answer": [OPENING, HOSTED, COST],
    "decline": [OPENING, SOUP],
    "retrieve": [OPENING, HOSTED, NOW],
    "write": [OPENING, HOSTED, NOW],
    "verify": [OPENING, HOSTED, NOW],
    "memo": [OPENING, HOSTED, NOW],
}
CASES = [(node, when) for node in REACHES for when in ("before", "after")]
BESIDES = [("decide", "again"), ("ask", "another")]  # killed before, then spoken to
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """For each node and moment a conversation whose last turn was killed there."""
    folder = tmp_path_factory.mktemp("crashes")
    cases = [
        {
            "database": str(folder / f"{node}-{when}.sqlite"),
            "node": node,
            "when": when if when == "after" else "before",
            "messages": REACHES[node],
        }
        for node, when in CASES + BESIDES
    ]
    run = subprocess.run(
        [sys.executable, "-m", "tests.conversations.crash_child"],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [-9] * len(cases), "each child must die by SIGKILL"
    return {key: Path(str(case["database"])) for key, case in zip(CASES + BESIDES, cases, strict=True)}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str]]]:
    """The same conversations without a crash."""
    folder = tmp_path_factory.mktemp("unbroken")
    transcripts: dict[str, list[tuple[str, str]]] = {}
    for node, messages in REACHES.items():
        with open_scripted(folder / f"{node}.sqlite") as advisor:
            for message in messages:
                advisor.reply_sync("t", message)
            transcripts[node] = [(entry.speaker, entry.text) for entry in advisor.transcript("t")]
    return transcripts


@pytest.mark.parametrize(("node", "when"), CASES)
def test_a_killed_turn_is_finished_once(
    node: str,
    when: str,
    crashed: dict[tuple[str, str], Path],
    unbroken: dict[str, list[tuple[str, str]]],
) -> None:
    with open_scripted(crashed[node, when]) as advisor:
        reply = advisor.resume_sync("t")
        assert reply is not None
        transcript = [(entry.speaker, entry.text) for entry in advisor.transcript("t")]
        assert transcript == unbroken[node]
        assert reply.text == transcript[-1][1]
        if reply.kind == "recommendation":
            assert reply.memo is not None
            assert advisor.replay(reply.memo.certificate) == []
        assert advisor.resume_sync("t") is None, "nothing is left to finish"


def test_saying_the_same_again_after_a_crash_is_one_message(
    crashed: dict[tuple[str, str], Path], unbroken: dict[str, list[tuple[str, str]]]
) -> None:
    with open_scripted(crashed["decide", "again"]) as advisor:
        advisor.reply_sync("t", REACHES["decide"][-1])
        assert [(e.speaker, e.text) for e in advisor.transcript("t")] == unbroken["decide"]


def test_another_message_after_a_crash_finishes_the_turn_first_and_says_so(
    crashed: dict[tuple[str, str], Path],
) -> None:
    with open_scripted(crashed["ask", "another"]) as advisor:
        reply = advisor.reply_sync("t", WEEKS)
        assert any("cut short" in notice for notice in reply.notices)
        speakers = [entry.speaker for entry in advisor.transcript("t")]
        assert speakers == ["user", "advisor"] * 3
        assert reply.facts["timeline_days"].value == {"min": 70, "max": 70}
        assert reply.facts["work_type"].value == "api_features"
