"""Trains the reader's classifier and writes `advisor/playbook/reading/classifier.npz`.

    python -m evals.train_reader

Reads `evals/understanding/train/*.jsonl` (one author a file, none of them of dev or test; `measures.jsonl`
is made from templates and states nothing). Heads are multinomial logistic regressions. Five folds give
out-of-fold chances: by them, negatives that look like unlabelled positives are left out, heads are
calibrated (one temperature each, Guo et al. 2017, https://arxiv.org/abs/1706.04599) and thresholds chosen,
together with the dev messages. The seeds are fixed. The test files are never read.
"""

import hashlib
import json
import random
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from advisor.adapters.embedder import OnnxEmbedder
from advisor.adapters.local_reader.answers import MEANT
from advisor.adapters.local_reader.classifier import DENYING, LASTING, units
from advisor.adapters.local_reader.clauses import Clauses
from advisor.adapters.local_reader.grams import Kind, learnt, letter_runs, rows, word_runs
from advisor.adapters.local_reader.playbook import load_reading
from advisor.domain.vocabulary import ENUMERATED, FactKey
from evals.understanding import FOLDER, MODELS, READING, agrees, lines

FACTS: tuple[FactKey, ...] = tuple(ENUMERATED)
NOTHING = {key: len(ENUMERATED[key]) for key in FACTS}
"""The number of "nothing" for each fact."""
PRECISION = 0.93
LOWEST, HIGHEST = 0.55, 0.9
"""Bounds of a threshold: a head has some twenty dev messages, too few to trust more extreme ones."""
DEV_WEIGHT = 4.0
"""Against one held-out example: those hold ten times more traps than messages do."""
FOLDS = 5
DOUBTFUL = 0.5
"""The out-of-fold chance from which another fact's example is taken for an unlabelled positive."""
FEWEST_WORDS = 3
"""An answer of fewer words is no statement: "all four" says nothing without its question."""
STRENGTH = 15.0
"""The inverse of the regularisation; 10 to 20 make no difference on dev."""
WORDS, LETTERS = (3, 20_000, 1.15), (5, 6_000, 0.8)
"""Fewest texts, most features, and the weight of a kind against the embedding's 1."""
SEED = 20261120

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Examples:
    """Rows with their features; for each row and fact the value's number and two weights, 0 for unused."""

    features: csr_matrix
    values: Numbers
    statement_weights: Floats
    answer_weights: Floats


@dataclass(frozen=True)
class Scored:
    """One held-out decision: the likeliest value's chance, whether it is right, how much it counts."""

    chance: float
    right: bool
    weight: float


def training_files() -> list[Path]:
    """In order of name."""
    return sorted((FOLDER / "train").glob("*.jsonl"))


def data_hash() -> str:
    """Of all training files, by name and content."""
    digest = hashlib.sha256()
    for file in training_files():
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def value_number(row: Row, key: FactKey) -> int:
    """The place of the row's value among the fact's values; NOTHING when it states none."""
    said = row["value"] if row["fact"] == key else row.get("also", {}).get(key)
    value = said.get("value") if isinstance(said, Mapping) else said
    return ENUMERATED[key].index(value) if value in ENUMERATED[key] else NOTHING[key]


def joined(given: Sequence[Row]) -> list[Row]:
    """Each statement once more with another one behind it, as people write; none that contradict."""
    choose = random.Random(SEED)
    statements = [row for row in given if not row.get("answer")]
    made: list[dict[str, Any]] = []
    for row in statements:
        other = choose.choice(statements)
        first, second = _stated(row), _stated(other)
        if any(second.get(key, value) != value for key, value in first.items()):
            continue
        text = row["say"].rstrip()
        between = " " if text[-1] in ".!?" else choose.choice((". ", ", ", "; ", " and "))
        unsure = [*row.get("unsure", ()), *other.get("unsure", ())]
        made.append(
            {
                "say": text + between + other["say"],
                "fact": "any",
                "value": "nothing",
                "also": {**second, **first},
                "unsure": unsure,
            }
        )
    return [*made]


