"""How well the local reader understands: precision, recall, F1 by fact; with and without the classifier.

    python evals/understanding.py [--json FILE] [--closed] [--failures NAME]

Reads `understanding/dev/*.jsonl` and, with --closed, `understanding/test/*.jsonl`: messages (phrasing)
and answers to an open question, each by an author who never saw the cues. The test files are closed:
nobody tunes on them or reads their lines, only their totals are printed. `utterances.yaml` and
`answers.yaml` are the older pair, written by the author of the cues.
A number counts within 10 % or 3 days, an interval when it overlaps, a text when its patterns match; a
stored fact that is neither wanted nor optional is wrong, and so is a value that is forbidden.
"""

import argparse
import datetime as dt
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from advisor.adapters.local_reader import LocalReader, load_reading  # noqa: E402
from advisor.domain.commands import OpenQuestion, SetFact  # noqa: E402
from advisor.domain.vocabulary import ENUMERATED  # noqa: E402
from advisor.ports.language import ReadingContext  # noqa: E402

Case = Mapping[str, Any]

FOLDER = HERE / "understanding"
READING = HERE.parent / "advisor" / "playbook" / "reading"
MODELS = HERE.parent / ".cache" / "models"
TODAY = dt.date(2026, 11, 20)
NEAR = 0.10
NEAR_DAYS = 3


def reader(classified: bool = True) -> LocalReader:
    """The local reader with the playbook of the checkout; `classified`: with the trained classifier."""
    from advisor.adapters.embedder import OnnxEmbedder
    from advisor.adapters.local_reader.classifier import Classifier
    from advisor.adapters.similarity import EmbeddedSimilarity
    from advisor.assembly import builtin_rulebook, question_choices

    data = load_reading({file.stem: file.read_text("utf-8") for file in sorted(READING.glob("*.yaml"))})
    embedder = OnnxEmbedder(MODELS)
    classifier = Classifier(READING / "classifier.npz", embedder) if classified else None
    return LocalReader(data, EmbeddedSimilarity(embedder), question_choices(builtin_rulebook()), classifier)


def read(
    local: LocalReader, say: str, today: dt.date, question: OpenQuestion | None = None
) -> dict[str, Any]:
    """{fact: value} that the reader stores for one message."""
    reading = local.understand(say, ReadingContext(today=today, open_question=question))
    return {c.key: c.value for c in reading.commands if isinstance(c, SetFact)}


def agrees(key: str, got: Any, want: Any) -> bool:
    """Whether a stored value meets a wanted one."""
    if want == "unknown" or want is None:
        return got is None
    if isinstance(want, list):
        return any(agrees(key, got, one) for one in want)
    if isinstance(want, Mapping) and "any_of" in want:
        return any(agrees(key, got, one) for one in want["any_of"])
    if got is None:
        return False
    if key in ("timeline_days", "budget_usd"):
        return _near(key, got, want)
    if isinstance(want, Mapping):
        if "value" in want and (got["value"] if isinstance(got, Mapping) else got) != want["value"]:
            return False
        text = json.dumps(got, ensure_ascii=False).lower()
        patterns = want.get("match", ())
        return not patterns or any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
    if isinstance(got, Mapping):
        return got.get("value") == want
    return got == want


def _near(key: str, got: Any, want: Any) -> bool:
    if not isinstance(got, Mapping):
        return False
    low, high = got["min"], got["max"]
    if isinstance(want, Mapping):
        if want.get("currency", "USD") != got.get("currency", "USD") and "currency" in want:
            return False
        slack = max(NEAR * want["max"], NEAR_DAYS if key == "timeline_days" else 0)
        return low <= want["max"] + slack and high >= want["min"] - slack
    slack = max(NEAR * abs(want), NEAR_DAYS if key == "timeline_days" else 0)
    return low - slack <= want <= high + slack


def forbidden(key: str, got: Any, values: Iterable[Any]) -> bool:
    """Whether a stored value is one that must not be stored."""
    for value in values:
        if key in ("timeline_days", "budget_usd"):
            if isinstance(got, Mapping) and value in (got["min"], got["max"]):
                return True
        elif isinstance(got, Mapping):
            if got.get("value") == value:
                return True
        elif isinstance(got, str) and (got == value or (" " in got and str(value).lower() in got.lower())):
            return True
    return False


