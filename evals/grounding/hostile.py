"""A language model that lies: it offers what `hostile.yaml` holds wherever it is asked for that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from advisor.ports.language import Language
from advisor.testing.honest_model import HonestModel, data, has, sentences
from advisor.testing.openai_server import Request, Says, Step

FILE = Path(__file__).with_name("hostile.yaml")

Given = Literal["own", "other", "altered", "decision"] | tuple[tuple[str, str], ...]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    never: tuple[str, ...]


class Sentence(_Entry):
    """A sentence offered for a point of a memo, or as an answer, and what it pretends to rest on."""

    text: str
    section: str = ""
    nth: int = 0
    evidence: Given = "own"


class Read(_Entry):
    """What is pretended to have been read: (fact, value, words) and (reason, words)."""

    facts: tuple[tuple[str, str, str], ...] = ()
    declined: tuple[tuple[str, str], ...] = ()


class Translated(_Entry):
    """What stands in the place of each translated segment."""

    segments: str


class HostileDrafts(BaseModel):
    """All that the model offers, by what it is asked for, each under its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    memo: dict[str, Sentence]
    answer: dict[str, Sentence]
    reading: dict[str, Read]
    translation: dict[str, Translated]

    def of(self, kind: str) -> Mapping[str, _Entry]:
        """The drafts of one kind."""
        return getattr(self, kind)


KINDS = ("memo", "answer", "reading", "translation")


def load_hostile() -> HostileDrafts:
    """The drafts of the file."""
    return HostileDrafts.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


class HostileModel:
    """Offers all drafts of one kind at once, and again when it may revise; honest in everything else."""

    def __init__(self, kind: str, drafts: HostileDrafts, reader: Language) -> None:
        self._kind, self._drafts = kind, drafts
        self._honest = HonestModel(reader)
        self._offered: list[dict[str, Any]] = []

    def __call__(self, request: Request) -> Step:
        match self._kind, request.form:
            case (("memo" | "answer"), "MemoWorded") if has(request, "refused"):
                return Says({"sentences": [{"points": []} | one for one in self._offered]})
            case "memo", "MemoWorded":
                self._offered = [self._worded(one, request) for one in self._drafts.memo.values()]
                return Says({"sentences": self._offered})
            case "answer", "AnswerWritten":
                told = {name: one["text"] for name, one in data(request, "passages").items()}
                own = [{"ref": "P1", "quote": told["P1"].split("\n")[0]}]
                self._offered = [
                    {"text": one.text, "evidence": _given(one.evidence, own, own)}
                    for one in self._drafts.answer.values()
                ]
                return Says({"covered": True, "claims": self._offered})
            case "reading", "MessageRead":
                return Says(self._read("en"))
            case "translation", "MessageRead":
                return Says(_nothing_read("de"))
            case "translation", "SegmentsTranslated":
                (draft,) = self._drafts.translation.values()
                return Says({"segments": [draft.segments] * len(data(request, "segments"))})
            case _:
                return self._honest(request)

    def _worded(self, draft: Sentence, request: Request) -> dict[str, Any]:
        honest = sentences(request)
        among = [one for one in honest if one["points"][0].startswith(f"{draft.section}.")] or honest
        point, other = among[draft.nth % len(among)], among[(draft.nth + 1) % len(among)]
        first = data(request, "decision")["first move"]
        text = draft.text.replace("{text}", point["text"]).replace("{first}", first)
        evidence = _given(draft.evidence, point["evidence"], other["evidence"])
        return {"points": point["points"], "text": text, "evidence": evidence}

    def _read(self, language: str) -> dict[str, Any]:
        told = self._drafts.reading.values()
        facts = [
            {"act": "set", "key": key, "value": value, "said": said, "sure": True}
            for one in told
            for key, value, said in one.facts
        ]
        declined = [
            {"reason": reason, "ground": "age", "said": said} for one in told for reason, said in one.declined
        ]
        return _nothing_read(language) | {"facts": facts, "declined": declined}


def _nothing_read(language: str) -> dict[str, Any]:
    return {"language": language, "facts": [], "questions": [], "requests": [], "declined": []}


def _given(given: Given, own: list[dict[str, str]], other: list[dict[str, str]]) -> list[dict[str, str]]:
    match given:
        case "own":
            return own
        case "other":
            return other
        case "decision":
            return [{"ref": "decision", "quote": ""}]
        case "altered":
            return [{"ref": one["ref"], "quote": f"certainly {one['quote']}"} for one in own]
        case _:
            return [{"ref": ref, "quote": quote} for ref, quote in given]
