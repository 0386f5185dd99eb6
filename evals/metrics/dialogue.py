"""The metrics of dialogue: how a conversation with a simulated user went, from the opening to the memo."""

import math
import statistics
from collections.abc import Sequence

from evals.metrics.registry import Scored, scored_by


@scored_by("dialogue")
def first_move_in_dialogue(grade: float, came: str) -> Scored:
    """Whether role and engagement of the memo's first move are ones that the author of the case accepts.

    Range: 0 (one of them is wrong, or there is no memo), 0.5 (neither wrong nor both accepted) or 1.
    Source: ours; task success of the PARADISE framework (Walker et al., 1997), with the cases' gold.
    """
    return Scored(grade, "" if grade == 1.0 else f"the first move is {came}")


@scored_by("dialogue", lowest=0.0, highest=math.inf, better="lower", unit="questions")
def questions_in_dialogue(asked: Sequence[str]) -> float:
    """How many questions a user was asked, the side questions that he asked himself left out.

    Range: 0 upward, lower is better as long as the first move stays right.
    Source: ours; a dialogue cost of the PARADISE framework (Walker et al., 1997).
    """
    return float(len(asked))


@scored_by("dialogue")
def nothing_asked_twice(repeated: Sequence[str]) -> Scored:
    """Whether no question came a second time, unless a contradiction of the user's own was the reason.

    A question that stays open while a side question is answered is not asked twice. Range: 0 or 1.
    Source: ours; "never ask what was said" in the product's design.
    """
    return Scored(float(not repeated), _listed("asked twice", repeated))


@scored_by("dialogue")
def nothing_known_asked(known: Sequence[str]) -> Scored:
    """Whether no question was about a fact that the user had stated and the advisor had taken as stated.

    What it only guessed it may confirm, what contradicts itself it may clear up. Range: 0 or 1.
    Source: ours; "never ask what was said" in the product's design.
    """
    return Scored(float(not known), _listed("known and still asked", known))


@scored_by("dialogue")
def contradiction_named(named: bool) -> Scored:
    """Whether the advisor asked about a contradiction: for one of its facts, although that was stated.

    Range: 0 or 1; only of users who contradict themselves. Source: ours.
    """
    return Scored(float(named), "" if named else "the contradiction went by without a question")


@scored_by("dialogue")
def correction_taken(taken: Sequence[str], not_taken: Sequence[str]) -> Scored:
    """Share of the facts a user set anew, by a correction or to settle a contradiction, that hold in the end.

    Range: 0 to 1; only of users who did. Source: ours; goal accuracy of dialogue state tracking (Henderson
    et al., The Second Dialog State Tracking Challenge, 2014) over the corrected slots alone.
    """
    value = len(taken) / (len(taken) + len(not_taken))
    return Scored(value, _listed("the later word does not hold", not_taken))


@scored_by("dialogue")
def reaches_memo(reached: bool, turns: int) -> Scored:
    """Whether the conversation led to a memo within the most turns that a simulated user has patience for.

    Range: 0 or 1. Source: ours.
    """
    return Scored(float(reached), "" if reached else f"no memo after {turns} messages")


@scored_by("dialogue")
def ideas_mentioned(share: float) -> Scored:
    """Share of the ideas that the author of a case wants in the memo which it mentions, by patterns of words.

    Range: 0 to 1; only of cases that list any. Source: ours; recall of content units as in the pyramid
    method (Nenkova and Passonneau, 2004), with patterns for annotators.
    """
    return Scored(share, "" if share == 1.0 else f"{share:.0%} of the wanted ideas are in the memo")


@scored_by("dialogue", lowest=0.0, highest=math.inf, better="lower", unit="s")
def seconds_a_turn(seconds: Sequence[float]) -> float:
    """Median time from message to whole reply, the memo among them, on the machine of the run.

    Range: 0 upward, seconds; lower is better. Told, not gated: it depends on the machine.
    Source: ours, wall time.
    """
    return statistics.median(seconds)


def _listed(what: str, facts: Sequence[str]) -> str:
    return f"{what}: {', '.join(dict.fromkeys(facts))}" if facts else ""
