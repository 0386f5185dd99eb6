"""What the system does, in the user's words: the clause that most looks like a description of work.

Each clause is weighed by what it holds: an action that a system can take, the material it takes it on,
the name of a system, a wish. Who checks the result, who builds it and when is no description.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import CueSet, Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook

ENOUGH = 4.0
"""Weight from which a clause describes a system: an action and its object, and one thing more."""
CONTINUES = 2.0
"""Weight from which a neighbouring clause belongs to the description."""
_ACTION, _LIGHT, _NAMED = 2.0, 1.0, 1.0
_MOST_MATERIALS = 2

_BASE_LEAD = re.compile(
    r"(?:^|\b(?:to|can|could|should|shall|will|would|must|may|please|and|or|then|it|us|them|people|helps?|"
    r"automatically|also|just|only|once|who|that|which|let|lets|actually|[a-z]{3,}s)|[:,(→>-])\s*$"
)
_SUBJECT_LEAD = re.compile(
    r"(?:^|\b(?:it|that|which|and|then|just|basically|only|also|automatically|ai|who|bot|he|or)|[:,(→>=-]|"
    r"\b(?!(?:the|our|your|their|these|those|all|any|each|every|some|new|old|for|with|from|into|over|"
    r"per|are|has|have|"
    r"most|many|few|more|first|good|bad|own|other|and|clean|open|two|three|four|five|six|hundred|"
    r"thousand|million|k)\b)"
    r"[a-z]{3,})\s*$"
)
_PASSIVE_LEAD = re.compile(
    r"\b(?:get|gets|be|being|to be|has to be|have to be|must be|should be|want \w+|need \w+)\s+$"
)
_OBJECT = re.compile(
    r"\s+(?:(?:the|our|all|their|its|each|every|any|a|an|new|incoming|for|of|over|from|on|in|at|into|through|"
    r"across|between|to|which|what|how|out|up|down)\s+|(?:them|us|me|people|"
    r"customers|users)\s+(?=(?:the|an?|which|what|how|who)\b))*+(?!it\b(?! [a-z]{4,}s\b)|this\b|"
    r"that\b|most\b|out\b|everything\b|all\b|for\b|\d+%|so\b|and\b|or\b|by\b|as\b|us\b|me\b|well\b|"
    r"here\b|there\b|again\b|them\b|when\b|if\b|until\b|before\b|after\b|within\b|because\b|since\b|while\b|"
    r"without\b|live\b|years?\b|months?\b|weeks?\b|now\b|soon\b|is\b|are\b|was\b|has\b)[a-zà-ÿ]{2,}"
)
_COMPOUND = re.compile(
    r"(?<![a-z'])(?!(?:the|our|my|a|an|and|or|by|of|in|on|is|are|be|for|to|from|with|not|no|we|it|"
    r"after|before|about|like|start|stop)\b)[a-zà-ÿ]{2,}(?:'s?)?[\s-]+$"
)
_NO_GERUND = re.compile(
    r"\s+(?:data|costs?|sets?|team|budget|period|time|process|session|days?|fees?|up|down|for it)\b"
)
_FLOW = re.compile(r"→|->|=>")
_RELATIVE = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:(?:that|which)\s+(?:can |could |would |will |should |automatically |"
    r"just )?|to\s+|where\s+\w+\s+)"
    r"(?!(?:be|is|are|was|were|has|have|had|does|do|did|works?|runs?|exists?|covers?|costs?|we|our|i|"
    r"they|you|it|"
    r"must|keeps?|stays?|hire|last|lasts|fits?|ships?|launch)\b)[a-z]{3,}"
)
_TOLD_TO = re.compile(
    r"\b(?:it|ai|(?:the|this|our|a) (?:[\w-]+ )?(?:system|tool|thing|bot|assistant|model|app|agent|"
    r"software|machine|gpt|"
    r"product|feature|service|copilot|robot|script|engine|platform))\s+(?:should|would|will|must|"
    r"could|can|shall|has to|needs to|is "
    r"(?:meant|supposed|going) to|is to)\s+(?:then |also |just |only |automatically |actually )?"
    r"(?!(?:be|run|work|have|go|stay|live|keep|launch|ship|cost|do|last|pay|earn|hold|meet|comply|"
    r"fit|exist|need|not|never|"
    r"take|start|scale|save|come|stand|survive|change|improve|pass|follow|count|grow|end|stop|fail|"
    r"die|break|matter)\b)[a-z]{3,}"
)
_MOVES = re.compile(r"\bfrom\s+(?!\d).*\b(?:in)?to\s+[a-z]{3,}")
_FOR = re.compile(
    r"\s+(?:for|over|on top of|inside|in)\s+(?:the |our |my |all |its )?(?!\d|production|now|this|"
    r"that|it\b|years)[a-z]{3,}"
)
_BY_HAND = re.compile(
    r"\b(?:by hand|manually|in excel|on paper|copy[- ]?(?:and[- ])?past\w+|all (?:day|morning|week)|"
    r"every (?:morning|day|night|"
    r"monday|friday)|hours on end)\b"
)
_INTO = re.compile(r"^\s+(?:to|into|from|out of)\s+(?:[\w'-]+\s+){0,2}$")
_THIRD_PERSON = re.compile(
    r"^\W*(?:and |then |just |basically |it |that |which |ai |the (?:ai|thing|tool|bot) )+$"
)
_WISH = re.compile(
    r"\W*(?:and |so |but |basically |ok so |well )*(?:(?:we|i|they|\w+)(?:'d|'re|'ll| would| are| am|"
    r" will)? (?:just |really |mainly )?"
    r"(?:want|need|like|love|plan|plan on|trying|hope|hoping|looking|going|intend)s?(?: to have| for|"
    r" an?(?= \w+ to\b))?"
    r"|the (?:goal|idea|task|job|plan) is|(?:task|goal|idea|job|project))\s*:?\s*(?:to\b\s*)?"
)
_SOMEBODY_WHO = re.compile(
    r"\b(?:someone|somebody|person|people|engineers?|developers?|devs?|freelancers?|guy|team|"
    r"contractor|agency|"
    r"specialist|expert|consultant)\s+(?:who|that|to)\s+(?:can |could |would |will )?"
)
_BUILDS = re.compile(r"\b(?:build|create|make|develop|implement|automate|ship|launch|staff)s?\b")
_ENDS = re.compile(
    r"\b(?:weeks?|months?|budget|deadline|our cto|legal|series|employees|staff of)\b|\d\s?k\b|[$£€]"
)


@dataclass(frozen=True)
class _Weighed:
    clause: Clause
    weight: float
    begin: int
    """Where the description begins inside the clause."""


class Descriptions:
    """Finds the description of the system."""

    def __init__(self, data: ReadingPlaybook, clauses: Clauses) -> None:
        words, cues = data.texts.workflow, data.cue_set
        self._clauses = clauses
        self._strong, self._light = _forms(words.actions), _forms(words.light_actions)
        self._checks = _forms(words.checks)
        self._nominal, self._systems = cues(words.nominal), cues(words.systems)
        self._materials, self._wishes = cues(words.materials), cues(words.wishes)
        self._heads, self._people, self._not = cues(words.heads), cues(words.people), cues(words.not_workflow)
        self._negators = cues(data.signals.negators)

    def read(self, message: Message) -> Span | None:
        """The description with what continues it in its sentence, or None where nothing is described."""
        weighed = [self._weigh(message, clause) for clause in message.clauses]
        for at, first in enumerate(weighed[:-1]):
            if self._in_and_out(message, first.clause, weighed[at + 1].clause):
                weighed[at] = _Weighed(first.clause, ENOUGH, first.begin)
                weighed[at + 1] = _Weighed(weighed[at + 1].clause, CONTINUES, weighed[at + 1].begin)
        best = max(weighed, key=lambda w: w.weight, default=None)
        if best is None or best.weight < ENOUGH:
            return None
        at = weighed.index(best)
        first = last = at
        same = best.clause.sentence
        while (
            first > 0
            and weighed[first - 1].clause.sentence == same
            and weighed[first - 1].weight >= CONTINUES
        ):
            first -= 1
        while last + 1 < len(weighed) and self._goes_on(message, weighed[last + 1], same):
            last += 1
        return Span(weighed[first].begin, weighed[last].clause.end)

    def _in_and_out(self, message: Message, first: Clause, second: Clause) -> bool:
        """ "Photos in, estimate out"."""
        said = message.lower
        return (
            first.sentence == second.sentence
            and first.stated
            and not self._not.occurs(said, first.start, second.end)
            and re.search(r"\w\s+(?:comes? |goes )?in$", said[first.start : first.end]) is not None
            and re.search(r"\w\s+(?:comes? |goes )?out\W*$", said[second.start : second.end]) is not None
        )

    def _asks(self, message: Message, clause: Clause) -> bool:
        """Whether it is a question to the advisor; "when a deal closes, …" and "what it does: …" are none."""
        if not clause.question:
            return False
        sentence = message.sentence(clause)
        if message.lower[sentence.start : sentence.end].rstrip("\"') ").endswith("?"):
            return not _BUILDS.search(message.lower, clause.start, clause.end)
        opening = message.lower[sentence.start : sentence.end]
        return (
            re.match(
                r"\W*(?:\w+:\s*)?(?:when(?:ever)?\s+(?!(?:do|does|did|can|is|are|will)\b)|what [\w ]{1,24}:)",
                opening,
            )
            is None
        )

    def _goes_on(self, message: Message, next_: _Weighed, sentence: int) -> bool:
        clause = next_.clause
        if (
            clause.sentence != sentence
            or clause.past
            or clause.others
            or clause.retracted
            or clause.hypothetical
        ):
            return False
        words = message.lower[next_.clause.start : next_.clause.end]
        return next_.weight >= CONTINUES and not _ENDS.search(words)

    def _weigh(self, message: Message, clause: Clause) -> _Weighed:
        lower, begin = message.lower, clause.start
        nothing = _Weighed(clause, 0.0, begin)
        if clause.past or clause.others or clause.retracted or clause.hypothetical:
            return nothing
        if self._asks(message, clause):
            return nothing
        who = _SOMEBODY_WHO.search(lower, clause.start, clause.end)
        begin = who.end() if who else begin
        words = lower[begin : clause.end]
        if self._not.occurs(words) or re.fullmatch(r"\W*(?:\S+\s*)?", words):
            return nothing
        action, place = self._action(words)
        if action <= 0:
            return nothing
        if place is not None and self._negators.occurs(words[:place]):
            return nothing
        weight = action + self._surroundings(message, words, begin)
        wish = _WISH.match(words)
        return _Weighed(clause, weight, begin + (wish.end() if wish and wish.end() < (place or 0) + 1 else 0))

    def _surroundings(self, message: Message, words: str, begin: int) -> float:
        """What stands beside the action: material, a system's name, a wish, a flow from one to another."""
        materials = _apart(self._materials, words)
        weight = min(len(materials), _MOST_MATERIALS) * _NAMED
        weight += _NAMED if self._systems.occurs(words) else 0.0
        weight += _NAMED if self._wishes.occurs(words) else 0.0
        weight += _NAMED if _BY_HAND.search(words) or _MOVES.search(words) else 0.0
        weight += _NAMED if self._headed(message.lower, begin) else 0.0
        return weight

    def _headed(self, lower: str, begin: int) -> bool:
        """ "Task: …", "what it does: …", "feature = …"."""
        return any(
            re.fullmatch(r"\s*[:=,-]?\s*", lower[span.end : begin]) is not None
            for span in self._heads.spans(lower, max(0, begin - 40), begin)
        )

    def _action(self, words: str) -> tuple[float, int | None]:
        """The weight of the heaviest action with its object, and where it stands."""
        found: list[tuple[float, int]] = []
        for forms, weight in ((self._strong, _ACTION), (self._light, _LIGHT), (self._checks, _LIGHT)):
            for match in forms.finditer(words):
                admitted = self._admitted(words, match, checks=forms is self._checks)
                if admitted is not None:
                    found.append((weight + admitted, match.start()))
        for span in self._nominal.spans(words):
            found.append((_ACTION + self._bound(words, span), span.start))
        if _FLOW.search(words):
            found.append((_ACTION + _NAMED, 0))
        found += [*self._turned(words), *self._purposes(words)]
        return max(found, default=(0.0, None), key=lambda pair: pair[0])

    def _admitted(self, words: str, match: re.Match[str], checks: bool) -> float | None:
        """What an action's object and form add; None where the word is no action here."""
        before, after = words[: match.start()], words[match.end() :]
        if checks and self._people.occurs(before[-30:]):
            return None
        form = match.lastgroup
        lead = {"base": _BASE_LEAD, "s": _SUBJECT_LEAD, "ed": _PASSIVE_LEAD}.get(form or "")
        if (
            lead is not None
            and not lead.search(before)
            and not (form == "base" and self._named_before(before))
        ):
            return None
        if form == "ing" and (checks or _NO_GERUND.match(after)):
            return None
        compound = form == "ing" and _COMPOUND.search(before) is not None
        if form == "ed" and match[0].endswith(("trained", "tuned", "distilled")):
            return None  # what is done to a model is not what it does
        extra = _NAMED if _OBJECT.match(after) or form == "ed" or compound else 0.0
        if not extra:
            return None
        if form == "s" and (not before.strip() or _THIRD_PERSON.match(before)):
            extra += _NAMED  # "sorts invoices", "it files our certificates": the system itself is the subject
        return extra

    def _bound(self, words: str, span: Span) -> float:
        """Whether a noun of action has an object: "booking of receipts", "contract search"."""
        of = re.match(
            r"s?\s+(?:of|for|over|from|on|across|in|to|out of|about|against)\s+\w", words[span.end :]
        )
        return _NAMED if of or _COMPOUND.search(words[: span.start]) else 0.0

    def _named_before(self, before: str) -> bool:
        """ "Have Gemini check our subtitles"."""
        end = len(before.rstrip())
        return any(span.end == end for span in self._systems.spans(before)) and not before.rstrip().endswith(
            " it"
        )

    def _purposes(self, words: str) -> list[tuple[float, int]]:
        """ "A tool that …", "the bot should …", "building a copilot for …", whatever the verb."""
        found: list[tuple[float, int]] = []
        told = _TOLD_TO.search(words)
        if told is not None and _OBJECT.match(words, told.end()):
            found.append((_ACTION + _NAMED, told.start()))
        for span in self._systems.spans(words):
            if words[span.start : span.end] in ("it", "something") and not words[span.end :].startswith(
                (" that", " to")
            ):
                continue
            relative = _RELATIVE.match(words, span.end)
            if relative is not None and _OBJECT.match(words, relative.end()):
                found.append((_ACTION + _NAMED, span.start))
            elif _FOR.match(words, span.end) and self._wishes.occurs(words[: span.start]):
                found.append((_ACTION, span.start))
        return found

    def _turned(self, words: str) -> list[tuple[float, int]]:
        """ "Emails to load orders", "crop disease from phone pics": material becomes something."""
        spans = _apart(self._materials, words)
        return [
            (_ACTION, first.start)
            for first, second in pairwise(spans)
            if _INTO.match(words[first.end : second.start])
        ]


