"""Whole conversations with simulated users, without a language model, until the memo.

    python -m evals.dialogues [dev|more|test|FILE.jsonl ...] [--failures] [--json FILE]

A user sends an opening, then answers each question from what is true of the case, in words of his own.
Some change their mind, contradict themselves, ask back, evade or lose patience. Counted: whether the first
move is one that the case's author accepts (half where it is neither accepted nor wrong), how many questions
were asked, whether one was asked twice or in spite of being answered before, how many of the contradictions
were named, and whether what a user said last is what the memo rests on. The authors of `dialogues/dev.jsonl`
and `test.jsonl` knew neither the playbook nor each other; nothing is tuned on the test half. `more.jsonl` is
ours: the kinds of users that are rare in dev.
"""

import argparse
import datetime as dt
import json
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from advisor.assembly import Advisor
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.facts import Fact
from advisor.domain.memo import Memo
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import ENUMERATED
from advisor.settings import load_settings
from evals.product import Product
from evals.results import Profile
from evals.understanding import agrees

HERE = Path(__file__).parent / "dialogues"
TODAY = dt.date(2026, 11, 20)
MOST_TURNS = 30
CHANGES_AFTER = 3
"""Answers after which a user who will change his mind does, if the fact did not come up before."""
SETS = ("dev", "more", "test")
OPEN_SETS, CLOSED_SET = ("dev", "more"), "test"
FAST = {
    "dev": (2, 6, 8, 10, 11, 16, 17, 22, 26, 35, 40, 46, 51, 53),
    "more": (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14),
}
"""The numbers of the cases of the fast profile: every kind of user and of first move among them."""


@dataclass
class Held:
    """How one conversation went.

    `asked`: the fact of each question in order, one that stays open over a side question once. `repeated`:
    those asked for a second time, `known`: those asked for although they were stated, in both cases without
    a contradiction of the case's that could be the reason. `clash_named`: whether the advisor asked about
    what the user contradicted, None where there was nothing. `taken` and `not_taken`: facts that the user
    corrected, by whether the last word is what holds in the end. `seconds`: of each turn.
    """

    case: str
    kinds: tuple[str, ...] = ()
    role: str = "none"
    engagement: str = "none"
    score: float = 0.0
    asked: list[str] = field(default_factory=list[str])
    repeated: list[str] = field(default_factory=list[str])
    known: list[str] = field(default_factory=list[str])
    clash_named: bool | None = None
    taken: list[str] = field(default_factory=list[str])
    not_taken: list[str] = field(default_factory=list[str])
    mentioned: float | None = None
    misread: list[str] = field(default_factory=list[str])
    unread: list[str] = field(default_factory=list[str])
    transcript: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    replies: list[Reply] = field(default_factory=list[Reply])
    seconds: list[float] = field(default_factory=list[float])

    @property
    def memo(self) -> Memo | None:
        """The last memo."""
        return next((reply.memo for reply in reversed(self.replies) if reply.memo is not None), None)


_HELD: WeakKeyDictionary[Product, dict[str, Held]] = WeakKeyDictionary()


def conversations(product: Product, profile: Profile) -> Sequence[Held]:
    """The conversations of a profile, each held once with a product; every reply with its memo is in them."""
    return [held_once(product, case) for case in cases_of(profile)]


def held_once(product: Product, case: Mapping[str, Any]) -> Held:
    """The conversation of a case with a product, held the first time it is asked for."""
    known = _HELD.setdefault(product, {})
    if case["id"] not in known:
        known[case["id"]] = hold(product.advisor, case)
    return known[case["id"]]


def cases_of(profile: Profile) -> list[dict[str, Any]]:
    """The cases of a profile; none of the closed half."""
    cases: list[dict[str, Any]] = []
    for name in OPEN_SETS:
        chosen = {f"{name}-{number:03}" for number in FAST[name]}
        cases += [case for case in load(name) if profile == "full" or case["id"] in chosen]
    return cases


