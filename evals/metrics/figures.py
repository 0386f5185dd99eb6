"""Metrics of questions for a figure."""

from evals.metrics.registry import Scored, scored_by

FOUND, DECLINED = "found", "declined"


@scored_by("figures")
def figure_found(verdict: str, said: str) -> Scored:
    """Whether a question that the guides answer with a figure gets its numbers, with their source cited.

    Range: 0 or 1. Source: ours, `evals.figure_questions.judge`; numbers are read as digits.
    """
    return Scored(float(verdict == FOUND), "" if verdict == FOUND else f"{verdict}: {said}")


@scored_by("figures")
def conflict_shown(shown: bool, said: str) -> Scored:
    """Whether another guide's differing figure is shown beside the one asked for, with its source.

    Range: 0 or 1. Source: ours, "shows the disagreement instead of averaging it away".
    """
    return Scored(float(shown), "" if shown else f"no other guide's figure in: {said}")


@scored_by("figures")
def declined_when_unknown(verdict: str, said: str) -> Scored:
    """Whether a question for a figure that no guide gives is declined, and no number offered as an answer.

    Range: 0 or 1; 0 is a false answer. Source: ours, "no row for the date or place asked: say so".
    """
    return Scored(float(verdict == DECLINED), "" if verdict == DECLINED else f"{verdict} answer: {said}")


@scored_by("figures")
def figure_looked_up(missed: list[str]) -> Scored:
    """Whether the lookup alone gives all rows that a question names, and none where no guide has one.

    Range: 0 or 1. Source: ours.
    """
    return Scored(float(not missed), "; ".join(missed[:2]))
