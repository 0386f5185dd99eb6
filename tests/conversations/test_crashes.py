"""SIGKILL at every node of the graph: nothing is lost and nothing is said twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conversations.scripts import SCRIPT, open_scripted

LINES = list(SCRIPT)
OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = LINES

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


@pytest.fixture(scope="module")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each node a conversation killed there while a choice of an earlier fact was worked on."""
    folder = tmp_path_factory.mktemp("pressed")
    nodes = ("understand", "decide", "ask", "another")
    cases = [
        {
            "database": str(folder / f"{node}.sqlite"),
            "node": "understand" if node == "another" else node,
            "when": "after",
            "messages": [OPENING, HOSTED, "No"],
            "about": "technical_leadership",
        }
        for node in nodes
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
    assert json.loads(run.stdout) == [-9] * len(cases)
    return {node: Path(str(case["database"])) for node, case in zip(nodes, cases, strict=True)}


@pytest.mark.parametrize("node", ["understand", "decide", "ask"])
def test_a_killed_turn_keeps_the_fact_that_it_is_about(node: str, pressed: dict[str, Path]) -> None:
    with open_scripted(pressed[node]) as advisor:
        cut = advisor.turns("t")[-1]
        assert (cut.text, cut.about, cut.reply) == ("No", "technical_leadership", None)
        open_before = advisor.turns("t")[-2].reply
        reply = advisor.resume_sync("t")
        assert reply is not None
        assert open_before is not None
        assert reply.facts["technical_leadership"].value == "no"
        assert reply.facts["technical_leadership"].history[0].value == "yes"
        assert reply.question == open_before.question
        assert advisor.turns("t")[-1].reply == reply
        assert advisor.reply_sync("t", THANKS).message_id == "m4", "the next message is about nothing"
        assert advisor.turns("t")[-1].about is None


def test_the_same_word_about_another_fact_is_another_message_after_a_crash(pressed: dict[str, Path]) -> None:
    with open_scripted(pressed["another"]) as advisor:
        reply = advisor.reply_sync("t", "No", about="regulated")
        assert [turn.about for turn in advisor.turns("t")] == [
            None,
            None,
            "technical_leadership",
            "regulated",
        ]
        assert reply.facts["technical_leadership"].value == "no"
        assert reply.facts["regulated"].value == {"value": "no", "regimes": []}
