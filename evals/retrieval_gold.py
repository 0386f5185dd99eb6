"""Which passages found are the gold ones, told by what they hold and not by their names.

`retrieval/gold.jsonl` keeps the text of every gold passage as it was when its questions were written. A
passage found counts as a gold one of its guide if it holds most of that text, or is itself mostly a piece
of it: so a guide may be cut anew, with other ids, and the questions still know their answers.

    python -m evals.retrieval_gold     # writes gold.jsonl anew from the corpus and says what changed
"""

import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.retrieval_metrics import QUESTIONS, Case, every_question

GOLD = QUESTIONS / "gold.jsonl"
RUN = 3
"""Words of a run that two texts may share."""
HOLDS = 0.6
"""The share of a gold text's runs from which a passage holds it."""
PIECE = 0.8
"""The share of a passage's own runs from which it is a piece of a gold text."""
FEWEST = 6
"""Runs without which a passage is too short to be told for a piece."""

_WORD = re.compile(r"\w+")

Runs = frozenset[tuple[str, ...]]


class GoldPassage(BaseModel):
    """A gold passage by its name in the questions, with its text without the heading path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    body: str


@dataclass(frozen=True)
class Gold:
    """The gold passages by name."""

    runs: Mapping[str, Runs]

    def held(self, source_id: str, body: str, wanted: Collection[str]) -> frozenset[str]:
        """Those of `wanted` that a passage of this guide holds or is a piece of."""
        mine = runs_of(body)
        return frozenset(
            name
            for name in wanted
            if name.partition("/")[0] == source_id and mine and _same(self.runs[name], mine)
        )


def _same(gold: Runs, found: Runs) -> bool:
    shared = len(gold & found)
    piece = len(found) >= FEWEST and shared >= PIECE * len(found)
    return shared >= HOLDS * len(gold) or piece


@cache
def runs_of(text: str) -> Runs:
    """The runs of words of a text; of a shorter one its words as they stand."""
    words = _WORD.findall(text.lower())
    return frozenset(tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)))


def load_gold(path: Path = GOLD) -> Gold:
    """The gold passages. Raises ValueError for a line that is wrong."""
    rows = [GoldPassage.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]
    return Gold({row.id: runs_of(row.body) for row in rows})


def named(cases: Iterable[Case]) -> list[str]:
    """Every gold passage that some question names, in order."""
    return sorted({name for case in cases for name in case.gold})


def found_ids(gold: Gold, hits: Sequence[tuple[str, str, str]], wanted: Collection[str]) -> list[str]:
    """Names for passages found (id, guide, body), best first: a gold one's name, else its own id.

    A passage that holds two gold ones gives both names; what is found again is not named again.
    """
    names: list[str] = []
    for passage_id, source_id, body in hits:
        known = sorted(gold.held(source_id, body, wanted)) or [passage_id]
        names += [name for name in known if name not in names]
    return names


def main() -> int:
    """Writes the texts of all gold passages from the corpus as it is. 1 when one is not there."""
    from corpus.builtin import load_corpus

    passages = load_corpus().passages
    wanted = named(every_question())
    missing = [name for name in wanted if name not in passages]
    for name in missing:
        print(f"{name}: no such passage")
    if missing:
        return 1
    before = GOLD.read_text("utf-8").splitlines() if GOLD.exists() else []
    rows = [GoldPassage(id=name, body=passages[name].body) for name in wanted]
    lines = [json.dumps(row.model_dump(), ensure_ascii=False) for row in rows]
    GOLD.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines)} gold passages, {len(set(lines) - set(before))} of them new or other than before")
    return 0


if __name__ == "__main__":
    sys.exit(main())
