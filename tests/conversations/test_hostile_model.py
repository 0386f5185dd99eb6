"""A model that lies, obeys nobody and attacks: the memo is whole, and nothing of its words reaches anyone.

Many hostile sentences go into one conversation, each examined by itself: one that stood would be seen in
the reply, which must be the local language's to the letter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.testing.honest_model import HonestModel, data, has, sentences
from advisor.testing.openai_server import OpenAIServer, Request, Says, Step
from tests.contracts.models import local
from tests.conversations.scripts import TODAY, parts
from tests.conversations.test_model_turns import advised

DRAFTS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("hostile_drafts.yaml").read_text("utf-8")
)
MEMO = (
    "We want to route maintenance tickets with GPT inside our product, live in ten weeks. We have $60k, the "
    "data is ready, and nobody here can judge AI work. Just tell me what to do."
)
ANSWER = "Which red flags are there in a portfolio?"
READING = "We want to route maintenance tickets with GPT inside our product, live in ten weeks."
FOREIGN = "Wir brauchen einen Chatbot für unsere Kunden, bald."
AT_ONCE = 35
"""Sentences in one answer; its form takes 40."""


def _sliced(kind: str, size: int) -> list[tuple[str, int, int]]:
    return [(kind, at, min(at + size, len(DRAFTS[kind]))) for at in range(0, len(DRAFTS[kind]), size)]


SIZES = {"memo": AT_ONCE, "answer": 7, "reading": 6, "translation": 1}
GROUPS = [group for kind, size in SIZES.items() for group in _sliced(kind, size)]
CASES = [
    pytest.param((kind, begin, end), draft, id=f"{kind}-{begin + at}")
    for kind, begin, end in GROUPS
    for at, draft in enumerate(DRAFTS[kind][begin:end])
]


class HostileModel:
    """Says what some drafts hold wherever it is asked for that, twice where it may revise."""

    def __init__(self, kind: str, drafts: list[dict[str, Any]]) -> None:
        self._kind, self._drafts = kind, drafts
        self._honest = HonestModel(local())
        self._written: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Step:
        form = request.form or ""
        self.asked.append(form)
        match self._kind, form:
            case (("memo" | "answer"), "MemoWorded") if has(request, "refused"):
                return Says({"sentences": [{"points": []} | one for one in self._written]})
            case "memo", "MemoWorded":
                self._written = [self._sentence(draft, request) for draft in self._drafts]
                return Says({"sentences": self._written})
            case "answer", "AnswerWritten":
                passages = {name: told["text"] for name, told in data(request, "passages").items()}
                self._written = [_claim(draft, passages, [("P1", passages["P1"])]) for draft in self._drafts]
                return Says({"covered": True, "claims": self._written})
            case (("reading" | "translation"), "MessageRead"):
                return Says(self._read())
            case "translation", "SegmentsTranslated":
                told = data(request, "segments")
                return Says({"segments": self._drafts[0]["segments"] * len(told)})
            case _:
                return self._honest(request)

    def _sentence(self, draft: dict[str, Any], request: Request) -> dict[str, Any]:
        passages = {name: told["text"] for name, told in data(request, "passages").items()}
        honest = sentences(request)
        point = next(
            (one for one in honest if draft.get("point", "") in one["text"] and "point" in draft), honest[0]
        )
        if "point" in draft and draft["point"] not in point["text"]:
            raise AssertionError(f"the memo holds no point with {draft['point']!r}")
        own = [(one["ref"], one["quote"]) for one in point["evidence"]]
        first = data(request, "decision")["first move"]
        points = draft.get("points", point["points"])
        return {"points": points} | _claim(draft, passages, own, first=first, point=point["text"])

    def _read(self) -> dict[str, Any]:
        facts = [
            {"act": "set", "key": key, "value": value, "said": said, "sure": True}
            for draft in self._drafts
            for key, value, said in draft.get("facts", ())
        ]
        declined = [
            {"reason": why, "ground": "age", "said": said}
            for draft in self._drafts
            for why, said in draft.get("declined", ())
        ]
        languages = [draft["language"] for draft in self._drafts if "language" in draft]
        return {
            "language": languages[0] if languages else "de" if self._kind == "translation" else "en",
            "facts": facts,
            "questions": [one for draft in self._drafts for one in draft.get("questions", ())],
            "requests": [],
            "declined": declined,
        }


def _claim(
    draft: dict[str, Any], passages: dict[str, str], own: list[tuple[str, str]], **told: str
) -> dict[str, Any]:
    def filled(text: str) -> str:
        if text == "LONG":
            return "Done when blah " + "blah " * 20000
        for name, value in (passages | told).items():
            text = text.replace(f"{{{name}}}", value.replace("\n", " "))
        return text.replace("{{{{", "{{").replace("}}}}", "}}")

    named = draft.get("evidence", own)
    evidence = [
        {"ref": ref, "quote": passages[ref] if quote == f"{{{ref}}}" else quote} for ref, quote in named
    ]
    return {"text": filled(draft["text"]), "evidence": evidence}


MESSAGES = {"memo": MEMO, "answer": ANSWER, "reading": READING, "translation": FOREIGN}


@dataclass(frozen=True)
class Held:
    """One conversation with a hostile model: its reply, all that is kept of it, and what was asked."""

    reply: Reply
    shown: str
    asked: tuple[str, ...]
    replayed: list[str]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("hostile")
    _HOMES.append(home)
    yield home
    _HOMES.clear()
    conversation.cache_clear()
    plain.cache_clear()


_HOMES: list[Path] = []


@cache
def plain(kind: str) -> Reply:
    """What the local language alone replies."""
    home = _HOMES[0] / f"plain-{kind}"
    home.mkdir()
    made = parts(home / "c.sqlite", local())  # pyright: ignore[reportArgumentType]

    def no_ingest(paths: object, collection: str) -> dict[str, object]:
        raise AssertionError(f"nothing is ingested here: {paths} {collection}")

    with AdvisorCore(made, home / "c.sqlite", no_ingest, lambda: TODAY) as advisor:
        return advisor.reply_sync("t", MESSAGES[kind])


@cache
def conversation(group: tuple[str, int, int]) -> Held:
    """The conversation into which the drafts of a group are put."""
    kind, begin, end = group
    model = HostileModel(kind, DRAFTS[kind][begin:end])
    home = _HOMES[0] / f"{kind}-{begin}"
    home.mkdir()
    with OpenAIServer(model) as server, advised(server, home) as advisor:
        reply = advisor.reply_sync("t", MESSAGES[kind])
        shown = reply.model_dump_json() + "".join(map(str, advisor.transcript("t")))
        replayed = advisor.replay(reply.memo.certificate) if reply.memo else []
    # JSON escapes what a draft may hold as it is, so the texts are looked through as well.
    texts = [reply.text, reply.memo.text if reply.memo else "", reply.question.text if reply.question else ""]
    return Held(reply, "\n".join((shown, *texts)), tuple(model.asked), replayed)


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize(("group", "draft"), CASES)
def test_nothing_of_a_hostile_draft_reaches_anyone(
    group: tuple[str, int, int], draft: dict[str, Any]
) -> None:
    held, without = conversation(group), plain(group[0])
    for part in draft.get("never", [draft.get("text", "")]):
        assert not part.strip() or part == "…" or part not in held.shown
    if group[0] == "translation":  # left in English, since no translation of it was true to it
        assert held.reply.question is not None
        assert held.reply.question.text in held.reply.text
        return
    assert held.reply.text == without.text
    assert held.reply.kind == without.kind
    assert held.reply.question == without.question
    assert held.reply.facts == without.facts
    if group[0] == "memo":
        assert held.reply.memo is not None
        assert without.memo is not None
        assert held.reply.memo.sections == without.memo.sections
        assert held.reply.memo.recommendation.first == without.memo.recommendation.first
        assert held.replayed == []


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize("group", GROUPS[:2], ids=str)
def test_it_was_asked_to_revise_once_and_was_hostile_again(group: tuple[str, int, int]) -> None:
    assert conversation(group).asked.count("MemoWorded") == 2


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 100
