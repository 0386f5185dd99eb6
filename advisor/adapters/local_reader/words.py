"""Facts kept in the user's own words: where people may sit, what the system does, which rules apply."""

import re
from dataclasses import dataclass

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook

_REGION_HEAD = re.compile(r"\b(?:region|location|country|where|place)\s*[:=]\s*$")
_LEADS_IN = re.compile(
    r"\b(?:task|job|goal|idea|one-off|once|plan|project|use case|workflow|need|wanted)"
    r"\s*(?:is|was)?\s*[:,-]\s*$"
)
_FEWEST_WORDS = 3
"""A description of the workflow has at least so many words after its action."""


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
        self._regions = cues(texts.region_cues)
        self._regimes = {name: cues(words) for name, words in texts.regimes.items()}
        self._actions = cues(texts.workflow_actions)
        self._leads = cues(texts.workflow_leads)
        self._not_workflow = cues(texts.not_workflow)
        self._negators = cues(data.signals.negators)

    def region(self, message: Message, asked: bool = False) -> Span | None:
        """Where people may sit, in the user's words; where the firm itself sits is no preference."""
        lower = message.lower
        said: list[Clause] = []
        for clause in message.clauses:
            if not clause.stated or (said and clause.sentence != said[0].sentence):
                continue
            cue = self._regions.first(lower, clause.start, clause.end)
            if cue is not None:
                said.append(clause)
                continue
            place = self._place(message, clause.start, clause.end)
            if place is None:
                continue
            words = lower[clause.start : clause.end]
            ours = re.match(
                r"\W*(?:we|i)(?:'re| are|'m| am)? (?:\w+ )?(?:based|located|in|headquartered|from|sit)\b",
                words,
            )
            headed = _REGION_HEAD.search(lower, max(0, clause.start - 20), clause.start) is not None
            if asked or headed or (ours is None and self._preferences.occurs(words)):
                said.append(clause)
        return Span(said[0].start, said[-1].end) if said else None

    def _place(self, message: Message, start: int, end: int) -> Span | None:
        """A place name; "us" and "eu" only in capitals, for "us" is also a pronoun."""
        for span in self._places.spans(message.lower, start, end):
            said = message.said(span)
            if span.end - span.start > 2 or said.isupper():
                return span
        return None

    def workflow(self, message: Message) -> Span | None:
        """The clause that says what the system should do to which data, to the end of its sentence."""
        lower = message.lower
        for action in self._actions.spans(lower):
            clause = message.clause_at(action.start)
            if not clause.stated or self._not_workflow.occurs(lower, clause.start, clause.end):
                continue
            before = lower[clause.start : action.start].rstrip()
            lead = self._leads.spans(before)
            led = any(span.end == len(before) for span in lead)
            if not led and not (before == "" and self._led_before(message, clause.start)):
                continue
            if self._negators.occurs(before):
                continue
            rest = lower[action.end : clause.end].split()
            if len(rest) < _FEWEST_WORDS - 1 or re.match(
                r"(?:it|this|that|most|out|everything|all|\d+%|for)$", rest[0]
            ):
                continue
            sentence = message.sentence(clause)
            begin = clause.start + _wish(before) if led else action.start
            begin += len(lower[begin : action.start]) - len(lower[begin : action.start].lstrip())
            return Span(
                min(begin, action.start), self._stop(message, clause.sentence, action.end, sentence.end)
            )
        return None

    def _led_before(self, message: Message, place: int) -> bool:
        """ "Task: classify …" and "one-off: classify …": a colon leads in."""
        return _LEADS_IN.search(message.lower, max(0, place - 30), place) is not None

    def _stop(self, message: Message, sentence: int, begin: int, end: int) -> int:
        """Up to the first clause of the sentence that speaks of time, money or somebody's doing."""
        for clause in message.clauses:
            if clause.sentence != sentence or clause.start <= begin:
                continue
            words = message.lower[clause.start : clause.end]
            if not clause.stated or re.search(
                r"\d|\b(?:weeks?|months?|budget|deadline|we|our cto|i)\b", words
            ):
                return _before(message, clause.start)
        return end

    def regimes(self, message: Message, asked: bool = False) -> Regimes | None:
        """The regimes that the message names as applying or not applying."""
        apply: list[str] = []
        deny: list[str] = []
        first: Span | None = None
        for name, cues in self._regimes.items():
            for span in cues.spans(message.lower):
                clause = message.clause_at(span.start)
                if not clause.stated or (self._clauses.doubted(message, span) and not asked):
                    continue
                (deny if self._clauses.negated(message, span) else apply).append(name)
                if first is None or span.start < first.start:
                    first = span
        if first is None:
            return None
        return Regimes(tuple(dict.fromkeys(apply)), tuple(dict.fromkeys(deny)), first)


def _wish(before: str) -> int:
    """Where the wished-for system begins: after "we want", "I'd like", "the goal is to"."""
    match = re.match(
        r"\W*(?:and |so |but )?(?:(?:we|i)(?:'d|'re| would| are| am)? (?:just |really |mainly )?"
        r"(?:want|need|like|love|plan|plan on|trying|hope|looking|going|intend)s?(?: to have| for)?"
        r"|the (?:goal|idea|task|job|plan) is|(?:task|goal|idea|job|project))\s*:?\s*(?:to\b\s*)?",
        before,
    )
    return match.end() if match else 0


def _before(message: Message, place: int) -> int:
    return len(message.text[:place].rstrip(' ,;:-–—(\n\t"'))
