"""What each claim of a memo may take its numerals from: the passages, facts, lines and decision it names.

Read from the certificate and the corpus alone; the product's verifier is not asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from advisor.domain.evidence import Figure, Passage, Source
from evals.grounding.shown import Claimed
from evals.grounding.tracing import untraced

DECIDED = (
    *("first", "then", "alternatives", "runner_up", "margin", "flips", "flips_of_two", "assumptions"),
    *("without", "interests", "notes"),
)
"""The parts of a decision that a claim may speak of by resting on the decision."""


class Lineage:
    """The grounds of one memo's claims."""

    def __init__(
        self,
        certificate: Mapping[str, Any],
        passages: Mapping[str, Passage],
        sources: Mapping[str, Source],
        figures: Iterable[Figure],
    ) -> None:
        self._passages = {
            **certificate["passages"],
            **{key: passage.text for key, passage in passages.items()},
        }
        self._facts: Mapping[str, Any] = certificate["facts"]
        self._decision: Mapping[str, Any] = certificate["decision"]
        self._lines = {line["id"]: line for line in _lines([self._decision, certificate["kit_lines"]])}
        self._sources = sources
        self._figures = {figure.id: figure for figure in figures}
        self._date = str(certificate["date"])
        self._decided = [text for part in DECIDED for text in _strings(self._decision.get(part))]

    def untraced(self, claim: Claimed) -> list[str]:
        """The numerals of a claim that nothing it rests on holds, as written."""
        texts: list[str] = [self._date]
        values: list[float] = []
        for one in claim["evidence"]:
            match one["kind"]:
                case "passage":
                    texts.append(f"{one['quote']} {self._passages.get(one['passage'], '')}")
                case "fact":
                    texts += _strings(self._facts.get(one["fact"], {}))
                case "calculation":
                    told, exact = self._line(str(one["line"]))
                    texts += told
                    values += exact
                case "decision":
                    texts += self._decided
                case _:
                    pass
        return untraced(str(claim["text"]), texts, values)

    def _line(self, name: str) -> tuple[list[str], list[float]]:
        """The texts and the values of a line: of the calculation, of a typed figure, of the registry."""
        kind, _, rest = name.partition(".")
        if name in self._lines:
            line = self._lines[name]
            return [name, str(line["label"]), str(line["formula"])], [line["low"], line["high"]]
        if kind == "figure" and rest in self._figures:
            figure = self._figures[rest]
            ends = [float(end) for end in (figure.low, figure.high) if end is not None]
            return [figure.label, figure.quote, figure.date or ""], ends
        if kind == "registry" and rest in self._sources:
            source = self._sources[rest]
            return [f"{source.date or ''} {source.publisher} {source.sells}"], []
        return [], []  # a spread: its ends stand in the passages that are cited beside it


def _lines(node: object) -> Iterator[Mapping[str, Any]]:
    """Every line of a calculation, wherever it stands."""
    if isinstance(node, Mapping):
        if {"id", "low", "high", "formula"} <= node.keys():
            yield node  # pyright: ignore[reportUnknownVariableType, reportReturnType]
        for child in node.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _lines(child)
    elif isinstance(node, list):
        for child in node:  # pyright: ignore[reportUnknownVariableType]
            yield from _lines(child)


def _strings(node: object) -> list[str]:
    """Every text and number of a piece of JSON, as texts."""
    if isinstance(node, Mapping):
        return [text for child in node.values() for text in _strings(child)]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(node, list):
        return [text for child in node for text in _strings(child)]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(node, float) and node.is_integer():
        return [str(int(node))]
    return [] if node is None or isinstance(node, bool) else [str(node)]