def _stated(row: Row) -> dict[FactKey, str]:
    said: dict[FactKey, str] = {}
    for key in FACTS:
        number = value_number(row, key)
        if number < NOTHING[key]:
            said[key] = ENUMERATED[key][number]
    return said


def examples(given: Sequence[Row], features: csr_matrix) -> Examples:
    """Rows as examples: an answer counts for its own fact only, another fact's row a little in answers."""
    values = np.array([[value_number(row, key) for key in FACTS] for row in given])
    own = np.array([[row["fact"] == key for key in FACTS] for row in given])
    sure = ~np.array([[key in row.get("unsure", ()) for key in FACTS] for row in given])
    answer = np.array([[bool(row.get("answer"))] for row in given])
    long = np.array([[len(row["say"].split()) >= FEWEST_WORDS] for row in given])
    positive = values != np.array([NOTHING[key] for key in FACTS])
    statement = np.where(answer, own & positive & long, sure)
    answers = np.where(own, 1.0, np.where(answer, 0.0, np.where(positive, 0.5, 0.1))) * sure
    return Examples(features, values, statement.astype(np.float32), answers.astype(np.float32))


def head(features: csr_matrix, wanted: Numbers, weights: Floats, count: int) -> Floats:
    """A softmax of shape (count, features + 1); a value without examples gets a hopeless bias."""
    use = np.flatnonzero(weights > 0)
    fitted = LogisticRegression(C=STRENGTH, max_iter=300).fit(
        features[use], wanted[use], sample_weight=weights[use]
    )
    found = np.zeros((count, fitted.coef_.shape[1] + 1), dtype=np.float32)
    found[:, -1] = -20.0
    found[fitted.classes_, :-1], found[fitted.classes_, -1] = fitted.coef_, fitted.intercept_
    return found


def logits(features: csr_matrix, weights: Floats) -> Floats:
    """Shape (rows, values + 1)."""
    return np.asarray(features @ weights[:, :-1].T + weights[:, -1], dtype=np.float32)


def chances(found: Floats, temperature: float) -> Floats:
    """Softmax over the last axis."""
    scaled = found / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def best_temperature(found: Floats, wanted: Numbers, weights: Floats) -> float:
    """The one that makes the held-out values likeliest."""
    places = np.arange(len(wanted))

    def cost(at: float) -> float:
        return float(-(weights * np.log(chances(found, at)[places, wanted] + 1e-9)).sum())

    return min((float(at) for at in np.geomspace(0.5, 4.0, 43)), key=cost)


def threshold(scored: Iterable[Scored]) -> float:
    """The lowest chance within bounds from which on the decisions are as precise as PRECISION asks."""
    ranked = sorted(scored, key=lambda one: -one.chance)
    right = total = 0.0
    lowest = HIGHEST
    for one in ranked:
        total += one.weight
        right += one.weight * one.right
        if right / total >= PRECISION:
            lowest = min(lowest, one.chance)
    return round(max(lowest, LOWEST), 3)


