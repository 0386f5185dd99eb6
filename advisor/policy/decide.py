"""The decision: score every move, name the first and say how sure, what nearly won, what would flip it.

Pure: the same rulebook, case and date give the same recommendation, bit for bit.
"""

import datetime as dt
from collections.abc import Collection
from functools import lru_cache

from advisor.domain.case import Case
from advisor.domain.costs import Costs
from advisor.domain.decision import (
    Alternative,
    Assumption,
    Confidence,
    Flip,
    FollowOn,
    Interest,
    Move,
    Note,
    Range,
    Recommendation,
    RuleFired,
    WithoutPublisher,
)
from advisor.domain.vocabulary import FactKey, Level
from advisor.policy.costs import costs, price
from advisor.policy.flips import flips_of_one, flips_of_two
from advisor.policy.next_question import prospect
from advisor.policy.playbook_files import MoveEntry
from advisor.policy.rulebook import Rulebook, SpokenRule, fires
from advisor.policy.scoring import Scorer

ALTERNATIVES_SHOWN = 4

AI_PEOPLE = frozenset({"ai_engineer", "ml_engineer", "mlops_engineer", "ai_developer"})
ENGAGES_A_PERSON = frozenset({"full_time", "contract_to_hire", "offshore_team"})
"""The guides speak of the seniority of AI people; it is named where one is engaged for long."""


@lru_cache(maxsize=32)
def scorer_for(rulebook: Rulebook, without: str | None = None) -> Scorer:
    """The scorer of a rulebook, built once for each rulebook and left-out publisher."""
    return Scorer(rulebook, without)


def first_move(rulebook: Rulebook, case: Case, without: str | None = None) -> MoveEntry:
    """The first move alone."""
    scorer = scorer_for(rulebook, without)
    return scorer.moves[int(scorer.first(case)[0])]


def decide(
    rulebook: Rulebook, case: Case, today: dt.date, closed: Collection[FactKey] = ()
) -> Recommendation:
    """The recommendation for a case. `closed` are facts not to ask for any more."""
    scorer = scorer_for(rulebook)
    scores = [int(score) for score in scorer.scores(case)[0]]
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    first = scorer.moves[order[0]]
    fired = _fired(scorer, case)
    others = [
        _alternative(scorer.moves[i], scores[i], first, fired) for i in order[1 : ALTERNATIVES_SHOWN + 1]
    ]
    margin = (scores[order[0]] - others[0].score) * 100 // max(scores[order[0]], 1)
    ahead = prospect(scorer, case, closed)
    flips = flips_of_one(scorer, case)
    level = _level(scorer, case, first)
    priced = price(rulebook, first, case)
    estimated = costs(rulebook, first, case, level)
    return Recommendation(
        first=Move(
            id=first.id,
            role=first.role,
            engagement=first.engagement,
            level=level,
            label=first.label,
            duration_days=priced.duration_days,
            cost=_cost(estimated) or priced.cost,
            cost_note=priced.note,
            exit_criterion=first.exit_criterion,
        ),
        notes=_notes(rulebook, first, case),
        then=_follow_ons(rulebook, first, case),
        alternatives=tuple(others),
        score=scores[order[0]],
        runner_up=others[0],
        margin=margin,
        confidence=_confidence(rulebook, margin, ahead.chance_of_change),
        rules_fired=tuple(_rule_fired(spoken) for spoken in fired),
        flips=tuple(flips),
        flips_of_two=tuple(flips_of_two(scorer, case)),
        assumptions=_assumptions(rulebook, case, flips),
        interests=_interests(fired),
        without=_without_each(rulebook, case, first),
        next_question=ahead.fact,
        chance_of_change=round(ahead.chance_of_change, 4),
        calculation=priced.lines,
        costs=estimated,
        playbook_hash=rulebook.hash,
        date=today.isoformat(),
    )


def _fired(scorer: Scorer, case: Case) -> list[SpokenRule]:
    mask = scorer.fired(case)[0]
    return [spoken for spoken, fires in zip(scorer.rules, mask, strict=True) if fires]


def _rule_fired(spoken: SpokenRule) -> RuleFired:
    return RuleFired(
        id=spoken.rule.id,
        row=spoken.rule.row,
        ground=spoken.rule.ground,
        publisher=spoken.source.publisher,
        source_id=spoken.source.id,
        interested=spoken.interested,
        weights=dict(spoken.weights),
        why=spoken.rule.why,
        facts=spoken.facts,
        rests_on=spoken.rule.rests_on,
    )


def _pull(spoken: SpokenRule, move: MoveEntry) -> int:
    return sum(spoken.weights.get(target, 0) for target in move.targets)


