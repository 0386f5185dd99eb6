"""Wrong claims made from correct ones, each by one change that alters the meaning. Deterministic."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from advisor.domain.evidence import Passage
from advisor.domain.memo import Claim, Evidence, PassageEvidence
from advisor.policy.grounding import Lexicon
from advisor.policy.grounding.folding import fold, fold_quote
from advisor.policy.grounding.naming import is_role, named

UNITS = {
    "days": ("weeks", "months"),
    "day": ("week", "month"),
    "weeks": ("days", "months"),
    "week": ("day", "month"),
    "months": ("weeks", "years"),
    "hours": ("days", "weeks"),
    "percent": ("days",),
}
RATES = {
    "an hour": "a year",
    "per hour": "per week",
    "/hr": "/day",
    "a year": "an hour",
    "a day": "a month",
    "a week": "a month",
}
COMPARATORS = {
    "under": "over",
    "below": "above",
    "less than": "more than",
    "more than": "less than",
    "before": "after",
    "after": "before",
    "first": "last",
    "faster": "slower",
    "slowest": "fastest",
    "less": "more",
    "more": "less",
    "better": "worse",
    "longer": "shorter",
    "shorter": "longer",
    "usually": "rarely",
    "often": "never",
    "commonly": "rarely",
    "inside": "outside",
    "outside": "inside",
    "senior": "junior",
    "messy": "ready",
    "strong": "weak",
    "weak": "strong",
    "easy": "hard",
    "hard": "easy",
    "base": "total comp",
    "high": "low",
    "low": "high",
    "bounded": "unbounded",
    "vague": "clear",
    "internal": "external",
    "most": "least",
    "mostly": "hardly",
    "dearer": "cheaper",
    "behind": "ahead",
}
ROLE_FORMS = {
    "ai_engineer": "AI engineer",
    "ml_engineer": "ML engineer",
    "mlops_engineer": "MLOps engineer",
    "ai_developer": "AI developer",
    "data_engineer": "data engineer",
    "data_scientist": "data scientist",
    "software_engineer": "software engineer",
}
ENGAGEMENT_FORMS = {
    "full_time": "full-time hire",
    "contractor": "contractor",
    "contract_to_hire": "contract-to-hire",
    "agency": "agency",
    "freelancer_marketplace": "freelancer",
    "offshore_team": "offshore team",
    "pilot": "pilot",
    "discovery": "discovery",
    "consultancy_partner": "consultancy",
}
NUMBER_WORDS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("ninety", "twenty", "thirty", "forty"),
)
AUXILIARIES = (
    *(
        "is",
        "are",
        "was",
        "were",
        "can",
        "could",
        "should",
        "must",
        "may",
        "will",
        "would",
        "does",
        "has",
        "have",
    ),
)
IMPERATIVES = (
    *(
        "hire",
        "use",
        "run",
        "begin",
        "choose",
        "consider",
        "keep",
        "ask",
        "write",
        "budget",
        "plan",
        "settle",
    ),
    *("bring", "take", "start"),
)
VERBS = (
    *("takes", "costs", "suits", "needs", "calls", "goes", "comes", "starts", "fails", "holds", "explains"),
    *(
        "discusses",
        "works",
        "answers",
        "builds",
        "matters",
        "speaks",
        "favours",
        "makes",
        "treats",
        "charges",
    ),
    *(
        "limit",
        "limits",
        "validates",
        "puts",
        "runs",
        "fit",
        "focus",
        "serve",
        "shows",
        "presupposes",
        "beats",
    ),
    *("lost", "stays", "becomes", "applies", "want", "handle", "go", "look", "fills", "points", "tends"),
)
DROPS = (
    (
        re.compile(r"\b(is|are|does|do|should|must|can|could|will|would|may) not (?:yet )?", re.IGNORECASE),
        r"\1 ",
    ),
    (re.compile(r"^Do not ", re.IGNORECASE), ""),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r", not (?=the|a|an|promises|as)"), ", and "),
    (re.compile(r"\bnobody\b", re.IGNORECASE), "somebody"),
    (re.compile(r"(?<!^)\bwithout\b"), "with"),
    (re.compile(r"^Avoid\b"), "Ask for"),
    (re.compile(r"\bNone of\b"), "Each of"),
    (re.compile(r"\bno (?=commodity|customer|external|eval)"), "some "),
    (re.compile(r"\bnothing\b"), "everything"),
)


@dataclass(frozen=True)
class Mutation:
    """A wrong claim, the kind of change and the claim it was made from."""

    kind: str
    claim: Claim
    origin: Claim


def mutations(
    claims: Sequence[Claim], passages: Mapping[str, Passage], lexicon: Lexicon, seed: int = 7
) -> Iterator[Mutation]:
    """All mutations of all claims; the same ones each time for the same seed."""
    for number, claim in enumerate(claims):
        chance = random.Random(f"{seed}-{number}")
        if all(one.kind == "own" for one in claim.evidence):
            continue
        for kind, text in _texts(claim, passages, lexicon, chance):
            if fold(text) != fold(claim.text):
                yield Mutation(kind, Claim(text=text, evidence=claim.evidence), claim)
        for kind, evidence in _evidence(claim, claims, passages, chance):
            yield Mutation(kind, Claim(text=claim.text, evidence=evidence), claim)


def _texts(
    claim: Claim, passages: Mapping[str, Passage], lexicon: Lexicon, chance: random.Random
) -> Iterator[tuple[str, str]]:
    text = claim.text
    yield from (("digit changed", changed) for changed in _digits(text, chance))
    yield from (("number word changed", changed) for changed in _number_words(text, chance))
    yield from (("unit changed", changed) for changed in _units(text))
    yield from (("rate changed", changed) for changed in _replaced(text, RATES))
    yield from (("currency changed", text.replace("$", sign)) for sign in ("€", "£", "₹") if "$" in text)
    yield from (("range swapped", changed) for changed in _ranges(text))
    yield from (("magnitude changed", changed) for changed in _magnitudes(text))
    yield from (("negation inserted", changed) for changed in _negated(text))
    yield from (("negation dropped", changed) for changed in _affirmed(text))
    yield from (("comparator swapped", changed) for changed in _replaced(text, COMPARATORS))
    yield from _renamed(claim, passages, lexicon, chance)


def _digits(text: str, chance: random.Random) -> Iterator[str]:
    for match in re.finditer(r"\d", text):
        other = chance.choice([digit for digit in "123456789" if digit != match.group()])
        yield text[: match.start()] + other + text[match.end() :]


def _number_words(text: str, chance: random.Random) -> Iterator[str]:
    for match in re.finditer(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b", text, re.IGNORECASE):
        if text[: match.start()].lower().endswith("the ") and match.group() == "two":
            continue  # "the two can overlap": a pronoun
        other = chance.choice([word for word in NUMBER_WORDS if word != match.group().lower()])
        yield text[: match.start()] + other + text[match.end() :]


def _units(text: str) -> Iterator[str]:
    for match in re.finditer(rf"(?<=[\d-])[\s-]?\b({'|'.join(UNITS)})\b|\b({'|'.join(UNITS)})\b", text):
        unit = match[1] or match[2]
        if match[2] and not re.search(r"(?:\d|ninety|twenty|four|six|ten)[\s-]*$", text[: match.start(2)]):
            continue
        start = match.start(1) if match[1] else match.start(2)
        for other in UNITS[unit]:
            yield text[:start] + other + text[start + len(unit) :]


def _replaced(text: str, table: Mapping[str, str]) -> Iterator[str]:
    taken: list[tuple[int, int]] = []
    for word in sorted(table, key=len, reverse=True):
        edge = r"\b" if word[0].isalpha() else ""
        for match in re.finditer(rf"{edge}{re.escape(word)}\b", text, re.IGNORECASE):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            other = table[word]
            other = other.capitalize() if match.group()[0].isupper() else other
            yield text[: match.start()] + other + text[match.end() :]


def _ranges(text: str) -> Iterator[str]:
    for match in re.finditer(r"(\$?)(\d[\d,]*)(K?)(–| to )(\$?)(\d[\d,]*)(K?)", text):
        swapped = f"{match[1]}{match[6]}{match[3] or match[7]}{match[4]}{match[5]}{match[2]}{match[7]}"
        yield text[: match.start()] + swapped + text[match.end() :]
        if not text[match.end() :].startswith("+"):  # "from $25+" is still so
            yield text[: match.start()] + f"{match[1]}{match[2]}{match[3] or match[7]}" + text[match.end() :]


def _magnitudes(text: str) -> Iterator[str]:
    for match in re.finditer(r"(?<=\d)K\b", text):
        yield text[: match.start()] + "M" + text[match.end() :]
    for match in re.finditer(r"(?<=\d),000\b", text):
        yield text[: match.start()] + text[match.end() :]


def _negated(text: str) -> Iterator[str]:
    for match in re.finditer(rf"\b({'|'.join(AUXILIARIES)})\b(?! (?:not|no|nobody)\b)", text, re.IGNORECASE):
        yield text[: match.end()] + " not" + text[match.end() :]
    for match in re.finditer(rf"(?<!agency )\b({'|'.join(VERBS)})\b", text):
        yield text[: match.start()] + "never " + text[match.start() :]
    first, _, rest = text.partition(" ")
    if first.lower() in IMPERATIVES:
        yield f"Do not {first.lower()} {rest}"
        yield f"Never {first.lower()} {rest}"
    for match in re.finditer(rf", ({'|'.join(IMPERATIVES)})\b", text):
        yield f"{text[: match.start()]}, don't {match[1]}{text[match.end() :]}"


def _affirmed(text: str) -> Iterator[str]:
    for pattern, other in DROPS:
        for match in pattern.finditer(text):
            yield text[: match.start()] + match.expand(other) + text[match.end() :]


def _renamed(
    claim: Claim, passages: Mapping[str, Passage], lexicon: Lexicon, chance: random.Random
) -> Iterator[tuple[str, str]]:
    """The claim with one name replaced by one that nothing cited names anywhere."""
    cited = " ".join(passages[one.passage].text for one in claim.evidence if one.kind == "passage")
    known = named(fold(cited), lexicon) | named(fold(claim.text), lexicon)
    for match in lexicon.names.finditer(claim.text):
        form = fold(match.group())
        names = named(form, lexicon)
        if not names or len(names) > 1:
            continue
        roles = is_role(next(iter(names)))
        forms = ROLE_FORMS if roles else ENGAGEMENT_FORMS
        others = [other for name, other in forms.items() if name not in known]
        if not others:
            continue
        other = chance.choice(others) + ("s" if match.group().endswith("s") else "")
        yield (
            "role swapped" if roles else "engagement swapped",
            claim.text[: match.start()] + other + claim.text[match.end() :],
        )


def _evidence(
    claim: Claim, claims: Sequence[Claim], passages: Mapping[str, Passage], chance: random.Random
) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    yield "evidence removed", ()
    cited = [one for one in claim.evidence if isinstance(one, PassageEvidence)]
    if len(cited) == 1 and len(claim.evidence) == 1:
        others = [
            passage
            for passage in passages.values()
            if fold_quote(cited[0].quote) not in fold_quote(passage.text)
        ]
        if others:
            yield (
                "citation swapped",
                (PassageEvidence(passage=chance.choice(others).id, quote=cited[0].quote),),
            )
        section = cited[0].passage.split("/")[1]
        elsewhere = [
            other.evidence
            for other in claims
            if other is not claim
            and len(other.evidence) == 1
            and isinstance(other.evidence[0], PassageEvidence)
            and other.evidence[0].passage.split("/")[1] != section
        ]
        if elsewhere:
            yield "citation and quote swapped", chance.choice(elsewhere)
    for index, one in enumerate(claim.evidence):
        if not isinstance(one, PassageEvidence):
            continue
        for kind, quote in _quotes(one.quote, chance):
            changed = PassageEvidence(passage=one.passage, quote=quote)
            if fold_quote(quote) in fold_quote(passages[one.passage].text):
                continue  # still true to the passage: shortened, say
            yield kind, (*claim.evidence[:index], changed, *claim.evidence[index + 1 :])


def _quotes(quote: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    words = quote.split()
    place = chance.randrange(len(words))
    yield "quote word altered", " ".join((*words[:place], "certainly", *words[place + 1 :]))
    if len(words) > 3:
        yield "quote word left out", " ".join((*words[:1], *words[2:]))
    yield from (("quote digit changed", changed) for changed in _digits(quote, chance))
    yield from (("negation into quote", changed) for changed in _negated(quote))
    yield from (("negation out of quote", changed) for changed in _affirmed(quote) if changed != quote)
