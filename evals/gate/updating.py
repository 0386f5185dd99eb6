"""A new baseline: what it would give up is shown first, and written only when that is accepted.

Both profiles are run. A case that comes out otherwise in the fast one than in the full one depends on its
company; such a baseline is refused, as is one in which an invariant does not hold.
"""

from evals.faults import Unprepared
from evals.gate.baseline import Change, load_baseline, with_run, write_baseline
from evals.gate.judging import judge
from evals.gate.limits import Limits, load_limits
from evals.gate.passing import FAILED, PASSED, verdict_on
from evals.lanes import run_in_lanes
from evals.report.terminal import Screen
from evals.results import CaseResult, Run
from evals.sections import NAMES, section

SHOWN = 12
"""Cases listed for each thing that is given up."""

UNSTEADY = 1e-6


def update(reason: str, accept: bool) -> int:
    """0 when the baseline was written or nothing would be given up; 1 when something is, and not accepted."""
    old, limits = load_baseline(), load_limits()
    line = Screen().line
    runs: list[Run] = []
    for profile in ("fast", "full"):
        line(f"── {profile} profile")
        with Screen() as screen:
            runs.append(run_in_lanes(profile, NAMES, screen))
    fast, full = runs
    for run in runs:
        if run.broken:
            told = "; ".join(f"{name}: {why}" for name, why in run.broken.items())
            raise Unprepared(f"A section could not be measured, so there is no new baseline. {told}")
    if unlike := _unlike(fast, full):
        raise Unprepared(
            "These cases come out otherwise in the fast profile than in the full one, so that they depend on "
            f"other cases: {', '.join(unlike)}. Mend that first."
        )
    verdict = verdict_on(full, old, limits)
    broken = [finding for finding in verdict.findings if finding.kind == "invariant"]
    if broken:
        raise Unprepared(
            "; ".join(finding.message for finding in broken) + ". An invariant can't be given up."
        )
    given_up: list[str] = []
    for finding in judge(full, old, limits.model_copy(update={"metrics": {}, "totals": {}})).findings:
        given_up.append(finding.message)
        line(finding.message)
        for case in finding.cases[:SHOWN]:
            line(f"    {case.id}: {case.why}")
        if len(finding.cases) > SHOWN:
            line(f"    and {len(finding.cases) - SHOWN} more")
    for name, metric in verdict.metrics.items():
        if metric.before is not None and metric.worse:
            told = f"{name}: {metric.worse} cases worse, {metric.better} better ({metric.before:.4g} before)"
            given_up.append(told)
            line(told)
    if not given_up:
        line("Nothing is given up.")
    elif not accept and old.cases:
        line("The baseline stays as it is. Add --accept to give this up.")
        return FAILED
    floors = [finding.message for finding in verdict.findings if finding.kind == "floor"]
    if floors:
        raise Unprepared(f"{'; '.join(floors)}. Mend the product, or say in limits.yaml why it may be.")
    change = Change(date=full.date[:10], reason=reason, given_up=tuple(given_up) if old.cases else ())
    new = with_run(old, full, fast.by_id(), change)
    new = new.model_copy(
        update={"totals": new.totals | {"fast": {name: total.value for name, total in fast.totals.items()}}}
    )
    write_baseline(new)
    line(
        f"The baseline holds {len(new.cases)} cases now, {sum(one.fast for one in new.cases.values())} fast."
    )
    return PASSED


def _unlike(fast: Run, full: Run) -> list[str]:
    """Cases of the fast profile that the full one lacks or scores otherwise; metrics without a gate aside."""
    limits, whole = load_limits(), full.by_id()
    found: list[str] = []
    for key, case in fast.by_id().items():
        other = whole.get(key)
        if other is None or _gated(case, limits) != _gated(other, limits) or _recorded_otherwise(case, other):
            found.append("/".join(key))
    return found


def _gated(case: CaseResult, limits: Limits) -> dict[str, float]:
    shown = {name for name, limit in limits.metrics.items() if not limit.gated}
    return {name: round(value, 6) for name, value in case.scores.items() if name not in shown}


def _recorded_otherwise(one: CaseResult, other: CaseResult) -> bool:
    differs = section(one.section).differs
    return differs is not None and one.record is not None and bool(differs(one.record, other.record))
