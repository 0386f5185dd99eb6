"""How well the right passage is found: hit@5, nDCG@10 and MRR for dense, BM25, their rank fusion and ours.

    python -m evals.retrieval_metrics                       # own questions over the built-in digests
    python -m evals.retrieval_metrics --guides FOLDER --cases CASES.jsonl   # the guides as they are

Own questions name gold passages, each of which answers them alone; those of kind "several" name parts of
the answer, and only a passage of every part is a hit. Lines of CASES.jsonl name a file and words that a
passage must hold: {"question", "file", "evidence", "also_ok": [{"file", "evidence"}]}. Questions of kind
"none" have no answer: each that gets a passage is a false answer.
"""

import argparse
import json
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import numpy as np
import yaml

from advisor.adapters.chroma_evidence import CANDIDATES, ChromaEvidence
from advisor.adapters.embedder import OnnxEmbedder
from corpus.catalog import SOURCES, load_sources, read_text
from ingest.generations import Collection
from ingest.index import OpenIndex
from ingest.lexical import stems
from ingest.pipeline import ingest_paths

QUESTIONS = Path(__file__).parent / "retrieval"
HARDER = QUESTIONS / "harder"
DEPTH = 10
PARTS = {"none": 0, "several": 2}  # by kind, 2 for two or more; 1 for every other kind
RANK_CONSTANT = 60  # of reciprocal rank fusion, as its authors chose it

Ranker = Callable[[str], Sequence[str]]
Side = Literal["meaning", "words"]
SIDES: tuple[Side, ...] = ("meaning", "words")


@dataclass(frozen=True)
class Case:
    """A question with the passages for each part of its answer; no part for one that has no answer.

    `side`: meaning or words alone found the answer, among the first ten, when the question was written.
    """

    question: str
    parts: tuple[frozenset[str], ...]
    kind: str
    half: str
    side: Side | None = None

    @property
    def gold(self) -> frozenset[str]:
        return frozenset[str]().union(*self.parts)

    def answered(self, found: Sequence[str]) -> bool:
        """Whether every part has a passage among those found."""
        return bool(self.parts) and all(not part.isdisjoint(found) for part in self.parts)


@dataclass(frozen=True)
class Scores:
    """Means over some questions; `false_answers` is the share of unanswerable ones that got a passage."""

    questions: int
    hit_at_5: float
    ndcg_at_10: float
    mrr: float
    withheld: float

    def line(self, name: str, group: str) -> str:
        return (
            f"{name:8} {group:18} {self.questions:4}  {self.hit_at_5:6.3f} {self.ndcg_at_10:8.3f} "
            f"{self.mrr:6.3f} {self.withheld:9.3f}"
        )


