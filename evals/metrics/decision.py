"""Metrics of the decision: right first moves, questions worth asking, and what admits no exception."""

from collections.abc import Sequence

from evals.metrics.registry import Scored, scored_by


@scored_by("decision")
def first_move_right(
    role: str, engagement: str, roles: Sequence[str], engagements: Sequence[str], wrong: Sequence[str]
) -> Scored:
    """Whether the first move is one that the case's author accepts, in role and in engagement.

    Range: 1 both accepted, 0.5 not both and neither called wrong by a guide, 0 called wrong by a guide.
    Source: our own; the accepted and the wrong moves stand in `evals/cases`, written from the guides.
    """
    if faults := [part for part in (role, engagement) if part in wrong]:
        return Scored(0.0, f"{role}+{engagement}: a guide calls {' and '.join(faults)} wrong here")
    if role in roles and engagement in engagements:
        return Scored(1.0)
    return Scored(0.5, f"{role}+{engagement}, accepted {'/'.join(roles)} + {'/'.join(engagements)}")


@scored_by("decision")
def first_move_not_wrong(role: str, engagement: str, wrong: Sequence[str]) -> Scored:
    """Whether no guide calls the first move's role or engagement wrong for the case.

    Range: 1 none does, 0 one does.
    Source: our own; the moves called wrong stand in `evals/cases`, with the guides' rows.
    """
    faults = [part for part in (role, engagement) if part in wrong]
    return Scored(float(not faults), f"a guide calls {' and '.join(faults)} wrong here" if faults else "")


@scored_by("decision", highest=40.0, better="lower", unit="questions")
def questions_asked(asked: Sequence[str]) -> Scored:
    """How many questions are asked of a user who answers each as the case has it, until none is worth asking.

    Range: 0 to twice the number of facts, lower is better.
    Source: our own; simulated users after Young et al., "POMDP-Based Spoken Dialog Systems", 2013.
    """
    return Scored(float(len(asked)), f"asked {', '.join(asked)}" if asked else "")


@scored_by("decision", better="lower")
def regret(share: float, chosen: str, best: str) -> Scored:
    """What stopping to ask costs: the score that the chosen move lacks, with all the case's facts known.

    Range: 0 the best move was chosen, to 1; (best score - score of the chosen) / best score.
    Source: simple regret, Bubeck, Munos and Stoltz, "Pure Exploration in Multi-armed Bandit Problems" (2009).
    """
    return Scored(share, f"chose {chosen}, with all known it is {best}" if share else "")


@scored_by("decision", better="lower")
def idle_questions(asked: Sequence[str], idle: Sequence[str]) -> Scored:
    """The share of questions asked whose answer could change nothing.

    A question could change something if two of its answers lead to different first moves, on what is known
    or together with one of 400 sampled sets of answers to all other open questions.
    Range: 0 to 1, lower is better. Source: our own, after the value of information (Howard, 1966).
    """
    return Scored(len(idle) / len(asked) if asked else 0.0, f"idle: {', '.join(idle)}" if idle else "")


@scored_by("decision", invariant=True)
def nothing_asked_again(repeated: Sequence[str]) -> Scored:
    """Whether every question is about a fact that is neither known nor asked for already.

    Range: 1 or 0. Source: our own; the issue's "nothing asked twice".
    """
    return Scored(float(not repeated), f"asked again: {', '.join(repeated)}" if repeated else "")


@scored_by("decision", invariant=True)
def scores_add_up(fault: str) -> Scored:
    """Whether each move's score is its prior plus the strongest support and objection of each ground.

    Range: 1 or 0. Source: the policy's own rule (`advisor/policy/scoring.py`), reckoned a second way.
    """
    return Scored(float(not fault), fault)


@scored_by("decision", invariant=True)
def flips_true(stated: int, faults: Sequence[str]) -> Scored:
    """Whether every stated flip, run again from its plain JSON, makes the stated move the first one.

    Range: 1 or 0. Source: our own; the memo promises that each flip was re-run.
    """
    return Scored(float(not faults), f"{len(faults)} of {stated}: {faults[0]}" if faults else "")


@scored_by("decision", invariant=True)
def replay_identical(faults: Sequence[str]) -> Scored:
    """Whether a decision comes out the same, bit for bit, from a playbook that was read anew.

    Its certificate replays without a difference, and one in which a fact was changed does not.
    Range: 1 or 0. Source: our own; `advisor/policy/certificate.py`.
    """
    return Scored(float(not faults), "; ".join(faults[:3]))
