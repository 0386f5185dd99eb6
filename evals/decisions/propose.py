"""Proposes recorded cases that show what the committed ones do not: `python -m evals.decisions.propose`.

    python -m evals.decisions.propose            # prints what it would add, and what no case can show
    python -m evals.decisions.propose --write    # adds it to evals/cases/recorded_cases.jsonl

Run it after a rule, note, follow-on, contradiction, move or predicate was added; read what it adds. Existing
cases are never changed, so that the baseline of the others stays as it is.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from pydantic import JsonValue

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.domain.vocabulary import FactKey
from advisor.policy.decide import scorer_for
from advisor.policy.flips import flips_of_one
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Rulebook, fires
from evals.decisions.recorded import FILE, RecordedCase, recorded_cases
from evals.decisions.truths import probes
from evals.decisions.votes import Voted, named, voted
from evals.decisions.wanted import missing

Facts = dict[str, JsonValue]

POOL, SEED = 12_000, 20_261_122
POOL_LOOKED_INTO = 1500
LOOKED_INTO = ("level", "a flip")
"""Of the pool, how many are tried where each takes a decision of its own; and what those are."""

MARGINS = (9, 10, 11, 24, 25, 26)
"""Leads, in percent, on both sides of where an answer is called leaning or settled."""


Outcome = tuple[str, Callable[[Facts, Voted], bool]]
"""What a whole decision is to show, and whether a case with these votes shows it."""


def outcomes(rulebook: Rulebook) -> Iterator[Outcome]:
    """What whole decisions are to show: every move first, each follow-on, level, lead, border, and ties."""
    for place, move in enumerate(rulebook.moves):
        yield f"{named(move)} comes first", lambda _, one, place=place: one.order[0] == place
    for entry in rulebook.sequences:
        for target in entry.after:
            if any(target in move.targets for move in rulebook.moves):
                what = f"{entry.move} follows {target}"
                yield (
                    what,
                    lambda facts, one, entry=entry, target=target: (
                        target in rulebook.moves[one.order[0]].targets and fires(entry, Case.of(facts))
                    ),
                )
    for level in ("entry", "mid", "senior", "staff"):
        yield f"level {level}", lambda facts, one, level=level: _level(rulebook, facts, one) == level
    for margin in MARGINS:
        yield (
            f"a lead of {margin} % with everything known",
            lambda facts, one, margin=margin: len(facts) >= 16 and _margin(one) == margin,
        )
    for count in (1, 2, 3):
        yield f"tie {count}", lambda _, one, count=count: _margin(one) == 0 and one.order[0] % 3 == count - 1
    for predicate in PREDICATES.values():
        for fact, borders in predicate.borders.items():
            for border in borders:
                yield (
                    f"a flip at {fact} {border:g}",
                    lambda facts, _, fact=fact, border=border: _flips_at(rulebook, facts, fact, border),
                )
    for known in range(9):
        for number in range(2):
            yield (
                f"{known} facts known, {number}",
                lambda facts, _, known=known, number=number: (
                    len(facts) == known and (number == 0 or "timeline_days" in facts or known == 0)
                ),
            )


def pool(rulebook: Rulebook, count: int = POOL, seed: int = SEED) -> list[Facts]:
    """Cases over the likely answers, from few facts to all of them."""
    draw = random.Random(seed)
    found: list[Facts] = []
    for number in range(count):
        share = (number % 10 + 1) / 10
        found.append(
            {
                question.fact: draw.choice(question.answers).value
                for question in rulebook.questions
                if question.answers and draw.random() < share
            }
        )
    return found


def proposed(rulebook: Rulebook, held: Sequence[RecordedCase]) -> tuple[list[RecordedCase], list[str]]:
    """The cases to add, with the next free ids, and what no case can show."""
    added, impossible = missing(rulebook, [case.facts for case in held], probes())
    next_id = max((int(case.id) for case in held), default=0) + 1
    cases = [
        RecordedCase(id=f"{next_id + place:03}", facts=facts, shows=what)
        for place, (facts, what) in enumerate(added)
    ]
    whole, unseen = _whole(rulebook, [case.facts for case in held if case.full])
    next_id += len(cases)
    cases += [
        RecordedCase(id=f"{next_id + place:03}", facts=facts, full=True, shows=what)
        for place, (facts, what) in enumerate(whole)
    ]
    return cases, [*impossible, *unseen]


def _whole(rulebook: Rulebook, held: Iterable[Facts]) -> tuple[list[tuple[Facts, str]], list[str]]:
    kept = list(held)
    seen = list(zip(kept, voted(rulebook, kept), strict=True)) if kept else []
    drawn = pool(rulebook)
    offered = list(zip(drawn, voted(rulebook, drawn), strict=True))
    added: list[tuple[Facts, str]] = []
    unseen: list[str] = []
    for what, shows in outcomes(rulebook):
        if any(shows(facts, one) for facts, one in seen):
            continue
        few = offered[:POOL_LOOKED_INTO] if what.startswith(LOOKED_INTO) else offered
        fitting = next(((facts, one) for facts, one in few if shows(facts, one)), None)
        if fitting is None:
            unseen.append(what)
            continue
        seen.append(fitting)
        added.append((fitting[0], what))
    return added, unseen


def _margin(one: Voted) -> int:
    first, second = (one.scores[place] for place in one.order[:2])
    return (first - second) * 100 // max(first, 1)


def _level(rulebook: Rulebook, facts: Facts, one: Voted) -> str | None:
    from advisor.policy.decide import AI_PEOPLE, ENGAGES_A_PERSON

    move = rulebook.moves[one.order[0]]
    if move.role not in AI_PEOPLE or move.engagement not in ENGAGES_A_PERSON:
        return None
    scores = scorer_for(rulebook).level_scores(Case.of(facts))
    best = max(scores, key=lambda level: scores[level])
    return best if scores[best] > 0 else None


def _flips_at(rulebook: Rulebook, facts: Facts, fact: FactKey, border: float) -> bool:
    if fact not in facts:
        return False
    for flip in flips_of_one(scorer_for(rulebook), Case.of(facts)):
        value = flip.changes.get(fact)
        if isinstance(value, dict) and value["min"] in (border, border - 1):
            return True
    return False


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when nothing is missing or it was written, 1 when there is something to add."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="add the proposed cases to the file")
    write = parser.parse_args(arguments).write
    held = recorded_cases() if FILE.exists() else ()
    cases, impossible = proposed(builtin_rulebook(), held)
    lines = [case.model_dump_json(exclude_defaults=True) for case in cases]
    print("\n".join(lines))
    for what in impossible:
        print(f"no case shows: {what}", file=sys.stderr)
    if write and lines:
        with FILE.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
        print(f"{len(lines)} cases added to {FILE.name}", file=sys.stderr)
    return 0 if write or not lines else 1


if __name__ == "__main__":
    sys.exit(main())