@dataclass
class Tally:
    """Right, wrong and missed facts, by fact; what went wrong, in words."""

    right: Counter[str] = field(default_factory=Counter[str])
    wrong: Counter[str] = field(default_factory=Counter[str])
    missed: Counter[str] = field(default_factory=Counter[str])
    failures: list[str] = field(default_factory=list[str])
    cases: int = 0
    seconds: float = 0.0

    def add(self, case: Case, got: Mapping[str, Any]) -> None:
        """Compare what was read with one labelled utterance."""
        self.cases += 1
        wanted, optional = case.get("facts", {}), case.get("optional", {})
        said = case.get("say") or case.get("utterance")
        for key, value in got.items():
            banned = forbidden(key, value, case.get("forbid", {}).get(key, ()))
            if key in wanted and agrees(key, value, wanted[key]) and not banned:
                self.right[key] += 1
            elif not banned and ((key in optional and agrees(key, value, optional[key])) or value is None):
                continue
            else:
                self.wrong[key] += 1
                self.failures.append(f"WRONG  {key}={json.dumps(value, ensure_ascii=False)}  <- {said}")
        for key, value in wanted.items():
            if _may_be_absent(value):
                continue
            if key not in got or not agrees(key, got[key], value):
                self.missed[key] += 1
                if key not in got:
                    self.failures.append(f"MISSED {key}={json.dumps(value)}  <- {said}")

    def scores(self, keys: Iterable[str]) -> tuple[float, float, float]:
        """Precision, recall, F1 over these facts."""
        names = list(keys)
        right = sum(self.right[key] for key in names)
        wrong = sum(self.wrong[key] for key in names)
        missed = sum(self.missed[key] for key in names)
        precision = right / (right + wrong) if right + wrong else 1.0
        recall = right / (right + missed) if right + missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return precision, recall, f1

    def rows(self) -> dict[str, dict[str, float]]:
        """{fact, `enumerated` or `all`: its counts and scores}."""
        keys = sorted({*self.right, *self.wrong, *self.missed})
        groups = {key: [key] for key in keys}
        groups |= {"enumerated": [key for key in keys if key in ENUMERATED], "all": keys}
        found: dict[str, dict[str, float]] = {}
        for name, members in groups.items():
            counts = [sum(c[key] for key in members) for c in (self.right, self.wrong, self.missed)]
            found[name] = dict(
                zip(
                    ("right", "wrong", "missed", "precision", "recall", "f1"),
                    (*counts, *self.scores(members)),
                    strict=True,
                )
            )
        return found

    def table(self, title: str) -> str:
        """The table as text."""
        lines = [
            f"{title} ({self.cases} utterances, {1000 * self.seconds / max(self.cases, 1):.1f} ms each)",
            f"{'fact':24}{'right':>6}{'wrong':>6}{'missed':>7}   P     R     F1",
        ]
        for name, row in self.rows().items():
            lines.append(
                f"{name:24}{row['right']:6}{row['wrong']:6}{row['missed']:7}"
                f"  {row['precision']:5.2f} {row['recall']:5.2f} {row['f1']:5.2f}"
            )
        return "\n".join(lines)


def _may_be_absent(value: Any) -> bool:
    return value == "unknown" or (isinstance(value, Mapping) and "unknown" in value.get("any_of", ()))


def measure(local: LocalReader, cases: Iterable[Case]) -> Tally:
    """All labelled utterances read and compared."""
    tally = Tally()
    for case in cases:
        today = dt.date.fromisoformat(case["today"]) if case.get("today") else TODAY
        started = time.perf_counter()
        got = read(local, case.get("say") or case["utterance"], today)
        tally.seconds += time.perf_counter() - started
        tally.add(case, got)
    return tally


