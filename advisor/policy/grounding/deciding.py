"""A claim that rests on the decision must tell the decision as it is: which move is first, which follows."""

import re
from collections.abc import Iterable

from advisor.domain.decision import Flip, Recommendation
from advisor.domain.evidence import Source
from advisor.policy.grounding.folding import fold, sentences
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.naming import Name, mentions
from advisor.policy.grounding.negation import EITHER, text_signs
from advisor.policy.grounding.topic import stems

_PARTS = re.compile(r"\s*[;()]\s*|\s+\|\s+(?=[Ii]f\b)")
_KEEPS = re.compile(r"\b(?:stays?|remains?|still|from|instead|rather|same)\b", re.IGNORECASE)
_MEANT = 0.6  # of a flip's phrase must stand in a sentence that speaks of it
_NEAREST = 0.8  # statements of the decision that share nearly as much as the nearest one count too
_FEWEST_WORDS = 4  # of a text of the decision that a sentence may repeat as it is


def decision_faults(
    folded: str,
    decision: Recommendation,
    sources: Iterable[Source],
    lexicon: Lexicon,
    others: frozenset[Name],
) -> tuple[str, ...]:
    """Where a folded claim names another move than the decision's, in words.

    `others` are the names that the claim's other evidence holds; `sources` tell what publishers sell.
    """
    found: list[str] = []
    sold = tuple(sources)
    for sentence in sentences(folded):
        if mentions(sentence, lexicon) and not _repeats(sentence, decision):
            found.extend(_sentence(sentence, decision, sold, lexicon, others))
    return tuple(dict.fromkeys(found))


def _repeats(sentence: str, decision: Recommendation) -> bool:
    """Whether a sentence is one of the decision's own, or a lost move with the reason given for it."""
    plain = _plain(sentence)
    own = [
        decision.first.cost_note,
        decision.first.exit_criterion,
        *(rule.why for rule in decision.rules_fired),
    ]
    own.extend(assumption.taken for assumption in decision.assumptions)
    lost = (*decision.alternatives, decision.runner_up)
    own.extend(f"{move.label}: {move.reason}" for move in lost)
    return any(len(text.split()) >= _FEWEST_WORDS and _plain(fold(text)) == plain for text in own)


def _plain(sentence: str) -> str:
    return sentence.strip(" .!").casefold()


def _sentence(
    sentence: str,
    decision: Recommendation,
    sources: tuple[Source, ...],
    lexicon: Lexicon,
    others: frozenset[Name],
) -> Iterable[str]:
    first = _names([(decision.first.role, decision.first.engagement, decision.first.label)], lexicon)
    beaten: list[tuple[Name, Name, str]] = [
        (move.role, move.engagement, move.label) for move in (*decision.alternatives, decision.runner_up)
    ]
    lost = _names(beaten, lexicon)
    later = _names([(move.role, move.engagement, move.label) for move in decision.then], lexicon)
    known = {part for part, pattern in lexicon.deciding.items() if pattern.search(sentence)}
    allowed = first | others | _sold(sentence, decision, sources, lexicon)
    if "following" in known or "conditional" in known:
        allowed |= later
    if "losing" in known:
        allowed |= lost
    if "without" in known:
        allowed |= _names([(one.role, one.engagement, one.label) for one in decision.without], lexicon)
    for part in _PARTS.split(sentence):
        inside = allowed
        if "conditional" in known and (flipped := _flip_names(part, decision, lexicon)):
            kept = allowed if _KEEPS.search(part) else allowed - first
            inside = flipped | kept | others
        yield from _part(part, inside, inside | lost | later | _ADVERTISED, lexicon)
    signs = text_signs(sentence, lexicon).of
    negative = {
        mention.name for mention in mentions(sentence, lexicon) if signs.get(f"@{mention.name}") == _DENIED
    }
    if negative and negative <= first and not known & {"conditional", "following", "losing"}:
        yield f"speaks against the first move ({', '.join(sorted(negative))})"


_DENIED = frozenset({-1})
_ADVERTISED: frozenset[Name] = frozenset({"full_time", "ai_engineer"})  # what people come to ask for


def _part(
    part: str, allowed: frozenset[Name], everything: frozenset[Name], lexicon: Lexicon
) -> Iterable[str]:
    signs = text_signs(part, lexicon).of
    for mention in mentions(part, lexicon):
        sign = signs.get(f"@{mention.name}", frozenset({1}))
        if sign == _DENIED or EITHER in sign:
            if mention.name not in everything:
                yield f"{mention.name} is in no part of the decision"
        elif mention.name not in allowed:
            yield f"{mention.name} is not what the decision says here"