def _alternative(move: MoveEntry, score: int, first: MoveEntry, fired: list[SpokenRule]) -> Alternative:
    # What set it back: a rule against it if there is one, else one for the first move that leaves it out.
    telling = [s for s in fired if _pull(s, move) <= 0 and _pull(s, first) > _pull(s, move)]
    against = max(telling, key=lambda spoken: (-_pull(spoken, move), _pull(spoken, first)), default=None)
    tells = against is not None
    return Alternative(
        move=move.id,
        role=move.role,
        engagement=move.engagement,
        label=move.label,
        score=score,
        reason=against.rule.why if against is not None and tells else "",
        rule=against.rule.id if against is not None and tells else "",
    )


def _confidence(rulebook: Rulebook, margin: int, chance_of_change: float) -> Confidence:
    weights = rulebook.weights
    if margin >= weights.settled_margin and chance_of_change <= weights.ask_above_chance:
        return "settled"
    return "leaning" if margin >= weights.leaning_margin else "close"


def _cost(estimated: Costs) -> Range | None:
    """The range between P10 and P90 of the route that prices the first move."""
    estimate = estimated.of_first()
    if estimate is None:
        return None
    return Range(
        low=estimate.p10.low, high=estimate.p90.high, unit=estimate.unit, open_ended=estimate.open_ended
    )


def _level(scorer: Scorer, case: Case, move: MoveEntry) -> Level | None:
    """The seniority the rules speak for; a tie goes to the lower level, which costs less."""
    if move.role not in AI_PEOPLE or move.engagement not in ENGAGES_A_PERSON:
        return None
    scores = scorer.level_scores(case)
    best = max(scores, key=lambda level: scores[level])
    return best if scores[best] > 0 else None


def _notes(rulebook: Rulebook, first: MoveEntry, case: Case) -> tuple[Note, ...]:
    """What goes with the first move, each passage told once, in the order of the file's places."""
    found: list[Note] = []
    for note in rulebook.notes:
        fits = not note.goes_with or any(target in first.targets for target in note.goes_with)
        if fits and fires(note, case):
            found.append(Note(id=note.id, text=note.text, rests_on=note.rests_on))
    return tuple(found)


def _follow_ons(rulebook: Rulebook, first: MoveEntry, case: Case) -> tuple[FollowOn, ...]:
    follow_ons: list[FollowOn] = []
    for entry in rulebook.sequences:
        if not any(target in first.targets for target in entry.after) or not fires(entry, case):
            continue
        move = rulebook.move(entry.move)
        follow_ons.append(
            FollowOn(
                condition=entry.condition,
                role=move.role,
                engagement=move.engagement,
                label=move.label,
                passage=entry.rests_on.passage,
                quote=entry.rests_on.quote,
            )
        )
    return tuple(follow_ons)


def _assumptions(rulebook: Rulebook, case: Case, flips: list[Flip]) -> tuple[Assumption, ...]:
    """The unknown facts that could flip the first move, with what is taken in their place."""
    assumptions: list[Assumption] = []
    for question in rulebook.questions:
        turns = tuple(flip for flip in flips if question.fact in flip.changes)
        if case.value(question.fact) is not None or not turns:
            continue
        # What would itself change the first move was not taken for granted: it is open.
        flipping = [flip.changes[question.fact] for flip in turns]
        taken_for_granted = question.assumes is not None and question.assumes not in flipping
        assumptions.append(
            Assumption(
                fact=question.fact,
                taken=question.assumed if taken_for_granted else f"left open: {question.label}",
                value=question.assumes if taken_for_granted else None,
                flips=turns,
            )
        )
    return tuple(assumptions)


def _interests(fired: list[SpokenRule]) -> tuple[Interest, ...]:
    interests: dict[str, Interest] = {}
    for spoken in fired:
        publisher = spoken.source.publisher
        before = interests.get(publisher)
        favoured = spoken.interested or (before is not None and before.favoured)
        interests[publisher] = Interest(publisher=publisher, sells=spoken.source.sells, favoured=favoured)
    return tuple(interests.values())


def _without_each(rulebook: Rulebook, case: Case, first: MoveEntry) -> tuple[WithoutPublisher, ...]:
    """The first move with each publisher's rules left out; a sole publisher leaves nothing to compare."""
    if len(rulebook.publishers) < 2:
        return ()
    left: list[WithoutPublisher] = []
    for publisher in rulebook.publishers:
        move = first_move(rulebook, case, without=publisher)
        sells = next(s.sells for s in rulebook.sources.values() if s.publisher == publisher)
        left.append(
            WithoutPublisher(
                publisher=publisher,
                sells=sells,
                survives=move.id == first.id,
                role=move.role,
                engagement=move.engagement,
                label=move.label,
            )
        )
    return tuple(left)
