"""What a turn tells of itself while it runs: each line is true of what happened."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.memo import Claim, Draft, OwnWording, Section
from advisor.domain.reply import Progress, Reply, Stage
from advisor.testing.language import ScriptedLanguage
from tests.conversations.scripts import SCRIPT, local_language, open_scripted

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT
LONGEST = 160


@pytest.fixture
def advisor(tmp_path: Path) -> Iterator[AdvisorCore]:
    with open_scripted(tmp_path / "conversations.sqlite") as opened:
        yield opened


def watched(advisor: AdvisorCore, text: str, **more: object) -> tuple[dict[Stage, str], Reply]:
    """What each stage told, and the reply."""

    async def watch() -> tuple[dict[Stage, str], Reply]:
        told: dict[Stage, str] = {}
        async for event in advisor.stream("t", text, **more):  # pyright: ignore[reportArgumentType]
            if isinstance(event, Progress):
                told[event.stage] = event.detail
            elif isinstance(event, Reply):
                return told, event
        raise AssertionError("no reply")

    return asyncio.run(watch())


def test_what_was_read_is_counted_and_named(advisor: AdvisorCore) -> None:
    advisor.reply_sync("t", OPENING)
    told, reply = watched(advisor, HOSTED)
    assert told["understand"] == "2 facts read: kind of work, someone inside who can judge AI work"
    assert reply.question is not None
    label = builtin_rulebook().question(reply.question.fact).label
    assert told["ask"] == f"one question worth asking: {label}"
    decision = advisor.suppose("t", {}).now
    lead = f"{decision.margin}%" if decision.margin else "less than 1%"
    rules = len(decision.rules_fired)
    assert (
        told["decide"] == f"{rules} rules fired; {decision.first.label} leads by {lead}; one question first"
    )


def test_a_memo_tells_how_much_was_found_written_and_checked(advisor: AdvisorCore) -> None:
    advisor.reply_sync("t", OPENING)
    told, reply = watched(advisor, NOW)
    assert reply.memo is not None
    sections = reply.memo.sections
    claims = sum(len(section.claims) for section in sections)
    rows = sum(len(section.table.rows) for section in sections if section.table)
    drafted = [int(number) for number in re.findall(r"\d+", told["write"])]
    checked = drafted[1] + drafted[2]
    assert told["verify"] == f"{checked} claims and table rows checked, all stand"
    # The exported memo leaves out the short section that names the kit's parts.
    assert drafted[0] - len(sections) in (0, 1)
    assert claims <= drafted[1]
    assert rows <= drafted[2]
    assert told["memo"] == f"memo kept, certificate {reply.memo.certificate_hash[:8]}…"
    assert told["understand"] == "the memo asked for now"
    assert told["decide"].endswith("; the memo comes next")
    found = re.fullmatch(r"(\d+) passages of (\d) guides", told["retrieve"])
    assert found is not None
    cited = {citation.passage_id for citation in reply.memo.citations}
    assert len(cited) <= int(found[1])
    assert len({citation.source_id for citation in reply.memo.citations}) <= int(found[2]) <= 5


def test_what_verification_cuts_is_told(tmp_path: Path) -> None:
    section = Section(
        id="first",
        heading="Do this first",
        claims=(
            Claim(text="Ask if anything is off.", evidence=(OwnWording(),)),
            Claim(text="This saves $91,300 a year.", evidence=(OwnWording(),)),
        ),
    )
    language = ScriptedLanguage(SCRIPT, local_language(), drafts=[Draft(title="Memo", sections=(section,))])
    with open_scripted(tmp_path / "c.sqlite", language) as advisor:
        advisor.reply_sync("t", OPENING)
        told, reply = watched(advisor, NOW)
    wrote = [int(number) for number in re.findall(r"\d+", told["write"])]
    assert told["verify"] == f"{wrote[1] + wrote[2]} claims and table rows checked, 1 cut"
    assert reply.memo is not None
    assert "91,300" not in reply.memo.text


@pytest.mark.parametrize(
    ("before", "text", "stage", "line"),
    [
        ((), SOUP, "decline", "1 part declined, with the reason"),
        ((), OPENING, "understand", "1 fact read: the work"),
        ((OPENING,), COST, "understand", "1 question for the guides"),
        ((OPENING,), COST, "decide", "what was asked comes first"),
        ((OPENING,), WHY, "answer", "answered without the guides"),
        ((OPENING, HOSTED), NO_IDEA, "understand", "left open: ownership after launch"),
        ((OPENING,), RESTART, "understand", "all facts forgotten"),
        ((OPENING,), RESTART, "decide", "nothing known yet; the work comes first"),
        ((OPENING, OWN), ENDS, "decide", "something to clear up comes first"),
        ((OPENING, OWN), ENDS, "ask", "to clear up: ownership after launch"),
        ((OPENING, NOW), THANKS, "decide", "nothing new to decide"),
        ((OPENING, NOW), THANKS, "answer", "the advice stays as it is"),
    ],
)
def test_each_stage_tells_what_it_did(
    before: tuple[str, ...], text: str, stage: Stage, line: str, advisor: AdvisorCore
) -> None:
    for message in before:
        advisor.reply_sync("t", message)
    assert watched(advisor, text)[0][stage] == line


def test_an_answer_tells_from_how_many_passages(advisor: AdvisorCore) -> None:
    asked = advisor.reply_sync("t", OPENING)
    told, reply = watched(advisor, COST)
    again = {citation.passage_id for citation in asked.citations}
    cited = {citation.passage_id for citation in reply.citations} - again
    assert told["answer"] == f"answered from {len(cited)} passages"
    assert told["ask"].startswith("the open question again: ")


def test_a_correction_tells_how_things_stand_after_it(advisor: AdvisorCore) -> None:
    advisor.reply_sync("t", OPENING)
    advisor.reply_sync("t", HOSTED)
    told, _ = watched(advisor, "No", about="technical_leadership")
    standing = advisor.standing("t")
    assert f"{standing.first_label} leads by " in told["decide"]
    assert told["decide"].endswith("; the question that is still open comes first")


def test_a_stage_that_is_told_is_a_short_line_without_the_users_words(tmp_path: Path) -> None:
    with open_scripted(tmp_path / "c.sqlite", local_language()) as advisor:  # pyright: ignore
        for text in (
            "We want <b>zebras</b> | `sorted` with OpenAI, 60k, 120 people, in Oslo, in ten weeks, HIPAA.",
            "What does a zebra sorter cost?",
            "Just tell me.",
        ):
            told, _ = watched(advisor, text)
            for line in told.values():
                assert line
                assert len(line) <= LONGEST
                assert not re.search(r"[<>`|*\[\]\n]|zebra", line)
