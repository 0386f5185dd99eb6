"""Facts kept in the user's own words: where people may sit, what the system does, which rules apply."""

import re
from dataclasses import dataclass

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.descriptions import Descriptions
from advisor.adapters.local_reader.playbook import ReadingPlaybook

_REGION_HEAD = re.compile(
    r"\b(?:region|location|country|where|place|city|site|seat|time ?zone|wish)\s*[:=]\s*$"
)
_BOUND = re.compile(
    r"\b(?:must|has to|have to|needs? to|should|prefer\w*|only|hire|hires|hiring|remote\w*|on-?site|"
    r"on site|sit|sits|anywhere|"
    r"nobody outside|no one outside|based|someone|somebody|people)\b"
)
_MONTHS_AND_DAYS = frozenset(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday "
    "thursday friday saturday sunday".split()
)
_OR = re.compile(r"\s*,?\s*(?:or|and/or|/)\s*(?:in )?(?:the )?")
_ANYWHERE = re.compile(
    r"\W*(?:really |basically |honestly )?(?:anywhere|wherever|worldwide|globally|everywhere|remote|"
    r"hybrid|on-?site)\W*"
)
_COUNTED = re.compile(
    r"\b(?:\d[\d,.]*k?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
    r"forty|fifty)\s+(?:[\w-]+\s+)?"
    r"(?:people|staff|engineers?|developers?|devs?|persons?|folks|employees)\b"
)
_REST = re.compile(r"\bdays?\b|\btime ?zones?\b|\bonly\b|\bremote\b|\boffice\b")
_SHORT_REST = 5
"""Words up to which a clause that follows belongs to the preference: "on site in Leeds, four days"."""
_LEFT = re.compile(r"\W*not (?:the|our|those)\b")
_SEAT = re.compile(
    r"\b(?:on-?site|sit|sits|based|local|office|work|works|live|lives|someone|somebody|person|people|"
    r"hire|hires|come)\s+"
    r"(?:in|near|around|at|to|from|close to)\s+(?:the\s+)?(?=\w)"
)


@dataclass(frozen=True)
class Regimes:
    """The regimes that apply, those said not to apply, and where the first is named."""

    apply: tuple[str, ...]
    deny: tuple[str, ...]
    span: Span


class Wordings:
    """Finds regions, workflows and regimes."""

    def __init__(self, data: ReadingPlaybook, clauses: Clauses) -> None:
        texts, cues = data.texts, data.cue_set
        self._clauses = clauses
        self._places = cues(texts.places)
        self._preferences = cues(texts.place_preferences)
        self._regions, self._not_region = cues(texts.region_cues), cues(texts.not_region)
        self._in_capitals = frozenset(texts.regimes_in_capitals)
        self._regimes = {name: cues(words) for name, words in texts.regimes.items()}
        self._descriptions = Descriptions(data, clauses)

    def region(self, message: Message, asked: bool = False) -> Span | None:
        """Where people may sit, in the user's words; where the firm itself sits is no preference."""
        said: list[Clause] = []
        for clause in message.clauses:
            if not clause.stated or (said and clause.sentence != said[0].sentence):
                continue
            if self._says_where(message, clause, asked):
                said.append(clause)
        if not said:
            return None
        end = said[-1].end
        for clause in message.clauses:
            words = message.lower[clause.start : clause.end]
            if clause.sentence == said[0].sentence and clause.start >= end and clause.stated:
                if len(words.split()) > _SHORT_REST or not (
                    _REST.search(words) or self._place(message, clause.start, clause.end)
                ):
                    break
                end = clause.end
        return Span(said[0].start, end)

    def _says_where(self, message: Message, clause: Clause, asked: bool) -> bool:
        lower = message.lower
        words = lower[clause.start : clause.end]
        bound = _BOUND.search(words) is not None
        if not bound and not asked and self._not_region.occurs(words):
            return False
        anywhere = _ANYWHERE.fullmatch(words) is not None
        words = _COUNTED.sub("", words)
        if self._regions.occurs(words) or anywhere:
            return True
        place = self._place(message, clause.start, clause.end) or _seat(message, clause)
        if place is None or _LEFT.match(words):
            return False
        if asked or _REGION_HEAD.search(lower, max(0, clause.start - 24), clause.start):
            return True
        # "Canada or the US" is a choice; who only tells where the firm is names one place.
        others = self._places.spans(lower, place.end, message.sentence(clause).end)
        if any(_OR.fullmatch(lower, place.end, span.start) for span in others):
            return True
        ours = re.match(
            r"\W*(?:we|i)(?:'re| are|'m| am)? (?:\w+ )?(?:based|located|in|headquartered|from|sit)\b", words
        )
        return ours is None and self._preferences.occurs(words)

    def _place(self, message: Message, start: int, end: int) -> Span | None:
        """A place name; "us" and "eu" only in capitals, for "us" is also a pronoun."""
        for span in self._places.spans(message.lower, start, end):
            said = message.said(span)
            if span.end - span.start > 3 or said.isupper():
                return span
        return None

    def workflow(self, message: Message) -> Span | None:
        """What the system does, in the user's words."""
        return self._descriptions.read(message)

    def regimes(self, message: Message, asked: bool = False, supposing: bool = False) -> Regimes | None:
        """The regimes that the message names as applying or not applying."""
        apply: list[str] = []
        deny: list[str] = []
        first: Span | None = None
        for name, cues in self._regimes.items():
            for span in cues.spans(message.lower):
                clause = message.clause_at(span.start)
                said = message.said(span)
                if said.lower() in self._in_capitals and not said.isupper():
                    continue
                usable = clause.stated or (supposing and not clause.retracted)
                if not usable or (self._clauses.doubted(message, span) and not asked and not supposing):
                    continue
                (deny if self._clauses.negated(message, span) else apply).append(name)
                if first is None or span.start < first.start:
                    first = span
        if first is None:
            return None
        return Regimes(tuple(dict.fromkeys(apply)), tuple(dict.fromkeys(deny)), first)


def _seat(message: Message, clause: Clause) -> Span | None:
    """A capitalised word after "on site in", "someone near": a place, known or not."""
    for match in _SEAT.finditer(message.lower, clause.start, clause.end):
        word = re.match(r"[A-ZÀ-Þ][a-zà-ÿ]{2,}", message.text[match.end() : clause.end])
        if word is not None and word[0].lower() not in _MONTHS_AND_DAYS:
            return Span(match.end(), match.end() + word.end())
    return None
