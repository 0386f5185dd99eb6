"""One pass through the gate: run, judge, tell."""

import json
from collections.abc import Sequence
from pathlib import Path

from evals.faults import Unprepared
from evals.gate.baseline import Baseline, load_baseline
from evals.gate.judging import judge
from evals.gate.limits import Limits, load_limits, unbounded
from evals.gate.verdict import Verdict
from evals.lanes import run_in_lanes
from evals.product import Product
from evals.report.terminal import Screen, show
from evals.results import Profile, Run
from evals.runner import run_sections
from evals.sections import NAMES

FAILED, PASSED = 1, 0


def gate(
    profile: Profile,
    *,
    only: Sequence[str] | None = None,
    stop_at_first: bool = False,
    shuffle: int | None = None,
    json_file: Path | None = None,
    html_file: Path | None = None,
) -> int:
    """0 when the product is as good as the baseline, 1 when not. Raises Unprepared."""
    chosen = chosen_sections(only)
    baseline, limits = load_baseline(), load_limits()
    if not baseline.cases:
        raise Unprepared('There is no baseline. Write one: python -m evals.gate update --reason "…" --accept')
    with Screen() as screen:
        if stop_at_first:
            with Product() as product:
                run = run_sections(
                    product,
                    profile,
                    chosen,
                    watcher=screen,
                    shuffle=shuffle,
                    stop=lambda so_far: not judge(so_far, baseline, limits).passed,
                )
        else:
            run = run_in_lanes(profile, chosen, screen, shuffle)
    verdict = verdict_on(run, baseline, limits)
    show(run, verdict)
    if json_file is not None:
        written = {"run": run.model_dump(mode="json"), "verdict": verdict.model_dump(mode="json")}
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if html_file is not None:
        from evals.report.html import write_html

        write_html(run, html_file, verdict)
    return PASSED if verdict.passed else FAILED


def verdict_on(run: Run, baseline: Baseline, limits: Limits) -> Verdict:
    """The verdict. Raises Unprepared when a metric that was measured has no limits."""
    lacking = [name for name in unbounded(limits) if name in run.totals]
    if lacking:
        raise Unprepared(f"evals/gate/limits.yaml has no entry for {', '.join(lacking)}. Add one for each.")
    return judge(run, baseline, limits)


def chosen_sections(only: Sequence[str] | None) -> Sequence[str]:
    """The sections to run, in their order; all where none is named. Raises Unprepared for an unknown one."""
    if only is None:
        return NAMES
    if unknown := [name for name in only if name not in NAMES]:
        raise Unprepared(f"There is no section {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    return [name for name in NAMES if name in only]
