"""Records of what moves last and cost: each move at several deadlines, its routes in several places, claims.

Figures of lines are exact; those of simulated lines are told apart under `p`, since another seed moves them.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.costs import BreakEven, Costs, Estimate
from advisor.domain.decision import Line
from advisor.domain.vocabulary import LEVELS, Level
from advisor.policy.backplan import TimelineFile, latest_starts, plan_for, span
from advisor.policy.costs import costs, price
from advisor.policy.costs.claims import check_claims
from advisor.policy.playbook_files import MoveEntry
from advisor.policy.rulebook import Rulebook
from evals.decisions.votes import Json, Voted, cited, named

DEADLINES = (None, 6, 7, 13, 14, 20, 28, 29, 30, 35, 41, 42, 45, 59, 60, 75, 89, 90, 120, 179)
"""Days at which a move is priced: none, and both sides of where moves begin and end."""

PLACES = ("US", "London", "India", "Poland", "offshore", "Singapore")

PRICED_BY_LEVEL = ("ai_engineer+full_time", "ai_engineer+contractor")
PRICED_BY_PLACE = ("ai_engineer+full_time", "ml_engineer+full_time", "ai_engineer+offshore_team")
PRICED_BY_DEADLINE = ("ai_developer+contractor", "none_yet+pilot")
"""The moves that stand for all in the records by level, place and deadline, where the guides give figures."""

DELAY = 20_000
"""What a month of delay costs in the records with one."""


def move_records(
    rulebook: Rulebook, voted: Iterable[Voted], dates: TimelineFile
) -> Iterator[tuple[str, Json]]:
    """For each move: how it is ranked, priced, dated and followed. `voted` are the recorded cases."""
    scored = list(voted)
    for place, move in enumerate(rulebook.moves):
        out = sum(one.scores[place] < -100_000 for one in scored)
        yield named(move), {"k": "move", "prior": move.prior, "out": out, **_of_move(rulebook, move, dates)}


def _of_move(rulebook: Rulebook, move: MoveEntry, dates: TimelineFile) -> Json:
    notes = [
        f"{note.place} {cited(note.rests_on)}"
        for note in rulebook.notes
        if not note.goes_with or set(note.goes_with) & set(move.targets)
    ]
    then = [
        f"{named(rulebook.move(entry.move))} #{cited([entry.rests_on])}"
        for entry in rulebook.sequences
        if set(entry.after) & set(move.targets)
    ]
    plan = plan_for(dates, move.targets)
    stages = {stage.id: stage for stage in dates.stages}
    lengths = [stages[name].length for name in plan.stages] if plan else []
    began = list(plan.stages).index(plan.work_begins) if plan else None
    priced: Json = {str(days): _priced(rulebook, move, days) for days in DEADLINES}
    return {
        "priced": _runs(priced),
        "notes": sorted(notes),
        "then": sorted(then),
        "stages": [f"{one.low}–{one.high} {one.unit}" for one in lengths],
        "began": began,
    }


def _priced(rulebook: Rulebook, move: MoveEntry, days: int | None) -> str:
    found = price(rulebook, move, Case.of({} if days is None else {"timeline_days": days}))
    lasts = (
        "no length"
        if found.duration_days is None
        else f"{found.duration_days[0]}–{found.duration_days[1]} days"
    )
    if found.cost is None:
        return f"{lasts}, no price"
    return f"{lasts}, {found.cost.low:g}–{found.cost.high:g} {found.cost.unit}{'+' * found.cost.open_ended}"


def _runs(priced: Json) -> Json:
    """One entry for each stretch of deadlines with the same price."""
    kept: Json = {}
    last: JsonValue = None
    for days, told in priced.items():
        if told != last:
            kept[days] = told
        last = told
    return kept


def stage_record(rulebook: Rulebook, dates: TimelineFile) -> Json:
    """What other guides give for a stage, and the way back from one deadline, as days before it."""
    others = [
        f"{one.length.low}–{one.length.high} {one.length.unit} {'/'.join(one.levels)}" for one in dates.others
    ]
    day = dt.date(2027, 6, 30)
    plans = []
    for plan in dates.plans:
        stages = {stage.id: stage for stage in dates.stages}
        starts = latest_starts([span(stages[name].length) for name in plan.stages], (day, day))
        back = ", ".join(f"{(day - early).days}–{(day - late).days}" for early, late in starts)
        plans.append(f"{'/'.join(sorted(plan.goes_with))}: {back}")
    return {"k": "stages", "others": sorted(others), "plans": sorted(plans)}


def cost_records(rulebook: Rulebook) -> Iterator[tuple[str, Json]]:
    """The routes of each move, and of some in every place, at every level, in several times, with delay."""
    by_name = {named(move): move for move in rulebook.moves}
    for name, move in by_name.items():
        yield name, _routes(costs(rulebook, move, Case(), None), brief=False)
    for name in (one for one in PRICED_BY_LEVEL if one in by_name):
        for level in LEVELS:
            yield f"{name} {level}", _routes(costs(rulebook, by_name[name], Case(), level))
    for name in (one for one in PRICED_BY_PLACE if one in by_name):
        for place in PLACES:
            yield f"{name} in {place}", _in(rulebook, by_name[name], {"region_preference": place})
    for name in (one for one in PRICED_BY_DEADLINE if one in by_name):
        for days in (30, 33, 36, 42, 60):
            yield f"{name} in {days} days", _in(rulebook, by_name[name], {"timeline_days": days})
    for name in (one for one in PRICED_BY_PLACE if one in by_name):
        yield f"{name} with delay", _in(rulebook, by_name[name], {"delay_cost_usd": DELAY})
    if (one := by_name.get(PRICED_BY_PLACE[0])) is not None:
        pounds = {"min": DELAY, "max": 2 * DELAY, "currency": "GBP", "original": "£20-40k"}
        in_pounds: Json = {"delay_cost_usd": pounds, "region_preference": "London"}
        yield f"{PRICED_BY_PLACE[0]} with delay in pounds", _in(rulebook, one, in_pounds)


def _in(rulebook: Rulebook, move: MoveEntry, facts: Json, level: Level | None = None) -> Json:
    return _routes(costs(rulebook, move, Case.of(facts), level))


def _routes(found: Costs, brief: bool = True) -> Json:
    record: Json = {"k": "costs", "first": found.first, "abroad": found.offshore_named}
    for estimate in found.estimates:
        record[estimate.id] = _estimate(estimate, brief)
    if found.break_even is not None:
        record["break_even"] = _break_even(found.break_even)
    if lines := found.delay.lines():
        record["delay"] = [figures(line) for line in lines]
    return record


def _estimate(estimate: Estimate, brief: bool) -> Json:
    """Terms in the order of the sum; the rows and assumptions behind them unless it is to be brief."""
    rows = [line for line in estimate.inputs if not brief or line.origin == "source"]
    return {
        "from": sorted(figures(line) for line in rows),
        "terms": [figures(line) for line in estimate.terms],
        "sum": figures(estimate.total),
        "p": _simulated((estimate.p10, estimate.p50, estimate.p90)),
        "%": [line.low for line in estimate.dominated_by],
        "open": len(estimate.leaves_out),
        "stand-ins": len(estimate.stands_in),
    }


def _break_even(found: BreakEven) -> Json:
    return {
        "from": [figures(line) for line in (*found.compares, found.year)],
        "sum": figures(found.hours),
        "p": _simulated((found.p10, found.p50, found.p90)),
        "months": [line.low for line in found.months],
        "%": [found.hire_wins.low],
    }


def _simulated(lines: Iterable[Line]) -> Json:
    """Percentile → value."""
    return {line.id.rpartition(".")[2]: line.low for line in lines}


def figures(line: Line) -> str:
    """The figures of a line, and what they measure."""
    ends = f"{line.low:g}" if line.low == line.high else f"{line.low:.7g}–{line.high:.7g}"
    return f"{ends} {line.unit}{'+' * line.open_ended}"


def claim_records(rulebook: Rulebook) -> Iterator[tuple[str, Json]]:
    """Each vendor's claim with what its own figures come to; named by whose it is and its kind."""
    for claim in check_claims(rulebook):
        yield (
            f"{claim.publisher} {claim.kind}",
            {
                "k": "claim",
                "claimed": figures(claim.claimed),
                "from": sorted(figures(line) for line in claim.workings),
                "comes to": [figures(line) for line in claim.compared],
                "verdict": claim.verdict,
            },
        )
