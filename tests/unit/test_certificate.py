"""A certificate as issued replays as identical; whatever was changed in it is named."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.assembly import builtin_corpus, builtin_rulebook
from advisor.policy.certificate import differences
from tests.conversations.scripts import SCRIPT, open_scripted

OPENING, HOSTED, _, _, WEEKS, *_ = SCRIPT
NOW = "Just tell me."


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with open_scripted(tmp_path_factory.mktemp("certificate") / "c.sqlite") as advisor:
        for message in (OPENING, HOSTED, WEEKS):
            advisor.reply_sync("t", message)
        memo = advisor.reply_sync("t", NOW).memo
    assert memo is not None
    return json.loads(json.dumps(memo.certificate))


def replay(certificate: dict[str, Any]) -> list[str]:
    return differences(certificate, builtin_rulebook(), builtin_corpus().hash)


def resealed(certificate: dict[str, Any]) -> dict[str, Any]:
    """The work of a forger who knows about the seals."""
    from advisor.policy import certificate as module

    body = {key: value for key, value in certificate.items() if key != "seals"}
    return {**body, "seals": module._seals(body)}  # pyright: ignore[reportPrivateUsage]


def change_fact(c: dict[str, Any]) -> None:
    c["facts"]["timeline_days"]["value"] = {"min": 300, "max": 300}


def change_words(c: dict[str, Any]) -> None:
    c["facts"]["workflow"]["said"] = "something nobody said"


def change_weight(c: dict[str, Any]) -> None:
    c["decision"]["rules_fired"][0]["weights"] = {"full_time": 80}


def change_first(c: dict[str, Any]) -> None:
    c["decision"]["first"]["id"] = "ai_engineer_full_time"


def change_quote(c: dict[str, Any]) -> None:
    for claim in c["claims"]:
        for evidence in claim["evidence"]:
            if evidence["kind"] == "passage":
                evidence["quote"] = "words that stand in no passage"
                return


def change_claim(c: dict[str, Any]) -> None:
    c["claims"][0]["text"] = "Hire ten people."


def change_margin(c: dict[str, Any]) -> None:
    c["decision"]["margin"] = 99


def change_date(c: dict[str, Any]) -> None:
    c["date"] = "2020-01-01"


def drop_rule(c: dict[str, Any]) -> None:
    del c["decision"]["rules_fired"][0]


def spoil_fact(c: dict[str, Any]) -> None:
    c["facts"]["timeline_days"]["value"] = {"min": 300, "max": 3}


def repeat_rule(c: dict[str, Any]) -> None:
    rules = c["decision"]["rules_fired"]
    rules.insert(0, {**rules[0], "weights": {"agency": 999}})


def turn_rules(c: dict[str, Any]) -> None:
    c["decision"]["rules_fired"].reverse()


def add_fact(c: dict[str, Any]) -> None:
    c["facts"]["core_ip"] = {
        "value": "yes",
        "said": "x",
        "message_id": "m1",
        "status": "stated",
        "sure": "sure",
    }


CHANGES: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (change_fact, "fact timeline_days"),
    (change_words, "fact workflow"),
    (change_weight, "rule arsum"),
    (change_first, "first"),
    (change_quote, "claim"),
    (change_claim, "claim 1"),
    (change_margin, "margin"),
    (change_date, "date"),
    (drop_rule, "rule arsum"),
    (repeat_rule, "rule arsum"),
    (turn_rules, "rules_fired"),
    (spoil_fact, "fact timeline_days"),
    (add_fact, "fact core_ip"),
]


def test_as_issued_it_is_identical(issued: dict[str, Any]) -> None:
    assert replay(issued) == []


@pytest.mark.parametrize(("change", "named"), CHANGES, ids=lambda c: getattr(c, "__name__", c))
def test_a_change_is_named(
    issued: dict[str, Any], change: Callable[[dict[str, Any]], None], named: str
) -> None:
    certificate = copy.deepcopy(issued)
    change(certificate)
    assert any(difference.startswith(named) for difference in replay(certificate))


@pytest.mark.parametrize(
    "change", [change_fact, change_weight, change_first, change_quote, change_margin, drop_rule]
)
def test_what_decides_is_found_even_behind_new_seals(
    issued: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    certificate = copy.deepcopy(issued)
    change(certificate)
    assert replay(resealed(certificate)) != []


def test_numbers_come_back_from_any_json_writer(issued: dict[str, Any]) -> None:
    def rewritten(entry: Any) -> Any:
        if isinstance(entry, float) and entry.is_integer():
            return int(entry)
        if isinstance(entry, dict):
            return {key: rewritten(one) for key, one in entry.items()}
        return [rewritten(one) for one in entry] if isinstance(entry, list) else entry

    assert replay(rewritten(issued)) == []


def test_another_playbook_or_corpus_is_named(issued: dict[str, Any]) -> None:
    certificate = resealed({**issued, "playbook": "0" * 64, "corpus": "1" * 64})
    found = replay(certificate)
    assert any(difference.startswith("playbook: issued with 000000000000") for difference in found)
    assert any(difference.startswith("corpus: issued with 111111111111") for difference in found)


def test_it_holds_no_path_and_no_history(issued: dict[str, Any], tmp_path: Path) -> None:
    text = json.dumps(issued)
    assert str(tmp_path.parent) not in text
    assert '"history":' not in text


@pytest.mark.parametrize("wrong", [{}, {"schema": "other/1"}, {"schema": "hiring-advisor-certificate/1"}])
def test_something_else_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        replay(wrong)
