"""How well the local reader understands: precision, recall and F1 by fact.

    python evals/understanding.py [PHRASING.jsonl ...] [--failures dev|answers|FILE]

Prints the table for the dev and the test half of `understanding/utterances.yaml`, the share of right
answers of `understanding/answers.yaml`, and the same table for each file given (one JSON object a line).
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
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from advisor.adapters.local_reader import LocalReader, load_reading  # noqa: E402
from advisor.domain.commands import OpenQuestion, SetFact  # noqa: E402
from advisor.ports.language import ReadingContext  # noqa: E402

TODAY = dt.date(2026, 11, 20)
NEAR = 0.10
NEAR_DAYS = 3


def reader() -> LocalReader:
    """The local reader with the playbook of the checkout."""
    folder = HERE.parent / "advisor" / "playbook" / "reading"
    return LocalReader(load_reading({f.stem: f.read_text("utf-8") for f in sorted(folder.glob("*.yaml"))}))


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
        return all(re.search(pattern, text, re.IGNORECASE) for pattern in want.get("match", ())) or any(
            re.search(pattern, text, re.IGNORECASE) for pattern in want.get("match", ())
        )
    if isinstance(got, Mapping):
        return got.get("value") == want
    return got == want


def _near(key: str, got: Mapping[str, Any], want: Any) -> bool:
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


class Tally:
    """Right, wrong and missed facts."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.failures: list[str] = []

    def add(self, case: Mapping[str, Any], got: Mapping[str, Any]) -> None:
        """Compare what was read with one labelled utterance."""
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

    def table(self, title: str, cases: int) -> str:
        """The table as text."""
        keys = sorted({*self.right, *self.wrong, *self.missed})
        lines = [
            f"{title} ({cases} utterances)",
            f"{'fact':24}{'right':>6}{'wrong':>6}{'missed':>7}   P     R     F1",
        ]
        for key in [*keys, "all"]:
            names = keys if key == "all" else [key]
            p, r, f = self.scores(names)
            counts = [sum(c[name] for name in names) for c in (self.right, self.wrong, self.missed)]
            lines.append(f"{key:24}{counts[0]:6}{counts[1]:6}{counts[2]:7}  {p:5.2f} {r:5.2f} {f:5.2f}")
        return "\n".join(lines)


def _may_be_absent(value: Any) -> bool:
    return value == "unknown" or (isinstance(value, Mapping) and "unknown" in value.get("any_of", ()))


def measure(local: LocalReader, cases: list[Mapping[str, Any]]) -> Tally:
    """All labelled utterances read and compared."""
    tally = Tally()
    for case in cases:
        today = dt.date.fromisoformat(case["today"]) if case.get("today") else TODAY
        tally.add(case, read(local, case.get("say") or case["utterance"], today))
    return tally


def answered(local: LocalReader, cases: list[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """How many answers to an open question are read as wanted, and the others in words."""
    right, failures = 0, []
    for case in cases:
        key = case["fact"]
        question = OpenQuestion(fact=key, text=case.get("question", "?"))
        got = read(local, case["say"], TODAY, question)
        want = case["value"]
        ok = key not in got if want == "nothing" else key in got and agrees(key, got[key], want)
        right += ok
        if not ok:
            failures.append(f"{key}: {case['say']!r} want {want!r} got {got.get(key, 'nothing')!r}")
    return right, failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("phrasing", nargs="*", type=Path)
    parser.add_argument("--failures", action="append", default=[])
    options = parser.parse_args()
    local = reader()
    halves = yaml.safe_load((HERE / "understanding" / "utterances.yaml").read_text("utf-8"))
    answers = yaml.safe_load((HERE / "understanding" / "answers.yaml").read_text("utf-8"))
    sets = {name: halves[name] for name in ("dev", "test")}
    for path in options.phrasing:
        sets[path.name] = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    for name, cases in sets.items():
        started = time.perf_counter()
        tally = measure(local, cases)
        spent = (time.perf_counter() - started) / len(cases)
        print(tally.table(name, len(cases)), f"\n{1000 * spent:.1f} ms a message\n")
        if name in options.failures:
            print("\n".join(tally.failures), "\n")
    for name in ("dev", "test"):
        right, failures = answered(local, answers[name])
        print(f"answers, {name}: {right} of {len(answers[name])} right")
        if name == "dev" and "answers" in options.failures:
            print("\n".join(failures))


if __name__ == "__main__":
    main()