class User:
    """One simulated user: what to say next to a reply."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self._facts: Mapping[str, Any] = case["facts"]
        self._changes = changes_of(case)
        self._clash: Mapping[str, Any] | None = case.get("contradiction")
        self._interjections = {one["after"]: one["say"] for one in case.get("interjections") or ()}
        self._answers = 0
        self.clash_named = False
        self.interjected = False
        """Whether the last message was no answer."""
        self.settled: dict[str, Any] = {}
        """What holds by the user's later words: fact → value."""

    def answer(self, reply: Reply) -> str:
        """The next message, in reply to a question."""
        question = reply.question
        self.interjected = False
        if question is None:
            return "Just tell me what to do."
        if self._clash is not None and not self.clash_named and challenges(reply, self._clash):
            self.clash_named = True
            self.settled |= self._clash.get("sets", {})
            return str(self._clash["if_challenged"])
        interjection = self._interjections.pop(self._answers + 1, None)
        if interjection is not None:
            self.interjected = True
            return str(interjection)
        self._answers += 1
        for change in list(self._changes):
            if change.get("after_memo"):
                continue
            before = change.get("before", {})
            if question.fact in before and self._answers < CHANGES_AFTER:
                return str(before[question.fact]["answer"])
            if question.fact in before or self._answers >= CHANGES_AFTER:
                return self._changed(change)
        known = self._facts.get(question.fact)
        return str(known["answer"]) if known else "I don't know."

    def last_word(self) -> str | None:
        """What he would still say when the memo comes before he changed his mind."""
        return self._changed(self._changes[0]) if self._changes else None

    def _changed(self, change: Mapping[str, Any]) -> str:
        self._changes.remove(change)
        self.settled |= change["sets"]
        return str(change["utterance"])


