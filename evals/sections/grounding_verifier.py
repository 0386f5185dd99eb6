"""The verifier itself, on claims known to be right or wrong: a case for each group and kind of change.

The fast profile takes the frozen claims. The full one adds every claim and draft of both halves.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from pydantic import JsonValue

from advisor.assembly import builtin_verifier
from evals.grounding.cases import load_cases
from evals.grounding.checked import RIGHT, Checked, faults, load_checked, load_grounds
from evals.grounding_mutations import Measured, measure, measure_drafts
from evals.metrics import grounding as metrics
from evals.results import CaseResult, Profile
from evals.sections import ordered

SECTION = "grounding"


def verifier_cases(profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """The cases, group by group."""
    by_kind: dict[tuple[str, str], list[Checked]] = defaultdict(list)
    for one in load_checked():
        by_kind[one.group, one.kind].append(one)
    for (group, kind), claims in ordered([*by_kind.items()], order):
        yield _case(group, kind, claims)
    if profile == "full":
        hand = load_cases()
        for half in ("dev", "test"):
            for measured in (measure(hand, half), measure_drafts(half)):
                yield from _whole(measured)


def verdicts_differ(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The first claim that is judged otherwise than before, one line; empty when none is.

    A claim that only one of the two runs checked says nothing.
    """
    both = {*before.get("checked", ())} & {*now.get("checked", ())}
    then, later = {*before.get("misjudged", ())} & both, {*now.get("misjudged", ())} & both
    claims = {one.id: one for one in load_checked()}
    for name in sorted(later ^ then):
        one = claims.get(name)
        what = f"{one.kind}: {one.shown}" if one is not None else name
        right = one is not None and one.kind == RIGHT
        passes = (name in later) != right
        others = len(later ^ then) - 1
        more = f" (and {others} more)" if others else ""
        return f"the verifier now {'lets through' if passes else 'refuses'} {what[:160]}{more}"
    return ""


def _case(group: str, kind: str, claims: Sequence[Checked]) -> CaseResult:
    verifier, grounds = builtin_verifier(), load_grounds()
    misjudged = [one for one in claims if bool(faults(one, verifier, grounds)) == (kind == RIGHT)]
    record: dict[str, JsonValue] = {
        "checked": [one.id for one in claims],
        "misjudged": [*sorted(one.id for one in misjudged)],
    }
    return _result(
        f"verifier/{group}/{kind.replace(' ', '_')}",
        kind == RIGHT,
        len(claims),
        [one.shown for one in misjudged],
        record=record,
    )


def _whole(measured: Measured) -> Iterator[CaseResult]:
    place = f"verifier-all/{measured.name.replace(' ', '_')}"
    for kind, made in sorted(measured.made.items()):
        missed = [one.claim.text for one in measured.missed if one.kind == kind]
        yield _result(f"{place}/{kind.replace(' ', '_')}", False, made, missed)
    yield _result(f"{place}/{RIGHT}", True, measured.claims, [claim.text for claim, _ in measured.alarms])


def _result(name: str, right: bool, among: int, wrong: Sequence[str], record: JsonValue = None) -> CaseResult:
    metric = metrics.right_claim_passes if right else metrics.wrong_claim_refused
    scored = metric.score(among=among, wrong=wrong)
    return CaseResult(
        section=SECTION,
        id=name,
        scores={metric.name: scored.value},
        why={metric.name: scored.why} if scored.why else {},
        expected="passes" if right else "is refused",
        got={"claims": among, "misjudged": list(wrong)},
        record=record,
    )
