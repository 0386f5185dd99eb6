"""Claims known to be right or wrong, frozen with everything they may rest on.

Frozen so that nothing of the product decides what the verifier is asked: a lexicon without a word would
else make no claim that needs the word. `evals.grounding.freeze` writes the two files anew.
"""

import datetime as dt
import json
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from advisor.domain.evidence import Locator, Passage
from advisor.domain.memo import Claim
from advisor.policy.grounding import Fault, Grounds, Verifier

FOLDER = Path(__file__).parent / "checked"
CLAIMS, GROUNDS = FOLDER / "claims.jsonl", FOLDER / "grounds.json"
RIGHT = "right"
"""The kind of a claim that has to pass. Every other kind has to be refused."""

_GROUNDS = TypeAdapter(dict[str, Grounds])


class Checked(BaseModel):
    """One claim: its group, the kind of change that made it wrong, the grounds it is checked against.

    Those are named, or else the one `passage` with this text. `points` are the plain claims that it stands
    for; `worded`: a model worded it, so that it is checked as a wording.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    group: str
    kind: str
    grounds: str = ""
    passage: str = ""
    claim: Claim
    points: tuple[Claim, ...] = ()
    worded: bool = False

    @property
    def shown(self) -> str:
        """The claim as a reason shows it: with its quotes where those were changed."""
        quotes = [f"“{one.quote}”" for one in self.claim.evidence if one.kind == "passage"]
        quoted = "quote" in self.kind or "citation" in self.kind
        return f"{self.claim.text} (rests on {', '.join(quotes)})" if quoted else self.claim.text


@cache
def load_checked(path: Path = CLAIMS) -> tuple[Checked, ...]:
    """All claims, in the file's order. Raises ValueError for one that is not as declared."""
    lines = path.read_text("utf-8").splitlines()
    found = tuple(Checked.model_validate_json(line) for line in lines if line.strip())
    if len({one.id for one in found}) < len(found):
        raise ValueError(f"{path} holds two claims with one id")
    return found


@cache
def load_grounds(path: Path = GROUNDS) -> Mapping[str, Grounds]:
    """What the claims may rest on, by name."""
    return _GROUNDS.validate_json(path.read_bytes())


def write_checked(claims: Sequence[Checked], grounds: Mapping[str, Grounds]) -> None:
    """Writes both files, and reads them again. Raises ValueError when they do not hold what was given."""
    FOLDER.mkdir(exist_ok=True)
    lines = (json.dumps(_short(one), ensure_ascii=False, separators=(",", ":")) for one in claims)
    CLAIMS.write_text("\n".join(lines) + "\n", "utf-8")
    told = json.loads(_GROUNDS.dump_json(dict(grounds)))
    GROUNDS.write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", "utf-8")
    load_checked.cache_clear()
    load_grounds.cache_clear()
    if load_checked() != tuple(claims) or dict(load_grounds()) != dict(grounds):
        raise ValueError(f"{FOLDER} holds something else than was written")


def _short(one: Checked) -> dict[str, JsonValue]:
    """A claim as JSON, without what is as declared."""
    told: dict[str, JsonValue] = one.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in told.items() if value not in ("", [], False)}


def faults(one: Checked, verifier: Verifier, grounds: Mapping[str, Grounds]) -> tuple[Fault, ...]:
    """What a verifier finds wrong with a claim; empty when it lets it stand."""
    held = grounds[one.grounds] if one.grounds else of_one(one.passage)
    if one.worded:
        return verifier.check_wording(one.claim, one.points, held)
    return verifier.check(one.claim, held)


def of_one(text: str) -> Grounds:
    """The grounds that are one passage of this text; no passage where there is none."""
    passage = Passage(
        id=passage_id(text),
        source_id="notes",
        text=f"Notes\n{text}",
        body=text,
        locator=Locator(path="notes.md", headings=("Notes", "Notes")),
        content_hash="",
    )
    return Grounds({passage.id: passage} if text else {}, {}, {}, None, dt.date(2026, 11, 20))


def passage_id(text: str) -> str:
    """The id of the one passage with this text."""
    return f"notes/notes/{zlib.crc32(text.encode())}"