def _apart(cues: CueSet, text: str) -> list[Span]:
    apart: list[Span] = []
    for span in cues.spans(text):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart


def _forms(verbs: tuple[str, ...]) -> re.Pattern[str]:
    """Every form of these verbs, in a group named after the form."""
    inflected: dict[str, list[str]] = {"base": [], "s": [], "ing": [], "ed": []}
    for verb in verbs:
        head, _, particle = verb.partition(" ")
        tail = f"(?: \\w+)? {particle}" if particle else ""
        for form, word in zip(inflected, _inflected(head), strict=True):
            inflected[form].append(word + tail)
    groups = (
        f"(?P<{form}>{'|'.join(sorted(words, key=len, reverse=True))})" for form, words in inflected.items()
    )
    return re.compile(rf"(?<![\w'])(?:auto-|re-?|pre-?)?(?:{'|'.join(groups)})(?![\w'])")


def _inflected(verb: str) -> tuple[str, str, str, str]:
    """Base, third person, -ing and past of a regular verb; the past of irregular ones isn't needed."""
    if verb.endswith("ise"):
        stem = verb[:-3] + "i[sz]"
        return stem + "e", stem + "es", stem + "ing", stem + "ed"
    if verb.endswith("e"):
        return verb, verb + "s", verb[:-1] + "ing", verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb, verb[:-1] + "ies", verb + "ing", verb[:-1] + "ied"
    if re.search(r"(?:s|x|z|ch|sh)$", verb):
        return verb, verb + "es", verb + "ing", verb + "ed"
    if (re.search(r"(?<![aeiou])[aeiou][bdgmnprt]$", verb) and len(verb) <= 4) or verb.endswith(
        ("refer", "submit")
    ):
        return verb, verb + "s", verb + verb[-1] + "ing", verb + verb[-1] + "ed"
    return verb, verb + "s", verb + "ing", verb + "ed"
