"""Records of what speaks for what: the votes of all rules that fire, by content and never by a rule's name.

A vote is a target with its signed weight. Votes of one publisher on one ground stand together, since only
the strongest of them counts; what the ground is called does not matter. `explained` adds the votes up by
the rule that the policy states, and so checks the policy's own sums.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.decision import Reference
from advisor.domain.vocabulary import FACT_KEYS
from advisor.policy.contradictions import contradictions
from advisor.policy.decide import scorer_for
from advisor.policy.playbook_files import MoveEntry
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Rulebook, SpokenRule, fires
from advisor.policy.scoring import OUT_OF_THE_QUESTION, Variations

Facts = Mapping[str, JsonValue]
Json = dict[str, Any]
"""A record: plain JSON."""


@dataclass(frozen=True)
class Voted:
    """What one case came to: the rules that fire, every move's score, and the moves by rank."""

    fired: tuple[SpokenRule, ...]
    scores: tuple[int, ...]
    order: tuple[int, ...]


def voted(rulebook: Rulebook, cases: Sequence[Facts]) -> list[Voted]:
    """All cases at once."""
    scorer = scorer_for(rulebook)
    typed = [Case.of(facts) for facts in cases]
    together = Variations.of(
        Case(),
        [
            {key: case.value(key) for key in FACT_KEYS if key in facts}
            for facts, case in zip(cases, typed, strict=True)
        ],
    )
    masks, scores = scorer.fired(Case(), together), scorer.scores(Case(), together)
    firsts = scorer.first(Case(), together)
    found: list[Voted] = []
    for mask, row, first in zip(masks, scores.tolist(), firsts.tolist(), strict=True):
        rest = sorted((i for i in range(len(row)) if i != first), key=lambda i: (-row[i], i))
        fired = tuple(spoken for spoken, held in zip(scorer.rules, mask, strict=True) if held)
        found.append(Voted(fired, tuple(row), (first, *rest)))
    return found


def record(rulebook: Rulebook, facts: Facts, one: Voted) -> Json:
    """The votes by publisher and ground, the two moves that lead, and what the conditions let through."""
    case, moves = Case.of(facts), rulebook.moves
    first, second = one.order[:2]
    notes = [note for note in rulebook.notes if (note.when or note.unless) and fires(note, case)]
    then = [entry for entry in rulebook.sequences if (entry.when or entry.unless) and fires(entry, case)]
    clashes = [f"{'/'.join(entry.facts)}: {entry.ask}" for entry in contradictions(rulebook, case)]
    found: Json = {
        "k": "votes",
        "f": dict(facts),
        "v": _plain(grouped(one.fired)),
        "first": named(moves[first]),
        "next": named(moves[second]),
        "by": [one.scores[first], one.scores[second]],
    }
    said = {
        "notes": sorted(cited(note.rests_on) for note in notes),
        "then": sorted(
            f"{named(rulebook.move(entry.move))} after {'/'.join(sorted(entry.after))}" for entry in then
        ),
        "clash": sorted(clashes),
    }
    return {**found, **{key: list(value) for key, value in said.items() if value}}


def grouped(fired: Iterable[SpokenRule]) -> dict[str, list[str]]:
    """Publisher → for each ground one text of its votes, in an order that no name determines."""
    grounds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for spoken in fired:
        votes = [f"{target}{weight:+d}" for target, weight in spoken.weights.items()]
        grounds[spoken.source.publisher, spoken.rule.ground] += votes
    found: dict[str, list[str]] = defaultdict(list)
    for (publisher, _), votes in grounds.items():
        found[publisher].append(" ".join(sorted(votes)))
    return {publisher: sorted(found[publisher]) for publisher in sorted(found)}


def explained(rulebook: Rulebook, facts: Facts, one: Voted) -> str:
    """Why a score is not its prior plus the strongest votes by publisher and ground; empty where each is."""
    strongest: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for spoken in one.fired:
        for target, weight in spoken.weights.items():
            ends = strongest[spoken.source.publisher, spoken.rule.ground, target]
            ends[0], ends[1] = max(ends[0], weight), min(ends[1], weight)
    sums: dict[str, int] = defaultdict(int)
    for (_, _, target), ends in strongest.items():
        sums[target] += sum(ends)
    case = Case.of(facts)
    for move, score in zip(rulebook.moves, one.scores, strict=True):
        due = move.prior + sum(sums[target] for target in move.targets)
        if not all(PREDICATES[name].test(case) for name in move.only_when):
            due = OUT_OF_THE_QUESTION
        if score != due:
            return f"{named(move)} scores {score}, its votes come to {due}"
    best = max(one.scores)
    if one.scores[one.order[0]] != best or best in one.scores[: one.order[0]]:
        return f"{named(rulebook.moves[one.order[0]])} leads and is not the first with the best score"
    return ""


def named(move: MoveEntry) -> str:
    """A move by what it is."""
    return f"{move.role}+{move.engagement}"


def cited(references: Iterable[Reference]) -> str:
    """What cited advice says, by the words it quotes: where its passages are cut does not matter."""
    quotes = [" ".join(reference.quote.split()) for reference in references]
    mark = zlib.crc32("\n".join(sorted(quotes)).encode()) & 0xFFFF
    return f"{' '.join(quotes[0].split()[:4])}… #{mark:04x}"


def _plain(groups: Mapping[str, Sequence[str]]) -> Json:
    return {publisher: list(texts) for publisher, texts in groups.items()}