class Training:
    """All training rows with their features, and what the folds say of them."""

    def __init__(self) -> None:
        self.embedder = OnnxEmbedder(MODELS)
        self.given: list[Row] = [row for file in training_files() for row in lines(file)]
        self.texts = [row["say"] for row in self.given]
        fewest, most, weight = WORDS
        self.words = learnt(map(word_runs, self.texts), fewest, most, weight)
        fewest, most, weight = LETTERS
        self.letters = learnt(map(letter_runs, self.texts), fewest, most, weight)
        self.rows: list[Row] = [*self.given, *joined(self.given)]
        self.examples = examples(self.rows, self.features([row["say"] for row in self.rows]))
        self.answer = np.array([bool(row.get("answer")) for row in self.given])

    def features(self, texts: Sequence[str]) -> csr_matrix:
        """What the heads take."""
        runs = rows(texts, self.words, self.letters)
        return csr_matrix(np.concatenate([self.embedder.embed(texts), runs], axis=1))

    def fit(self, number: int, seen: Numbers, answers: bool, doubtful: NDArray[np.bool_]) -> Floats:
        """The head of one fact from the rows with these numbers."""
        all_of = self.examples
        weights = (all_of.answer_weights if answers else all_of.statement_weights)[:, number] * ~doubtful
        key = FACTS[number]
        return head(all_of.features[seen], all_of.values[seen, number], weights[seen], NOTHING[key] + 1)

    def held_out(self, number: int, answers: bool) -> tuple[Floats, list[Floats]]:
        """Logits of every given row by a head that never saw it, and the heads. Joined rows only teach."""
        groups = [f"{row['fact']} {row['value']} {bool(row.get('answer'))}" for row in self.given]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a kind of "nothing" may have fewer rows than folds
            folding = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
            splits = [*folding.split(self.texts, groups)]
        found = np.zeros((len(self.given), NOTHING[FACTS[number]] + 1), dtype=np.float32)
        none = np.zeros(len(self.rows), dtype=bool)
        heads: list[Floats] = []
        for seen, unseen in splits:
            heads.append(self.fit(number, seen, answers, none))
            found[unseen] = logits(self.examples.features[unseen], heads[-1])
        return found, heads


@dataclass(frozen=True)
class Head:
    """A calibrated head, its threshold, and the held-out decisions that it was chosen by."""

    weights: Floats
    threshold: float
    scored: Sequence[Scored]


def statement_head(training: Training, dev: "Dev", number: int) -> Head:
    """The head of one fact for statements."""
    key, nothing = FACTS[number], NOTHING[FACTS[number]]
    found, folds = training.held_out(number, answers=False)
    count = len(training.given)
    wanted = training.examples.values[:count, number]
    other = np.array([row["fact"] not in (key, "any") for row in training.given])
    doubted = (wanted == nothing) & other & (chances(found, 1.0)[:, :-1].max(axis=1) >= DOUBTFUL)
    weights = training.examples.statement_weights[:count, number] * ~doubted
    temperature = best_temperature(found, wanted, weights)
    calibrated = chances(found, temperature)[:, :-1]
    use = np.flatnonzero(~training.answer & ~doubted & (weights > 0))
    scored = [
        Scored(float(calibrated[at].max()), int(calibrated[at].argmax()) == wanted[at], 1.0) for at in use
    ]
    scored += dev.scores(key, folds, temperature)
    doubtful = np.zeros(len(training.rows), dtype=bool)
    doubtful[:count] = doubted
    weights = training.fit(number, np.arange(len(training.rows)), False, doubtful) / temperature
    return Head(weights, threshold(scored), scored)


def answer_head(training: Training, number: int) -> Head:
    """The head of one fact for answers to its question."""
    key, nothing = FACTS[number], NOTHING[FACTS[number]]
    found, _ = training.held_out(number, answers=True)
    mine = np.flatnonzero(np.array([row["fact"] == key for row in training.given]) & training.answer)
    wanted = training.examples.values[mine, number]
    temperature = best_temperature(found[mine], wanted, np.ones(len(mine), dtype=np.float32))
    calibrated = chances(found[mine], temperature)
    scored = [
        Scored(float(one.max()), int(one.argmax()) == want, 1.0)
        for one, want in zip(calibrated, wanted, strict=True)
        if one.argmax() != nothing
    ]
    none = np.zeros(len(training.rows), dtype=bool)
    weights = training.fit(number, np.arange(len(training.rows)), True, none) / temperature
    return Head(weights, MEANT, scored)