def read_questions(folder: Path = QUESTIONS, only: str = "*") -> list[Case]:
    """Own questions, of one guide's file or of all; within a kind they go in turn to dev and test."""
    cases: list[Case] = []
    for path in sorted(folder.glob(f"{only}.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        seen: Counter[str] = Counter()
        for row in document["questions"]:
            seen[row["kind"]] += 1
            named = row.get("parts", [row["gold"]] if "gold" in row else [])
            parts = tuple(frozenset(_full(name, document["source"]) for name in part) for part in named)
            if not all(parts) or min(len(parts), 2) != PARTS.get(row["kind"], 1):
                raise ValueError(f"{path.name}: {row['question']!r} has the wrong number of gold passages")
            half = "dev" if seen[row["kind"]] % 2 else "test"
            side = row.get("side")
            if side not in (None, *SIDES):
                raise ValueError(f"{path.name}: {row['question']!r} has no side {side!r}")
            cases.append(Case(row["question"], parts, row["kind"], half, side))
    return cases


def every_question() -> list[Case]:
    """Own questions with the harder ones, each asked once. Raises ValueError where one is there twice."""
    cases = [*read_questions(), *read_questions(HARDER)]
    if twice := [question for question, times in Counter(c.question for c in cases).items() if times > 1]:
        raise ValueError(f"asked twice: {twice[0]}")
    return cases


def _full(name: str, source: str) -> str:
    """The passage's id; names of the file's own guide leave its id out."""
    return name if name.count("/") > 1 else f"{source}/{name}"


def evidence_cases(path: Path, index: OpenIndex) -> list[Case]:
    """Questions whose gold passages are those of the named file that hold the evidence's words."""
    passages = [(passage, _flat(passage.text)) for passage in index.passages.stream()]
    cases: list[Case] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = [(row["file"], row["evidence"])]
        wanted += [(other["file"], other["evidence"]) for other in row.get("also_ok", [])]
        gold = frozenset(
            passage.id
            for passage, text in passages
            for file, evidence in wanted
            if Path(passage.locator.path).name == file and _flat(evidence) in text
        )
        cases.append(Case(row["question"], (gold,), "guides", "all"))
    return cases


def _flat(text: str) -> str:
    return " ".join(text.split()).lower()


def rankers(evidence: ChromaEvidence, index: OpenIndex, embedder: OnnxEmbedder) -> dict[str, Ranker]:
    """The four ways to rank, each question → passage ids, best first."""

    def dense(question: str) -> list[str]:
        vector = embedder.embed([question])[0]
        return [passage_id for passage_id, _ in index.vectors.nearest(vector, CANDIDATES)]

    def bm25(question: str) -> list[str]:
        scores = index.words.scores(stems(question))
        best = np.argsort(-scores, kind="stable")[:CANDIDATES]
        return [index.passages.ids[row] for row in best if scores[row] > 0]

    def ranks(question: str) -> list[str]:
        points: Counter[str] = Counter()
        for ranking in (dense(question), bm25(question)):
            for place, passage_id in enumerate(ranking, start=1):
                points[passage_id] += 1 / (RANK_CONSTANT + place)  # pyright: ignore[reportArgumentType]
        return [passage_id for passage_id, _ in points.most_common()]

    def ours(question: str) -> list[str]:
        return [hit.passage_id for hit in evidence.search(question, DEPTH)]

    return {"dense": dense, "bm25": bm25, "rrf": ranks, "ours": ours}


def scored(rank: Ranker, cases: Iterable[Case]) -> Scores | None:
    """The means over `cases`, None when there are none."""
    hits: list[float] = []
    gains: list[float] = []
    firsts: list[float] = []
    withheld: list[float] = []
    for case in cases:
        found = list(rank(case.question))[:DEPTH]
        withheld.append(float(not found))
        good = [passage_id in case.gold for passage_id in found]
        hits.append(float(case.answered(found[:5])))
        ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(case.gold))))
        gain = sum(1 / math.log2(place + 2) for place, is_gold in enumerate(good) if is_gold)
        gains.append(gain / ideal if ideal else 0.0)
        firsts.append(next((1 / (place + 1) for place, is_gold in enumerate(good) if is_gold), 0.0))
    if not hits:
        return None
    means = [sum(values) / len(values) for values in (hits, gains, firsts, withheld)]
    return Scores(len(hits), *means)


def report(ways: dict[str, Ranker], cases: Sequence[Case]) -> list[str]:
    """The table: each way for each half, and for each kind over both."""
    lines = [f"{'way':8} {'questions':18} {'n':>4}  {'hit@5':>6} {'nDCG@10':>8} {'MRR':>6} {'withheld':>9}"]
    kinds = sorted({case.kind for case in cases})
    answerable = [kind for kind in kinds if kind != "none"]
    for name, rank in ways.items():
        for half in sorted({case.half for case in cases}):
            chosen = [case for case in cases if case.half == half and case.kind != "none"]
            if result := scored(rank, chosen):
                lines.append(result.line(name, f"{half}, answerable"))
            nothing = [case for case in cases if case.half == half and case.kind == "none"]
            if result := scored(rank, nothing):
                lines.append(result.line(name, f"{half}, none"))
        for kind in answerable:
            if result := scored(rank, [case for case in cases if case.kind == kind]):
                lines.append(result.line(name, kind))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--guides", type=Path, help="a folder of guides to ingest as they are")
    parser.add_argument("--cases", type=Path, help="questions over those guides, JSON lines")
    parser.add_argument("--models", type=Path, default=Path(".cache/models"), help="cache of exported models")
    chosen = parser.parse_args()
    embedder = OnnxEmbedder(chosen.models, progress=print)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        if chosen.guides:
            ingest_paths([chosen.guides], "measured", root, embedder)
        else:
            with as_file(files("corpus") / "digests") as digests:
                registry = load_sources(read_text(SOURCES))
                sources = {
                    digests / f"{source.id}.md": source for source in registry.values() if source.digest
                }
                ingest_paths([digests], "measured", root, embedder, sources)
        evidence = ChromaEvidence(root, embedder)
        index = OpenIndex(Collection(root, "measured").opened())
        cases = evidence_cases(chosen.cases, index) if chosen.cases else read_questions()
        dead = {gold for case in cases for gold in case.gold} - set(index.passages.ids)
        if dead:
            parser.error(f"gold passages that are not in the index: {', '.join(sorted(dead))}")
        print("\n".join(report(rankers(evidence, index, embedder), cases)))
        evidence.close()
        index.close()


if __name__ == "__main__":
    main()
