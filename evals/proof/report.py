"""What a set of trials proves: a table, the survivors or alarms with the reason, and all of it as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from evals.proof.trials import Trial

Proof = Literal["mutations", "harmless"]

LEAST_CAUGHT = 0.95
"""The share of faults that the gate has to catch."""
MOST_ALARMS = 1
"""Harmless changes that may raise an alarm."""

OUTCOMES = {
    "mutations": {
        "alarm": "caught",
        "refused": "refused at load",
        "passed": "SURVIVED",
        "no_verdict": "gate could not run",
        "too_slow": "no verdict in time",
        "not_applied": "NO LONGER APPLIES",
    },
    "harmless": {
        "alarm": "ALARM",
        "refused": "REFUSED AT LOAD",
        "passed": "passed",
        "no_verdict": "gate could not run",
        "too_slow": "no verdict in time",
        "not_applied": "NO LONGER APPLIES",
    },
}


class Proved(BaseModel):
    """All trials of one proof, in the order of their changes, and whether they prove what they should."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proof: Proof
    holds: bool
    trials: tuple[Trial, ...]
    seconds: float

    @property
    def noticed(self) -> tuple[Trial, ...]:
        """Faults that were caught, or harmless changes that raised an alarm."""
        return tuple(one for one in self.trials if one.caught)

    @property
    def undecided(self) -> tuple[Trial, ...]:
        """Trials that say nothing about the gate: it could not run, or the change no longer applies."""
        return tuple(one for one in self.trials if one.outcome in ("no_verdict", "too_slow", "not_applied"))


def proved(proof: Proof, trials: Sequence[Trial], seconds: float) -> Proved:
    """The verdict. A trial that says nothing about the gate never counts in its favour."""
    noticed = sum(one.caught for one in trials)
    undecided = sum(one.outcome in ("no_verdict", "too_slow", "not_applied") for one in trials)
    if proof == "mutations":
        holds = bool(trials) and noticed >= LEAST_CAUGHT * len(trials)
    else:
        holds = bool(trials) and noticed + undecided <= MOST_ALARMS
    broken = any(one.outcome == "not_applied" for one in trials)
    return Proved(proof=proof, holds=holds and not broken, trials=tuple(trials), seconds=round(seconds, 1))


def write_json(found: Proved, path: Path) -> None:
    """Writes everything, one trial an entry."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found.model_dump_json(indent=1) + "\n", "utf-8")


def show(found: Proved, console: Console) -> None:
    """The table of all trials, then what the proof has to account for, then the verdict."""
    words = OUTCOMES[found.proof]
    table = Table("change", "layer", "outcome", "seen in", "first finding", "s", box=None, pad_edge=False)
    for one in found.trials:
        table.add_row(one.name, one.layer, words[one.outcome], one.section, one.finding, f"{one.seconds:.0f}")
    console.print(table)
    wanted = found.proof == "mutations"
    for one in found.trials:
        if one.caught != wanted:
            reason = f": {one.finding}" if one.finding else ""
            console.print(f"{words[one.outcome]}  {one.name} ({one.layer}): {one.what}{reason}", markup=False)
    console.print(summary(found), markup=False)


def summary(found: Proved) -> str:
    """The verdict in a line."""
    count, noticed = len(found.trials), len(found.noticed)
    left = f"; {len(found.undecided)} say nothing about the gate" if found.undecided else ""
    verdict = "holds" if found.holds else "DOES NOT HOLD"
    minutes = f"{found.seconds / 60:.1f} min"
    if found.proof == "mutations":
        share = 100 * noticed / count if count else 0.0
        wanted = f"at least {100 * LEAST_CAUGHT:.0f}% wanted"
        told = f"Caught {noticed} of {count} faults ({share:.1f}%, {wanted})"
        return f"{told}{left}: the proof {verdict}. {minutes}"
    allowed = f"at most {MOST_ALARMS} allowed"
    told = f"{noticed} alarms in {count} harmless changes ({allowed})"
    return f"{told}{left}: the proof {verdict}. {minutes}"
