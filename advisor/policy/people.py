"""What a text says of people: is anyone on AI or technical, shall they sit abroad, is it about patients.

Reads only what the policy needs from facts that are kept as text. A text that says nothing of it
gives None, which is not the same as no.
"""

import re

_NOUN = r"(?:engineers?|developers?|devs?|people|persons?|leads?|teams?|specialists?|experts?|scientists?)"
_AI = r"(?:ai|ml|machine[- ]learning|mlops|llm|genai|gen[- ]ai|deep[- ]learning)"
_AI_PEOPLE = re.compile(rf"\b{_AI}(?:\s*/\s*{_AI})?[- ]+(?:\w+[- ]+)?{_NOUN}\b", re.I)
_ENGINEERS = re.compile(
    r"\b(?:engineers?|developers?|devs?|programmers?|coders?|engineering|sres?|dbas?|ctos?)\b", re.I
)
_NOT_TECHNICAL = re.compile(
    r"\b(?:none|nobody|no one|not) (?:of (?:us|them) )?(?:is |are )?technical\b|\bnon[- ]?technical\b"
    r"|\bno (?:tech|technical|it|engineering|dev)\b(?: (?:people|team|staff|department))?"
    r"|\b(?:nobody|no one|none of (?:us|them)) (?:here |there )?(?:can |could )?"
    r"(?:writes? (?:any )?code|codes?|programs?)\b",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:no|not|none|without|zero|0|nobody|never|lack(?:s|ing)?|leaving|left|quit|gone|first|adverts?|"
    r"vacanc(?:y|ies)|roles?|reqs?|want(?:s|ed)?|need(?:s|ed)?|hiring|looking)\b",
    re.I,
)
_PATIENTS = re.compile(
    r"\bpatients?\b|\bnhs numbers?\b"
    r"|\b(?:medical|health|clinical) (?:records?|data|histor(?:y|ies)|files?)\b",
    re.I,
)
_DENIED = re.compile(r"\b(?:no|not|none|without|zero|never|nor|neither)\b|n't\b", re.I)
_CLAUSE = re.compile(r"[,.;:()!?]|\bbut\b|\band\b|\bplus\b", re.I)

_ABROAD = re.compile(
    r"\b(?:off-?shor(?:e|ing)|near-?shor(?:e|ing)|abroad|eastern europe|southeast asia|latin america|latam|"
    r"north africa)\b",
    re.I,
)
_CHEAPER = re.compile(
    r"\b(?:india|bangalore|bengaluru|pune|hyderabad|poland|warsaw|krak[oó]w|romania|bucharest|ukraine|kyiv|"
    r"czech(?:ia| republic)?|prague|vietnam|philippines)\b",
    re.I,
)
_PLACE = re.compile(r"\bor\b|\band\b|[,/]|\bremote(?:ly)?\b", re.I)
_ONLY = re.compile(
    r"\bonly\b|\bon-?site\b|\bin[- ]office\b|\bin the office\b|\bcitizens?\b|\bclearance\b|\bresiden|"
    r"\bno off-?shor|\bnot off-?shor|\bnot (?:in|abroad)\b|\bno (?:abroad|foreign)",
    re.I,
)


def has_ai_people(team: str) -> bool:
    """Does the text name someone who does AI work and stays?"""
    return any(_AI_PEOPLE.search(clause) and not _NEGATED.search(clause) for clause in _CLAUSE.split(team))


def has_engineers(team: str) -> bool | None:
    """Does the text name engineers of any kind? False where it says that there are none, else None."""
    if _NOT_TECHNICAL.search(team):
        return False
    named = [clause for clause in _CLAUSE.split(team) if _ENGINEERS.search(clause)]
    if not named:
        return None
    return any(not _NEGATED.search(clause) for clause in named)


def lacks(team: str, who: str) -> bool:
    """Does the text say that this kind of person is missing: "no MLOps engineer", "MLOps is what we lack"?"""
    kind = re.compile(rf"\b{re.escape(who)}\b", re.I)
    return any(kind.search(clause) and _NEGATED.search(clause) for clause in _CLAUSE.split(team))


def names_patients(text: str) -> bool:
    """Does the text speak of patients or of what is kept on them, and not to say that there are none?"""
    return any(_PATIENTS.search(clause) and not _DENIED.search(clause) for clause in _CLAUSE.split(text))


def shall_sit_abroad(place: str) -> bool:
    """Does the text ask for people in a cheaper region?

    One country alone may be the firm's own, and "anywhere" only allows it: neither asks for it. Two of the
    cheaper ones, or one with people working remotely, do.
    """
    if _ONLY.search(place):
        return False
    if _ABROAD.search(place):
        return True
    if len(_CHEAPER.findall(place)) > 1:
        return True
    parts = [part.strip() for part in _PLACE.split(place)]
    named = [part for part in parts if part]
    return len(parts) > 1 and bool(named) and all(_CHEAPER.search(part) for part in named)
