"""The committed baseline: what each case scored and which outcome it had, one line a case.

A file a section, sorted by case, so that a change of the baseline reads as a change of cases.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from evals.results import CaseResult, Profile, Run

FOLDER = Path(__file__).parent / "baseline"
ABOUT = "about.json"


class Kept(BaseModel):
    """What the baseline keeps of a case. `fast`: it is one of the fast profile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    id: str
    fast: bool
    scores: dict[str, float] = Field(default_factory=dict[str, float])
    why: dict[str, str] = Field(default_factory=dict[str, str])
    record: JsonValue = None


class Change(BaseModel):
    """One update of the baseline: when, why, and what was given up by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: str
    reason: str
    given_up: tuple[str, ...] = ()


class Baseline(BaseModel):
    """All that is kept, the totals by profile, and the updates, newest last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: dict[tuple[str, str], Kept]
    totals: dict[Profile, dict[str, float]]
    changes: tuple[Change, ...] = ()

    def expected(self, profile: Profile) -> dict[tuple[str, str], Kept]:
        """The cases that a run of this profile must hold."""
        return {key: kept for key, kept in self.cases.items() if kept.fast or profile == "full"}


def load_baseline(folder: Path = FOLDER) -> Baseline:
    """Reads the baseline; an empty one where none was written yet."""
    cases: dict[tuple[str, str], Kept] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            kept = Kept(section=path.stem, **row)
            cases[kept.section, kept.id] = kept
    about = folder / ABOUT
    told = json.loads(about.read_text("utf-8")) if about.exists() else {}
    return Baseline(cases=cases, totals=told.get("totals", {}), changes=told.get("changes", ()))


def write_baseline(baseline: Baseline, folder: Path = FOLDER) -> None:
    """Writes the baseline whole."""
    folder.mkdir(parents=True, exist_ok=True)
    by_section: dict[str, list[str]] = {}
    for kept in sorted(baseline.cases.values(), key=lambda one: (one.section, one.id)):
        row = kept.model_dump(mode="json", exclude={"section"}, exclude_defaults=True) | {"fast": kept.fast}
        line = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        by_section.setdefault(kept.section, []).append(line)
    for path in folder.glob("*.jsonl"):
        if path.stem not in by_section:
            path.unlink()
    for section, lines in by_section.items():
        (folder / f"{section}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    about = {
        "totals": {profile: dict(sorted(totals.items())) for profile, totals in baseline.totals.items()},
        "changes": [change.model_dump(mode="json") for change in baseline.changes],
    }
    (folder / ABOUT).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8")


def with_run(baseline: Baseline, run: Run, fast_ids: Iterable[tuple[str, str]], change: Change) -> Baseline:
    """The baseline after a full run. `fast_ids`: the cases of the fast profile."""
    fast = set(fast_ids)
    return Baseline(
        cases={
            (case.section, case.id): _kept(case, (case.section, case.id) in fast)
            for case in run.cases
            if case.section not in run.broken
        },
        totals={**baseline.totals, run.profile: {name: total.value for name, total in run.totals.items()}},
        changes=(*baseline.changes, change),
    )


def _kept(case: CaseResult, fast: bool) -> Kept:
    scores = {name: round(value, 6) for name, value in case.scores.items()}
    return Kept(
        section=case.section, id=case.id, fast=fast, scores=scores, why=dict(case.why), record=case.record
    )
