"""Whole conversations with simulated users, without a language model, until the memo.

    python -m evals.dialogues [dev|test|FILE.jsonl ...] [--failures] [--json FILE]

A user sends an opening, then answers each question from what is true of the case, in words of his own.
Some change their mind, contradict themselves, ask back or lose patience. Counted: whether the first move
is one that the case's author accepts (half where it is neither accepted nor wrong), how many questions
were asked, whether one was asked twice without a contradiction that was named, and how many of the
contradictions were named. The authors of `dialogues/dev.jsonl` and `test.jsonl` knew neither the playbook
nor each other; nothing is tuned on the test half.
"""

import argparse
import datetime as dt
import json
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advisor.assembly import Advisor
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import ENUMERATED
from advisor.settings import load_settings

HERE = Path(__file__).parent / "dialogues"
TODAY = dt.date(2026, 11, 20)
MOST_TURNS = 30
CHANGES_AFTER = 3
"""Answers after which a user who will change his mind does, if the fact did not come up before."""


@dataclass
class Held:
    """How one conversation went."""

    case: str
    role: str = "none"
    engagement: str = "none"
    score: float = 0.0
    asked: list[str] = field(default_factory=list[str])
    repeated: list[str] = field(default_factory=list[str])
    clash_named: bool | None = None
    mentioned: float = 1.0
    misread: list[str] = field(default_factory=list[str])
    unread: list[str] = field(default_factory=list[str])
    transcript: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class User:
    """One simulated user: what to say next to a reply."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self._facts: Mapping[str, Any] = case["facts"]
        changes = case.get("changes") or []
        self._changes: list[Mapping[str, Any]] = [changes] if isinstance(changes, Mapping) else list(changes)
        self._clash: Mapping[str, Any] | None = case.get("contradiction")
        self._clash_met = False
        self._interjections = {one["after"]: one["say"] for one in case.get("interjections") or ()}
        self._answers = 0
        self.clash_named = False

    def answer(self, reply: Reply) -> str:
        """The next message, in reply to a question."""
        question = reply.question
        if question is None:
            return "Just tell me what to do."
        if self._clash is not None and "do not fit together" in reply.text and not self._clash_met:
            self._clash_met = self.clash_named = True
            return str(self._clash["if_challenged"])
        interjection = self._interjections.pop(self._answers + 1, None)
        if interjection is not None:
            return str(interjection)
        self._answers += 1
        for change in list(self._changes):
            before = change.get("before", {})
            if question.fact in before and self._answers < CHANGES_AFTER:
                return str(before[question.fact]["answer"])
            if question.fact in before or self._answers >= CHANGES_AFTER:
                self._changes.remove(change)
                return str(change["utterance"])
        known = self._facts.get(question.fact)
        return str(known["answer"]) if known else "I don't know."

    def last_word(self) -> str | None:
        """What he would still say when the memo comes before he changed his mind."""
        return str(self._changes.pop(0)["utterance"]) if self._changes else None


def hold(advisor: AdvisorCore, case: Mapping[str, Any]) -> Held:
    """One whole conversation."""
    held, user, thread = Held(case["id"]), User(case), str(case["id"])
    message = str(case["opening"])
    memo, last = None, None
    for _ in range(MOST_TURNS):
        reply = advisor.reply_sync(thread, message, today=TODAY)
        held.transcript += [("user", message), ("advisor", reply.text)]
        last = reply
        if reply.memo is not None:
            memo = reply.memo
            message = user.last_word() or ""
            if not message:
                break
            continue
        if memo is not None and reply.question is None:
            break
        question = reply.question
        if question is not None and reply.kind == "question":
            if question.fact in held.asked:
                held.repeated.append(question.fact)
            held.asked.append(question.fact)
        message = user.answer(reply)
    if memo is not None:
        first = memo.recommendation.first
        held.role, held.engagement = first.role, first.engagement
        held.score = graded(first.role, first.engagement, case["gold"])
        held.mentioned = mentioned(memo.text, case.get("must_mention") or ())
    if last is not None:
        held.misread, held.unread = compared(last, case, held.asked)
    if case.get("contradiction"):
        held.clash_named = user.clash_named
    if user.clash_named and held.repeated:
        held.repeated.pop()  # asked again to clear up what was named
    return held


def compared(reply: Reply, case: Mapping[str, Any], asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Enumerated facts held against what is true of the case, and those asked for and not understood."""
    truth: dict[str, Any] = {key: one["value"] for key, one in case["facts"].items()}
    for told in (*(case.get("changes") or ()), case.get("contradiction") or {}):
        truth |= told.get("sets") or told.get("resolves") or {}
    misread: list[str] = []
    unread: list[str] = []
    for key, want in truth.items():
        if key not in ENUMERATED:
            continue
        fact = reply.facts.get(key)  # pyright: ignore[reportArgumentType]
        got = fact.value if fact is not None and fact.status == "stated" else None
        got = got.get("value") if isinstance(got, dict) else got
        want = want.get("value") if isinstance(want, dict) else want
        if got is not None and got != want:
            misread.append(f"{key}={got} for {want}: {fact.said if fact else ''}")
        elif got is None and key in asked and want not in (None, "unknown"):
            unread.append(f"{key}={want}: {case['facts'][key]['answer']}")
    return misread, unread


