"""Trained heads for enumerated facts: what a clause states of each, and which value an answer means.

`playbook/reading/classifier.npz` is written by `evals/train_reader.py`: one softmax per fact over its
values and "nothing" for statements, and one for answers to its question, linear in the text's embedding
and its runs of words and letters. It fits one embedding model, by name and content; with any other it is
silent and the reader works by its cues. This module doesn't know the cues.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.grams import Kind, rows
from advisor.domain.vocabulary import ENUMERATED, FactKey
from advisor.ports.embedding import Vectors

Floats = NDArray[np.float32]
NOTHING = "nothing"

FEWEST_WORDS = 3
"""A clause of fewer words states nothing by itself."""
MOST_UNITS = 40
"""Clauses and sentences embedded for one message; it bounds the time, the first ones count."""
SHORT, LONG = 80, 120
"""Characters: a shorter sentence is read as a whole only, a longer one by its clauses only."""
CAUTION = 0.08
"""Added to each trained threshold: few messages set it, and a fact misread costs more than one not read."""
TOGETHER = 3
"""So many sentences are read as one text besides, so that one may explain the other."""
LASTING: frozenset[FactKey] = frozenset(
    ("company_stage", "post_launch_owner", "technical_leadership", "value_proven", "buy_option",
     "data_readiness", "work_type")
)  # fmt: skip
"""What happened to these still holds, so that a clause about the past may state them."""

DENYING = frozenset(("no", "none", "messy", "unclear"))
"""Values that doubt may well express: "hard to say who'd look after it"."""


class Model(Protocol):
    """The part of the embedding port that is needed here."""

    @property
    def name(self) -> str: ...

    def embed(self, texts: Sequence[str], /) -> Vectors: ...


@dataclass(frozen=True)
class Verdict:
    """A value that a clause or sentence states of a fact, with its calibrated chance, 0 to 1."""

    key: FactKey
    value: str
    chance: float
    span: Span


@dataclass(frozen=True)
class Heard:
    """What the classifier makes of one message: statements by fact, and the answer to the open question."""

    stated: Mapping[FactKey, Verdict]
    answer: Verdict | None = None
    """The likeliest value of the asked fact, "nothing" included; None when nothing was asked."""
    chances: Mapping[FactKey, Mapping[str, float]] = field(default_factory=dict[FactKey, Mapping[str, float]])
    """The highest chance that any stretch of the message gives to each value; empty without a classifier."""


@dataclass(frozen=True)
class Unit:
    """A stretch of a message that is classified by itself; it may speak of what was, or in doubt."""

    span: Span
    past: bool
    doubted: bool


@dataclass(frozen=True)
class Trained:
    """The content of the file. A head has shape (values + 1, features + 1): nothing and the bias are last."""

    words: Kind
    letters: Kind
    statements: Mapping[FactKey, Floats]
    answers: Mapping[FactKey, Floats]
    thresholds: Mapping[FactKey, float]
    model: str
    data_hash: str


class Classifier:
    """Reads messages by the trained heads. Making one loads nothing; the first message does."""

    def __init__(self, file: Traversable, embedder: Model) -> None:
        self._file, self._embedder = file, embedder

    @cached_property
    def trained(self) -> Trained:
        """The file's content."""
        return load_trained(self._file)

    @cached_property
    def usable(self) -> bool:
        """Whether the heads were trained for this very embedding model."""
        return self.trained.model == self._embedder.name

    def hear(self, message: Message, clauses: Clauses, asked: FactKey | None = None) -> Heard:
        """Statements above their thresholds, the likeliest one for each fact, and the answer."""
        if not self.usable:
            return Heard({})
        found = units(message, clauses)
        texts = [message.said(unit.span) for unit in found]
        vectors = self.vectors([*texts, message.text] if asked in ENUMERATED else texts)
        stated: dict[FactKey, Verdict] = {}
        chances: dict[FactKey, Mapping[str, float]] = {}
        for key in ENUMERATED:
            chances[key] = highest(self.trained.statements[key], vectors[: len(found)], key)
            best = self._stated(key, found, vectors[: len(found)])
            if best is not None and best.chance >= min(self.trained.thresholds[key] + CAUTION, 0.95):
                stated[key] = best
        answer = None
        if asked in ENUMERATED:
            value, chance = likeliest(self.trained.answers[asked], vectors[-1], asked, NOTHING)
            answer = Verdict(asked, value, chance, Span(0, len(message.text)))
        return Heard(stated, answer, chances)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """One row for each text: what the heads take."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        runs = rows(texts, self.trained.words, self.trained.letters)
        return np.concatenate([self._embedder.embed(texts), runs], axis=1)

    def _stated(self, key: FactKey, found: Sequence[Unit], vectors: Vectors) -> Verdict | None:
        best: Verdict | None = None
        for unit, vector in zip(found, vectors, strict=True):
            if unit.past and key not in LASTING:
                continue
            value, chance = likeliest(self.trained.statements[key], vector, key)
            if unit.doubted and value not in DENYING:
                continue
            if best is None or chance > best.chance:
                best = Verdict(key, value, chance, unit.span)
        return best


def likeliest(head: Floats, vector: Floats, key: FactKey, nothing: str | None = None) -> tuple[str, float]:
    """The likeliest value of a fact and its chance; `nothing` counts as a value when it is named."""
    logits = head[:, :-1] @ vector + head[:, -1]
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    values = ENUMERATED[key]
    at = int(np.argmax(chances if nothing else chances[:-1]))
    return (values[at] if at < len(values) else NOTHING), float(chances[at])


def highest(head: Floats, vectors: Floats, key: FactKey) -> dict[str, float]:
    """For each value of a fact the highest chance over some texts; empty for none."""
    if not len(vectors):
        return {}
    logits = vectors @ head[:, :-1].T + head[:, -1]
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return dict(zip(ENUMERATED[key], map(float, chances.max(axis=0)), strict=False))


def units(message: Message, clauses: Clauses) -> list[Unit]:
    """What is classified: stated clauses, whole sentences, and a short message as a whole."""

    def unit(parts: Sequence[Clause]) -> Unit:
        ends = (Span(part.end - 1, part.end) for part in parts)
        return Unit(
            Span(parts[0].start, parts[-1].end),
            any(part.past for part in parts),
            any(clauses.doubted(message, end) for end in ends),
        )

    found: list[Unit] = []
    sentences: dict[int, list[Clause]] = {}
    for clause in message.clauses:
        sentences.setdefault(clause.sentence, []).append(clause)
    for parts in sentences.values():
        stated = [clause for clause in parts if clause.stated or _only_past(clause)]
        whole, length = len(stated) == len(parts), parts[-1].end - parts[0].start
        if whole and (len(parts) == 1 or length <= LONG):
            found.append(unit(parts))
        if len(parts) > 1 and (not whole or length >= SHORT):
            found += [unit([clause]) for clause in stated]
    spoken = [c for c in message.clauses if not (c.hypothetical or c.others or c.retracted)]
    if 1 < len(sentences) <= TOGETHER and len(spoken) == len(message.clauses) and found:
        found.append(unit(message.clauses))
    return [one for one in dict.fromkeys(found) if _words(message, one) >= FEWEST_WORDS][:MOST_UNITS]


def _only_past(clause: Clause) -> bool:
    return clause.past and not (clause.question or clause.hypothetical or clause.others or clause.retracted)


def _words(message: Message, unit: Unit) -> int:
    return len(message.said(unit.span).split())


def load_trained(file: Traversable) -> Trained:
    """The file's content in single precision. Raises OSError, or ValueError when it is no such file."""
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        content = {name: arrays[name] for name in arrays.files}
    about = json.loads(str(content["about"]))

    def kind(name: str) -> Kind:
        runs = str(content[name]).split("\n")
        rarity = content[f"{name}/rarity"].astype(np.float32)
        return Kind({run: at for at, run in enumerate(runs)}, rarity, about["weights"][name])

    def heads(name: str) -> dict[FactKey, Floats]:
        return {
            key: _restored(content[f"{name}/{key}"], content[f"{name}/{key}/step"], about["dimensions"])
            for key in ENUMERATED
        }

    return Trained(
        words=kind("words"),
        letters=kind("letters"),
        statements=heads("statement"),
        answers=heads("answer"),
        thresholds=about["thresholds"],
        model=about["model"],
        data_hash=about["data_hash"],
    )


def _restored(rounded: NDArray[np.int8], steps: Floats, dimensions: int) -> Floats:
    """Weights from their steps: one for the embedding's columns, one for the runs', one for the bias."""
    found = rounded.astype(np.float32)
    found[:, :dimensions] *= steps[:, :1]
    found[:, dimensions:-1] *= steps[:, 1:2]
    found[:, -1:] *= steps[:, 2:]
    return found