def _sold(
    sentence: str, decision: Recommendation, sources: tuple[Source, ...], lexicon: Lexicon
) -> frozenset[Name]:
    """What the publishers named in a sentence sell, when the sentence speaks of selling."""
    if "sell" not in stems(sentence, lexicon):
        return frozenset()
    offers = [(source.publisher, source.sells) for source in sources]
    offers.extend((one.publisher, one.sells) for one in decision.without)
    names: frozenset[Name] = frozenset()
    for publisher, sells in offers:
        if fold(publisher).casefold() in sentence.casefold():
            names |= _names_of(sells, lexicon)
    return names


def _flip_names(part: str, decision: Recommendation, lexicon: Lexicon) -> frozenset[Name]:
    """The names of the flips that a part of a sentence speaks of: those whose phrase it shares most with."""
    ours = stems(part, lexicon)
    scored: list[tuple[tuple[float, int], Flip]] = []
    for flip in _flips(decision):
        phrase = stems(flip.phrase, lexicon)
        shared = len(ours & phrase)
        if phrase and shared >= _MEANT * len(phrase):
            scored.append(((shared / len(phrase), shared), flip))
    best = max((score for score, _ in scored), default=None)
    moves: list[tuple[Name, Name, str]] = [
        (flip.role, flip.engagement, f"{flip.label}. {flip.phrase}")
        for score, flip in scored
        if score == best
    ]
    return _names(moves, lexicon)


def _flips(decision: Recommendation) -> Iterable[Flip]:
    yield from decision.flips
    yield from decision.flips_of_two
    for assumption in decision.assumptions:
        yield from assumption.flips


def _names(moves: Iterable[tuple[Name, Name, str]], lexicon: Lexicon) -> frozenset[Name]:
    """The roles and engagements of some moves, and those that their labels name."""
    names: set[Name] = set()
    for role, engagement, label in moves:
        names |= {role, engagement, *_names_of(label, lexicon)}
    return frozenset(names)


def _names_of(text: str, lexicon: Lexicon) -> frozenset[Name]:
    return frozenset(mention.name for mention in mentions(fold(text), lexicon))


_TOLD_OF_ANY = (
    "Budget and plan for the first move.",
    "Do not open a full-time role yet.",
    "Do not hire a full-time AI engineer yet.",
    "No open answer is likely to change the first move.",
    "None of its rules favours what it sells.",
    "All rules are its own; without them there is no second voice to compare with.",
    "No rule set it apart; it is the weaker of two near equals.",
    "Some of its rules favour what it sells; they are marked and weigh less.",
)


def statements(decision: Recommendation, sources: Iterable[Source]) -> tuple[str, ...]:
    """The decision in plain sentences, as a claim that rests on it would tell it. Folded."""
    first = decision.first
    behind = f"The runner-up, {decision.runner_up.label}, is behind; the lead over the runner-up is"
    told = [
        f"The first move, what comes first, hire, bring in, start with: {first.label}.",
        f"Done when {first.exit_criterion}",
        first.cost_note,
        f"{behind} {decision.margin}%.",
        *_TOLD_OF_ANY,
    ]
    if first.level is not None:
        told.append(f"The level to look for is {first.level}.")
    told.extend(f"Then, if {move.condition}: {move.label}." for move in decision.then)
    told.extend(f"{move.label} lost: {move.reason}" for move in decision.alternatives)
    for flip in _flips(decision):
        told.append(f"If {flip.phrase}, the first move becomes, what comes first: {flip.label}.")
    told.extend(f"Assumed: {assumption.taken}." for assumption in decision.assumptions)
    told.extend(rule.why for rule in decision.rules_fired)
    for one in decision.without:
        fate = "stays, remains, survives" if one.survives else "would be, becomes, changes to"
        told.append(f"Without {one.publisher}, the first move {fate}: {one.label}.")
    told.extend(f"{source.publisher} sells {source.sells}." for source in sources)
    return tuple(fold(text) for text in told)


def parts(sentence: str) -> tuple[str, ...]:
    """A sentence about several moves in its parts: "… (otherwise: if …, …; if …, …)"."""
    return tuple(part for part in _PARTS.split(sentence) if part)


def nearest(sentence: str, told: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Of some statements those that share most with a sentence."""
    ours = stems(sentence, lexicon)
    scored = [(len(ours & stems(text, lexicon)), text) for text in told]
    best = max((score for score, _ in scored), default=0)
    return tuple(text for score, text in scored if best > 0 and score >= _NEAREST * best)
