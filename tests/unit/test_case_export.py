"""A conversation becomes a case: what is private is replaced, what decides stays, the case can be held."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.assembly import Advisor
from advisor.errors import InputError, UnknownThread
from advisor.interfaces.case_export import exported
from advisor.interfaces.private_data import PrivateData, left_over
from advisor.settings import load_settings
from evals import dialogues
from tests.unit.conftest import Command

TODAY = dt.date(2026, 11, 20)

TOLD = (
    "Hi, I'm Ada Lovelace, CTO of Brightwater GmbH (ada@brightwater.example, +44 20 7946 0991). "
    "We want GPT to draft replies to supplier mails in our product. Budget 60k.",
    "Data is clean, Marta Kowalska looked at it",
    "why do you ask?",
    "blorp fizz",
    "we have ten weeks",
    "Correction: it's 20 weeks, the board of Brightwater moved it.",
    "Just tell me what to do.",
    "thanks, write to me at 12 Mill Lane",
)
PRIVATE = ("lovelace", "brightwater", "7946", "kowalska", "mill lane", "ada")


def without(text: str, *, among: tuple[str, ...] = (), keep_names: bool = False) -> str:
    return PrivateData((text, *among), keep_names=keep_names).without(text)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("write to ada.l+x@mail.example.org please", "write to [e-mail 1] please"),
        ("call +44 20 7946 0991 or (650) 253-0000", "call [phone 1] or [phone 2]"),
        ("my phone is 601 234 567", "my phone is [phone 1]"),
        ("see https://wiki.example.com/a?b=c, or www.example.com.", "see [link 1], or [link 2]."),
        ("it runs on db.intern.example:5432 and 10.0.3.17", "it runs on [link 1] and [link 2]"),
        ("pay to DE89 3704 0044 0532 0130 00", "pay to [account 1]"),
        ("card 4111 1111 1111 1111 and 4111 1111 1111 1111", "card [account 1] and [account 1]"),
        ("key sk-proj-abcdef123456 or password: hunter22", "key [key 1] or password: [key 2]"),
        ("SSN 078-05-1120", "SSN [id number 1]"),
        ("we sit at 12 Mill Lane.", "we sit at [street 1]."),
        ("Kastanienallee 12, Berlin", "[street 1], Berlin"),
        ("born on 3 May 1988", "born on [date of birth 1]"),
        ("ask <@U0123ABC> or @kim", "ask [mention 1] or [mention 2]"),
        ("My name is Ada Lovelace. Ask Ada.", "My name is [person 1]. Ask [person 1]."),
        ("Dr. Brandt-Meyer reviews it", "Dr. [person 1] reviews it"),
        ("Rui, our backend guy; the lead is Priya.", "[person 1], our backend guy; the lead is [person 2]."),
        ("as Marta Kowalska said, Kowalska's code", "as [person 1] said, [person 1]'s code"),
        ("We are Acme GmbH. Acme sells pumps.", "We are [firm 1]. [firm 1] sells pumps."),
        ("at Foo Inc. the data is clean", "at [firm 1] the data is clean"),
        ("We're Northgate, a logistics startup", "We're [firm 1], a logistics startup"),
        ("a company called Blue Heron", "a company called [firm 1]"),
    ],
)  # fmt: skip
def test_what_is_private_is_replaced(text: str, clean: str) -> None:
    assert without(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "Budget $60k to 120,000 EUR, 1 200 000 rows, 40 000 000 tokens a day",
        "by 14 March 2027 or 2027-03-14, in 10-12 weeks, 500 000 000 events",
        "We want GPT on Azure OpenAI in Eastern Europe, Python and Power BI, HIPAA and SOC 2",
        "I'm CTO. We are Series A in Germany. May we start in May? Node.js and README.md",
        "Our CTO reviews it; the engineer is senior. We're German, a team of 12 in New York.",
        "an AI engineer from Poland at $150 an hour, 3.5 million pages",
    ],
)
def test_what_decides_stays(text: str) -> None:
    assert without(text) == text


def test_a_name_has_one_placeholder_in_all_texts() -> None:
    texts = ("Ask Jo.", "my name is Ada Lovelace", "Lovelace & Jo")
    private = PrivateData(texts, ("Jo Bloggs",))
    assert [private.without(text) for text in texts] == [
        "Ask [person 1].",
        "my name is [person 2]",
        "[person 2] & [person 1]",
    ]
    assert private.replaced == {"person": 4}


def test_names_can_be_kept_and_nothing_else() -> None:
    text = "My name is Ada Lovelace of Acme GmbH, ada@acme.example"
    assert without(text, keep_names=True) == "My name is Ada Lovelace of Acme GmbH, [e-mail 1]"


def test_what_still_has_a_capital_is_listed_for_a_person() -> None:
    assert left_over(["Then we told Zed. Nothing else, says Python.", "[person 1] asked for Kestrel"]) == [
        "Zed",
        "Kestrel",
    ]


@pytest.fixture
def advisor(prepared_home: Path, tmp_path: Path, model_cache: Path) -> Iterator[Advisor]:
    home = tmp_path / "home"
    shutil.copytree(prepared_home, home)
    settings = load_settings(home=home, model_cache=model_cache, model="none")
    with Advisor.open(settings, today=lambda: TODAY) as opened:
        yield opened


def test_a_real_conversation_becomes_a_case_that_is_added_and_held(advisor: Advisor, tmp_path: Path) -> None:
    for message in TOLD:
        advisor.reply_sync("for real", message, by="Ada Lovelace")
    memo = advisor.memo("for real")
    made = exported(advisor.turns("for real"), memo)
    assert memo is not None

    line = json.dumps(made.case, ensure_ascii=False)
    assert not [word for word in PRIVATE if word in line.casefold()], line
    assert made.replaced["person"] >= 2
    assert made.left_out == 1, "thanks after the memo"
    facts = made.case["facts"]
    assert isinstance(facts, dict)
    assert facts["data_readiness"] == {"value": "ready", "answer": "Data is clean, [person 2] looked at it"}
    assert [key for key, fact in facts.items() if fact == {"value": None, "answer": "blorp fizz"}]
    assert facts["timeline_days"]["value"] == {"min": 140, "max": 140}
    assert facts["budget_usd"]["value"]["max"] == 60_000
    assert made.case["changes"] == [
        {
            "utterance": "Correction: it's 20 weeks, the board of [firm 1] moved it.",
            "before": {"timeline_days": {"value": {"min": 70, "max": 70}, "answer": "we have ten weeks"}},
            "sets": {"timeline_days": {"min": 140, "max": 140}},
        }
    ]
    assert {"after": 2, "say": "why do you ask?"} in made.case["interjections"]
    assert made.case["gold"] is None
    first = memo.recommendation.first
    assert {"role": first.role, "engagement": first.engagement}.items() <= made.case["given"].items()

    # What evals/ADDING_CASES.md tells: fill in `gold`, append, hold.
    cases = tmp_path / "dialogues.jsonl"
    shutil.copy(dialogues.HERE / "dev.jsonl", cases)
    before = dialogues.load(str(cases))
    gold = {
        "roles_ok": [first.role],
        "engagement_ok": [first.engagement],
        "roles_wrong": [],
        "engagement_wrong": [],
    }
    with cases.open("a", encoding="utf-8") as file:
        file.write(json.dumps(made.case | {"gold": gold}, ensure_ascii=False) + "\n")
    added = dialogues.load(str(cases))
    assert added[:-1] == before
    held = dialogues.hold(advisor, added[-1])
    assert held.case == made.case["id"]
    assert held.score == 1.0, "the same said again gets the same first move"
    assert held.misread == []
    said = [text for who, text in held.transcript if who == "user"]
    assert said[0] == made.case["opening"]
    assert made.case["changes"][0]["utterance"] in said
    assert "why do you ask?" in said


def test_a_contradiction_is_exported_with_what_was_said_to_it(advisor: Advisor) -> None:
    case = next(case for case in dialogues.load("dev") if case.get("contradiction"))
    held = dialogues.hold(advisor, case)
    thread = next(name for name in advisor.threads() if case["id"] in name)
    made = exported(advisor.turns(thread), advisor.memo(thread))
    assert held.clash_named == ("contradiction" in made.case)
    if held.clash_named:
        assert made.case["contradiction"]["if_challenged"] == case["contradiction"]["if_challenged"]


def test_nothing_said_is_no_case_and_an_unknown_thread_is_told(advisor: Advisor) -> None:
    with pytest.raises(InputError, match="no message with a reply"):
        exported((), None)
    with pytest.raises(UnknownThread):
        advisor.turns("never begun")


def test_the_command_prints_a_line_writes_a_file_and_says_what_it_replaced(
    command: Command, tmp_path: Path
) -> None:
    command("ask", f"{TOLD[0]} Kestrel and so on.", "--thread", "one")
    printed = command("export-case", "one")
    assert printed.returncode == 0
    assert printed.stdout.count("\n") == 1
    case = json.loads(printed.stdout)
    assert "[person 1]" in case["opening"]
    assert case["given"] is None, "there is no memo yet"
    assert "1 × e-mail" in printed.stderr
    assert "1 × firm" in printed.stderr
    assert "ADDING_CASES" in printed.stderr
    assert "lovelace" not in (printed.stdout + printed.stderr).casefold()

    assert json.loads(command("export-case", "one", "--json").stdout) == case
    assert command("export-case", "one", "-o", "case.jsonl").stdout == "case.jsonl written.\n"
    assert dialogues.load(str(tmp_path / "case.jsonl")) == [case]
    told = json.loads(command("export-case", "one", "-o", "case.jsonl", "--json").stdout)
    assert told["replaced"]["e-mail"] == 1
    assert "Ada Lovelace" in command("export-case", "one", "--keep-names").stdout

    unknown = command("export-case", "never-begun")
    assert (unknown.returncode, unknown.stdout, unknown.stderr.count("\n")) == (1, "", 1)
    assert "no conversation called 'never-begun'" in unknown.stderr