class Dev:
    """The dev messages, cut as the reader cuts them, with the features of each piece."""

    def __init__(self, training: Training) -> None:
        texts = {file.stem: file.read_text("utf-8") for file in READING.glob("*.yaml")}
        clauses = Clauses(load_reading(texts))
        self._cases: list[tuple[Row, list[Any], csr_matrix]] = []
        for case in lines(FOLDER / "dev" / "phrasing.jsonl"):
            message = clauses.read(case["say"])
            if parts := units(message, clauses):
                features = training.features([message.said(part.span) for part in parts])
                self._cases.append((case, parts, features))

    def scores(self, key: FactKey, heads: Sequence[Floats], temperature: float) -> list[Scored]:
        """What the folds' heads, averaged, say of each message; optional values don't count."""
        found: list[Scored] = []
        for case, parts, features in self._cases:
            mean = np.mean([chances(logits(features, one), temperature) for one in heads], axis=0)
            best, value = 0.0, ""
            for part, one in zip(parts, mean[:, :-1], strict=True):
                said = ENUMERATED[key][int(one.argmax())]
                quiet = (part.past and key not in LASTING) or (part.doubted and said not in DENYING)
                if not quiet and one.max() > best:
                    best, value = float(one.max()), said
            wanted, optional = case["facts"].get(key), case.get("optional", {}).get(key)
            right = wanted is not None and _same(key, value, wanted)
            if right or optional is None or not _same(key, value, optional):
                found.append(Scored(best, right, DEV_WEIGHT))
        return found


def _same(key: FactKey, value: str, wanted: Any) -> bool:
    if isinstance(wanted, Mapping) and "match" in wanted:
        wanted = wanted.get("value")  # the regime is named by the cues
    return agrees(key, {"value": value} if key == "regulated" else value, wanted)


def main() -> None:
    started = time.perf_counter()
    training = Training()
    dev = Dev(training)
    arrays: dict[str, NDArray[Any]] = {}
    statements: dict[FactKey, Head] = {}
    answers: dict[FactKey, Head] = {}
    for number, key in enumerate(FACTS):
        statements[key], answers[key] = statement_head(training, dev, number), answer_head(training, number)
        told = [f"{name} {_line(one[key])}" for name, one in (("said:", statements), ("answered:", answers))]
        print(f"{key:22}{'; '.join(told)}", flush=True)
    for name, heads in (("statement", statements), ("answer", answers)):
        for key, one in heads.items():
            arrays |= _stepped(f"{name}/{key}", one.weights, training.embedder.dimensions)
    for name, kind in (("words", training.words), ("letters", training.letters)):
        arrays |= _kept(name, kind)
    about = {
        "model": training.embedder.name,
        "dimensions": training.embedder.dimensions,
        "data_hash": data_hash(),
        "weights": {"words": training.words.weight, "letters": training.letters.weight},
        "thresholds": {key: one.threshold for key, one in statements.items()},
    }
    file = READING / "classifier.npz"
    np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)  # pyright: ignore[reportArgumentType]
    print(f"{file}: {file.stat().st_size / 1e6:.2f} MB, {time.perf_counter() - started:.0f} s")


def _line(one: Head) -> str:
    above = [each for each in one.scored if each.chance >= one.threshold]
    total = sum(each.weight for each in above)
    right = sum(each.weight * each.right for each in above)
    share = right / max(sum(each.weight * each.right for each in one.scored), 1)
    return f"from {one.threshold:.2f} precision {right / max(total, 1):.2f}, {share:.2f} of the right ones"


def _stepped(name: str, weights: Floats, dimensions: int) -> dict[str, NDArray[Any]]:
    """Rounded to a byte each. The embedding's columns, the runs' and the bias differ in size: a step each."""
    parts = np.split(weights, [dimensions, weights.shape[1] - 1], axis=1)
    steps = [np.abs(part).max(axis=1, keepdims=True) / 127 + 1e-12 for part in parts]
    rounded = [np.rint(part / step) for part, step in zip(parts, steps, strict=True)]
    return {
        name: np.concatenate(rounded, axis=1).astype(np.int8),
        f"{name}/step": np.concatenate(steps, axis=1).astype(np.float32),
    }


def _kept(name: str, kind: Kind) -> dict[str, NDArray[Any]]:
    return {name: np.array("\n".join(kind.places)), f"{name}/rarity": kind.rarity.astype(np.float16)}


if __name__ == "__main__":
    main()