def graded(role: str, engagement: str, gold: Mapping[str, Sequence[str]]) -> float:
    """1 where both are accepted, 0 where one is wrong, else a half."""
    if role in gold["roles_wrong"] or engagement in gold["engagement_wrong"]:
        return 0.0
    return 1.0 if role in gold["roles_ok"] and engagement in gold["engagement_ok"] else 0.5


def mentioned(text: str, groups: Iterable[Sequence[str]]) -> float:
    """Share of the wanted ideas that the memo mentions; an idea is met by any of its patterns."""
    met = [any(re.search(one, text, re.IGNORECASE) for one in group) for group in groups]
    return sum(met) / len(met) if met else 1.0


def table(name: str, results: Sequence[Held]) -> str:
    """What came of it, in lines."""
    right = sum(1 for one in results if one.score == 1.0)
    wrong = sum(1 for one in results if one.score == 0.0)
    questions = [len(one.asked) for one in results]
    clashes = [one for one in results if one.clash_named is not None]
    repeated = sum(1 for one in results if one.repeated)
    named = sum(1 for one in clashes if one.clash_named)
    asked = Counter(fact for one in results for fact in one.asked)
    return "\n".join(
        (
            f"{name}: {len(results)} conversations",
            f"  right first move        {right} ({wrong} wrong, {len(results) - right - wrong} in between)",
            f"  questions               mean {statistics.mean(questions):.1f}, most {max(questions)}",
            f"  a question repeated     in {repeated}",
            f"  contradictions named    {named} of {len(clashes)}",
            f"  facts misread           {sum(len(one.misread) for one in results)}",
            f"  answers not understood  {sum(len(one.unread) for one in results)}",
            f"  wanted ideas mentioned  {statistics.mean(one.mentioned for one in results):.2f}",
            "  asked for               " + ", ".join(f"{key} {n}" for key, n in asked.most_common()),
        )
    )


def load(name: str) -> list[dict[str, Any]]:
    """The cases of a half, or of a file."""
    path = HERE / f"{name}.jsonl" if name in ("dev", "test") else Path(name)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["dev", "test"])
    parser.add_argument("--failures", action="store_true", help="list those not right")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--models", type=Path, default=Path(".cache/models"))
    options = parser.parse_args()
    kept: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), model_cache=options.models.resolve(), model="none")
        with Advisor.open(settings) as advisor:
            for name in options.sets:
                cases = load(name)
                results = [hold(advisor, case) for case in cases]
                print(table(name, results))
                kept[name] = [one.__dict__ for one in results]
                for one, case in zip(results, cases, strict=True):
                    if options.failures and (one.score < 1 or one.repeated):
                        gold = case["gold"]
                        print(
                            f"  {one.case}: {one.role}/{one.engagement} {one.score}; asked {len(one.asked)}"
                            f"; wants {gold['roles_ok']} {gold['engagement_ok']}; repeated {one.repeated}"
                        )
                        print(
                            "".join(f"      misread {told}\n" for told in one.misread)
                            + "".join(f"      unread {told}\n" for told in one.unread),
                            end="",
                        )
    if options.json:
        options.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
