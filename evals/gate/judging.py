"""A run held against the baseline, case by case.

A metric fails when its mean is beyond the floor; when it fell from the baseline, over the cases that both
hold, by more than the allowed drop; or when it fell by less but significantly in the paired test that
`limits.yaml` names. An invariant fails with a single case below its best value, a record with a single
outcome that is not the baseline's. A case that is no longer measured fails too.
"""

from collections.abc import Callable, Sequence

from pydantic import JsonValue

from evals.gate.baseline import Baseline, Kept
from evals.gate.limits import Limit, Limits
from evals.gate.paired import bootstrap_test, sign_test
from evals.gate.verdict import CaseFinding, Finding, MetricVerdict, Verdict
from evals.metrics import METRICS, Metric
from evals.results import CaseResult, Run, Total
from evals.sections import section

Differs = Callable[[JsonValue, JsonValue], str]

TOLERANCE = 1e-6
"""Scores are kept with six decimals."""

NO_LIMIT = Limit()


def differs_in(name: str) -> Differs | None:
    """How the section with this name compares two records."""
    return section(name).differs


def judge(
    run: Run,
    baseline: Baseline,
    limits: Limits,
    compares: Callable[[str], Differs | None] = differs_in,
) -> Verdict:
    """The verdict on the sections that the run holds. `compares`: how a section compares two records."""
    now = run.by_id()
    expected = {
        key: kept
        for key, kept in baseline.expected(run.profile).items()
        if kept.section in run.seconds and kept.section not in run.broken
    }
    findings = [
        Finding(kind="broken", section=name, metric="", message=f"{name} could not be measured: {why}")
        for name, why in run.broken.items()
    ]
    findings += _invariants(run)
    findings += _records(now, expected, compares)
    findings += _missing(now, expected)
    metrics: dict[str, MetricVerdict] = {}
    for name, total in run.totals.items():
        if name in METRICS:
            metric, limit = METRICS[name], limits.metrics.get(name, NO_LIMIT)
            verdict, found = _metric(metric, total, limit, run, expected, limits)
        else:
            before = baseline.totals.get(run.profile, {}).get(name)
            verdict, found = _total(name, total, limits.totals.get(name, NO_LIMIT), before)
        metrics[name] = verdict
        findings += found
    failed = {finding.metric for finding in findings}
    metrics = {
        name: verdict.model_copy(update={"failed": name in failed}) for name, verdict in metrics.items()
    }
    new = sum(key not in baseline.cases for key in now)
    return Verdict(passed=not findings, findings=tuple(findings), metrics=metrics, new_cases=new)


def _invariants(run: Run) -> list[Finding]:
    findings: list[Finding] = []
    for name, metric in METRICS.items():
        if not metric.invariant or metric.best is None:
            continue
        broken = [
            _case(case, name, None)
            for case in run.cases
            if name in case.scores and abs(case.scores[name] - metric.best) > TOLERANCE
        ]
        if broken:
            message = f"{name} must hold in every case; it does not in {len(broken)}"
            findings.append(
                Finding(
                    kind="invariant",
                    section=metric.section,
                    metric=name,
                    message=message,
                    cases=tuple(broken),
                )
            )
    return findings


def _records(
    now: dict[tuple[str, str], CaseResult],
    expected: dict[tuple[str, str], Kept],
    compares: Callable[[str], Differs | None],
) -> list[Finding]:
    changed: dict[str, list[CaseFinding]] = {}
    held: dict[str, int] = {}
    for key, kept in expected.items():
        case = now.get(key)
        differs = compares(kept.section)
        if case is None or kept.record is None or differs is None:
            continue
        held[kept.section] = held.get(kept.section, 0) + 1
        why = differs(kept.record, case.record)
        if why:
            changed.setdefault(kept.section, []).append(
                CaseFinding(section=kept.section, id=kept.id, before=None, now=None, why=why)
            )
    return [
        Finding(
            kind="record",
            section=name,
            metric="",
            message=f"{len(cases)} of {held[name]} recorded outcomes in {name} are other than the baseline's",
            cases=tuple(cases),
        )
        for name, cases in changed.items()
    ]


def _missing(now: dict[tuple[str, str], CaseResult], expected: dict[tuple[str, str], Kept]) -> list[Finding]:
    gone: dict[str, list[CaseFinding]] = {}
    for key, kept in expected.items():
        if key not in now:
            told = CaseFinding(section=kept.section, id=kept.id, before=None, now=None, why="is not measured")
            gone.setdefault(kept.section, []).append(told)
        elif lost := sorted(set(kept.scores) - set(now[key].scores)):
            why = f"has no score any more for {', '.join(lost)}"
            told = CaseFinding(section=kept.section, id=kept.id, before=None, now=None, why=why)
            gone.setdefault(kept.section, []).append(told)
    return [
        Finding(
            kind="missing",
            section=name,
            metric="",
            message=f"{len(cases)} cases of the baseline in {name} are not measured any more, or not wholly",
            cases=tuple(cases),
        )
        for name, cases in gone.items()
    ]