def changes_of(case: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The changes of mind of a case's user."""
    changes = case.get("changes") or []
    return [changes] if isinstance(changes, Mapping) else list(changes)


def stated(fact: Fact | None) -> bool:
    """Whether the user said it: not unknown, and no guess of the reader's, which may be asked about."""
    return fact is not None and fact.status == "stated" and fact.sure != "guessed"


def challenges(reply: Reply, clash: Mapping[str, Any]) -> bool:
    """Whether a reply asks about a contradiction: for one of its facts, although that was stated.

    Nothing else makes the advisor ask for what it was told, whatever the words that it uses.
    """
    question = reply.question
    if question is None or question.fact not in {*clash["between"], *clash.get("sets", {})}:
        return False
    return stated(reply.facts.get(question.fact))


def hold(advisor: AdvisorCore, case: Mapping[str, Any]) -> Held:
    """One whole conversation."""
    held, user, thread = Held(case["id"], kinds_of(case)), User(case), f"dialogue {case['id']}"
    message = str(case["opening"])
    open_fact: str | None = None
    for _ in range(MOST_TURNS):
        begun = time.perf_counter()
        reply = advisor.reply_sync(thread, message, today=TODAY)
        held.seconds.append(time.perf_counter() - begun)
        held.transcript += [("user", message), ("advisor", reply.text)]
        held.replies.append(reply)
        if reply.memo is not None:
            message = user.last_word() or ""
            if not message:
                break
            continue
        if held.memo is not None and reply.question is None:
            break
        fact = reply.question.fact if reply.question is not None else None
        # A question stays open over a side question, also over an answer that was taken for one.
        still_open = fact == open_fact and (user.interjected or reply.kind == "answer")
        if fact is not None and not still_open:
            _count(held, fact, reply, case)
        open_fact = fact
        message = user.answer(reply)
    _finish(held, user, case)
    return held


def _count(held: Held, fact: str, reply: Reply, case: Mapping[str, Any]) -> None:
    """Enters a question, and whether it should not have been asked."""
    disputable = fact in _disputable(case)
    if fact in held.asked and not (disputable and held.asked.count(fact) == 1):
        held.repeated.append(fact)
    if stated(reply.facts.get(fact)) and not disputable:  # pyright: ignore[reportArgumentType]
        held.known.append(fact)
    held.asked.append(fact)


def _disputable(case: Mapping[str, Any]) -> set[str]:
    """The facts of which the user says two things, so that asking again may be right."""
    clash = case.get("contradiction") or {}
    facts = {*clash.get("between", ()), *clash.get("sets", ())}
    return facts.union(*(change["sets"] for change in changes_of(case)))


def _finish(held: Held, user: User, case: Mapping[str, Any]) -> None:
    """What came of it in the end."""
    memo, last = held.memo, held.replies[-1]
    if memo is not None:
        first = memo.recommendation.first
        held.role, held.engagement = first.role, first.engagement
        held.score = graded(first.role, first.engagement, case["gold"])
        if case.get("must_mention"):
            held.mentioned = mentioned(memo.text, case["must_mention"])
    held.misread, held.unread = compared(last, case, held.asked)
    if case.get("contradiction"):
        held.clash_named = user.clash_named
    for key, want in user.settled.items():
        fact = last.facts.get(key)  # pyright: ignore[reportArgumentType]
        got = None if fact is None or fact.status != "stated" else fact.value
        (held.taken if agrees(key, got, want) else held.not_taken).append(key)


def kinds_of(case: Mapping[str, Any]) -> tuple[str, ...]:
    """What sort of user speaks: answering, dodging, correcting, contradicting, asking back, impatient …"""
    if case.get("kind"):
        return (case["kind"],)
    kinds: list[str] = []
    if sum(one["value"] in (None, "unknown") for one in case["facts"].values()) >= DODGES:
        kinds.append("dodging")
    kinds += [
        kind
        for name, kind in (
            ("changes", "correcting"),
            ("contradiction", "contradicting"),
            ("interjections", "asking back"),
        )
        if case.get(name)
    ]
    return tuple(kinds) or ("answering",)


DODGES = 3
"""Answers without content from which a user is said to dodge."""


def compared(reply: Reply, case: Mapping[str, Any], asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Enumerated facts held against what is true of the case, and those asked for and not understood."""
    truth: dict[str, Any] = {key: one["value"] for key, one in case["facts"].items()}
    for told in (*changes_of(case), case.get("contradiction") or {}):
        truth |= told.get("sets") or {}
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
    ideas = [one.mentioned for one in results if one.mentioned is not None]
    taken = sum(len(one.taken) for one in results)
    corrected = taken + sum(len(one.not_taken) for one in results)
    asked = Counter(fact for one in results for fact in one.asked)
    return "\n".join(
        (
            f"{name}: {len(results)} conversations",
            f"  right first move        {right} ({wrong} wrong, {len(results) - right - wrong} in between)",
            f"  questions               mean {statistics.mean(questions):.1f}, most {max(questions)}",
            f"  a question repeated     in {repeated}",
            f"  a known fact asked for  in {sum(1 for one in results if one.known)}",
            f"  contradictions named    {named} of {len(clashes)}",
            f"  corrections taken       {taken} of {corrected}",
            f"  facts misread           {sum(len(one.misread) for one in results)}",
            f"  answers not understood  {sum(len(one.unread) for one in results)}",
            f"  wanted ideas mentioned  {statistics.mean(ideas) if ideas else 1.0:.2f}",
            "  asked for               " + ", ".join(f"{key} {n}" for key, n in asked.most_common()),
        )
    )


def plain(held: Held) -> dict[str, Any]:
    """What came of a conversation as JSON, without the replies themselves."""
    return {name: value for name, value in held.__dict__.items() if name != "replies"}


def load(name: str) -> list[dict[str, Any]]:
    """The cases of a half, or of a file."""
    path = HERE / f"{name}.jsonl" if name in SETS else Path(name)
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
                kept[name] = [plain(one) for one in results]
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
