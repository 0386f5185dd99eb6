"""What-if, for every face: where a move does not fit what is supposed."""

from advisor.domain.case import Case
from advisor.domain.decision import Recommendation


def misfits(decision: Recommendation, supposed: Case, late: str, dear: str) -> list[str]:
    """Where the first move does not fit into the time or the money that are supposed.

    `late` is the line for the time, with `{least}` and `{most}` in days; `dear` that for the money.
    """
    first, found = decision.first, list[str]()
    time, money = supposed.timeline_days, supposed.budget_usd
    if time is not None and first.duration_days is not None and first.duration_days[0] > time.high:
        found.append(late.format(least=first.duration_days[0], most=round(time.high)))
    if money is not None and first.cost is not None and first.cost.low > money.high:
        found.append(dear)
    return found