def _metric(
    metric: Metric,
    total: Total,
    limit: Limit,
    run: Run,
    expected: dict[tuple[str, str], Kept],
    limits: Limits,
) -> tuple[MetricVerdict, list[Finding]]:
    sign = 1.0 if metric.better == "higher" else -1.0
    pairs = [
        (expected[key], case)
        for case in run.cases
        if metric.name in case.scores
        and (key := (case.section, case.id)) in expected
        and metric.name in expected[key].scores
    ]
    falls = [_fall(sign, kept.scores[metric.name], case.scores[metric.name]) for kept, case in pairs]
    worse = sum(fall > TOLERANCE for fall in falls)
    better = sum(fall < -TOLERANCE for fall in falls)
    fall = sum(falls) / len(falls) if falls else 0.0
    before = sum(kept.scores[metric.name] for kept, _ in pairs) / len(pairs) if pairs else None
    p = _p(limit, falls, worse, better, limits.resamples) if pairs else None
    verdict = MetricVerdict(
        name=metric.name,
        section=metric.section,
        value=total,
        before=before,
        floor=limit.floor,
        allowed_drop=limit.drop,
        worse=worse,
        better=better,
        p=p,
        failed=False,
    )
    if not limit.gated:
        return verdict, []
    findings: list[Finding] = []
    cases = tuple(
        _case(case, metric.name, kept.scores[metric.name])
        for (kept, case), one in zip(pairs, falls, strict=True)
        if one > TOLERANCE
    )
    if limit.floor is not None and sign * (limit.floor - total.value) > TOLERANCE:
        message = f"{metric.name} is {total.value:.4g}, beyond its floor of {limit.floor:.4g}"
        low = cases or _lowest(run.cases, metric)
        findings.append(
            Finding(kind="floor", section=metric.section, metric=metric.name, message=message, cases=low)
        )
    if limit.drop is not None and fall > limit.drop + TOLERANCE:
        message = (
            f"{metric.name} fell from {before:.4g} by {fall:.3g} over {len(pairs)} cases "
            f"({worse} worse, {better} better); {limit.drop:.3g} is allowed"
        )
        findings.append(
            Finding(kind="drop", section=metric.section, metric=metric.name, message=message, cases=cases)
        )
    elif p is not None and fall > 0 and p < limits.significance:
        message = (
            f"{metric.name} fell from {before:.4g} by {fall:.3g}: {worse} cases worse, {better} better, "
            f"p {p:.2g} in the {_TESTS[limit.test]}"
        )
        findings.append(
            Finding(
                kind="significant", section=metric.section, metric=metric.name, message=message, cases=cases
            )
        )
    return verdict, findings


_TESTS = {"sign": "exact sign test", "bootstrap": "paired bootstrap", "none": ""}


def _fall(sign: float, before: float, now: float) -> float:
    """How much worse; what lies within the baseline's rounding is no change."""
    fall = sign * (before - now)
    return fall if abs(fall) > TOLERANCE else 0.0


def _p(limit: Limit, falls: Sequence[float], worse: int, better: int, resamples: int) -> float | None:
    if limit.test == "sign":
        return sign_test(worse, better)
    return bootstrap_test(falls, resamples) if limit.test == "bootstrap" else None


def _total(
    name: str, total: Total, limit: Limit, before: float | None
) -> tuple[MetricVerdict, list[Finding]]:
    """A total has no cases of its own: floor and drop alone."""
    part = name.partition(".")[0]
    verdict = MetricVerdict(
        name=name,
        section=part,
        value=total,
        before=before,
        floor=limit.floor,
        allowed_drop=limit.drop,
        worse=0,
        better=0,
        p=None,
        failed=False,
    )
    findings: list[Finding] = []
    if limit.gated and limit.floor is not None and total.value < limit.floor - TOLERANCE:
        message = f"{name} is {total.value:.4g}, below its floor of {limit.floor:.4g}"
        findings.append(Finding(kind="floor", section=part, metric=name, message=message))
    if limit.gated and limit.drop is not None and before is not None:
        fall = before - total.value
        if fall > limit.drop + TOLERANCE:
            message = f"{name} fell from {before:.4g} by {fall:.3g}; {limit.drop:.3g} is allowed"
            findings.append(Finding(kind="drop", section=part, metric=name, message=message))
    return verdict, findings


def _lowest(cases: Sequence[CaseResult], metric: Metric) -> tuple[CaseFinding, ...]:
    """The worst cases, where no baseline tells which fell."""
    scored = [case for case in cases if metric.name in case.scores]
    scored.sort(key=lambda case: case.scores[metric.name], reverse=metric.better == "lower")
    return tuple(_case(case, metric.name, None) for case in scored[:10])


def _case(case: CaseResult, metric: str, before: float | None) -> CaseFinding:
    why = case.why.get(metric, "")
    return CaseFinding(section=case.section, id=case.id, before=before, now=case.scores[metric], why=why)