@dataclass
class Answered:
    """Answers to an open question: how many are read as wanted, by fact; other facts said beside."""

    right: Counter[str] = field(default_factory=Counter[str])
    asked: Counter[str] = field(default_factory=Counter[str])
    wrong: int = 0
    """Answers that stored a value other than the wanted one, the costly kind of failure."""
    beside: Tally = field(default_factory=Tally)
    failures: list[str] = field(default_factory=list[str])

    def rate(self, keys: Iterable[str]) -> float:
        """Share of right answers, 0 to 1, to questions for these facts."""
        names = list(keys)
        asked = sum(self.asked[key] for key in names)
        return sum(self.right[key] for key in names) / asked if asked else 1.0

    def line(self, title: str) -> str:
        """The totals in a line."""
        enumerated = self.rate(ENUMERATED)
        total, right = sum(self.asked.values()), sum(self.right.values())
        by_fact = "  ".join(f"{key} {self.right[key]}/{n}" for key, n in sorted(self.asked.items()))
        p, r, _ = self.beside.scores({*self.beside.right, *self.beside.wrong, *self.beside.missed})
        return (
            f"{title}: {right} of {total} right, enumerated {enumerated:.3f}, wrong value {self.wrong};"
            f" facts said beside P {p:.2f} R {r:.2f}\n  {by_fact}"
        )


def answered(local: LocalReader, cases: Iterable[Case]) -> Answered:
    """Answers to an open question read and compared; what they say beside is scored apart."""
    result = Answered()
    for case in cases:
        key = case["fact"]
        question = OpenQuestion(fact=key, text=case.get("question", "?"))
        got = read(local, case["say"], TODAY, question)
        want, optional = case["value"], case.get("optional", {})
        silent = key not in got or (key in optional and agrees(key, got[key], optional[key]))
        ok = silent if want == "nothing" else key in got and agrees(key, got[key], want)
        result.asked[key] += 1
        result.right[key] += ok
        result.wrong += not ok and got.get(key) is not None
        if case.get("also"):
            rest = {other: value for other, value in got.items() if other != key}
            result.beside.add({"say": case["say"], "facts": case["also"], "optional": optional}, rest)
        if not ok:
            result.failures.append(f"{key}: {case['say']!r} want {want!r} got {got.get(key, 'nothing')!r}")
    return result


def lines(path: Path) -> list[Case]:
    """The cases of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def sets(closed: bool) -> tuple[dict[str, list[Case]], dict[str, list[Case]]]:
    """Name → phrasing cases, and name → answer cases."""
    halves = ("dev", "test") if closed else ("dev",)
    older = yaml.safe_load((FOLDER / "utterances.yaml").read_text("utf-8"))
    older_answers = yaml.safe_load((FOLDER / "answers.yaml").read_text("utf-8"))
    phrasing = {half: lines(FOLDER / half / "phrasing.jsonl") for half in halves}
    answers = {half: lines(FOLDER / half / "answers.jsonl") for half in halves}
    for half in ("dev", "test"):
        phrasing[f"older {half}"], answers[f"older {half}"] = older[half], older_answers[half]
    return phrasing, answers


def targeted() -> tuple[list[Case], list[Case]]:
    """Our own messages and answers for what turns a meaning: negation, correction, units, dates, doubt."""
    folder = FOLDER / "targeted"
    return lines(folder / "phrasing.jsonl"), lines(folder / "answers.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--closed", action="store_true", help="the closed test files too, totals only")
    parser.add_argument("--failures", action="append", default=[], help="of dev: phrasing, answers")
    parser.add_argument("--json", type=Path, help="write all tables there")
    options = parser.parse_args()
    phrasing, answers = sets(options.closed)
    told: dict[str, Any] = {}
    for name, local in {"cues alone": reader(False), "with classifier": reader()}.items():
        read(local, "We run it ourselves.", TODAY)  # the first message loads the models
        print(f"=== {name}\n")
        for half, cases in phrasing.items():
            tally = measure(local, cases)
            told[f"{name}, {half} phrasing"] = tally.rows()
            print(tally.table(f"{half} phrasing"), "\n")
            if half == "dev" and "phrasing" in options.failures and name != "cues alone":
                print("\n".join(tally.failures), "\n")
        for half, cases in answers.items():
            result = answered(local, cases)
            told[f"{name}, {half} answers"] = {"right": result.right, "asked": result.asked}
            print(result.line(f"{half} answers"))
            if half == "dev" and "answers" in options.failures and name != "cues alone":
                print("\n".join(result.failures))
        print()
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
