"""What a message asks for: side questions, why, what-if, the memo now, a restart, forgetting a fact.

Also what is declined: off topic, discrimination, orders to the advisor. The clauses of declined parts
are set aside so that no fact is read from them; the rest of the message is read as usual.
"""

import re
from dataclasses import dataclass, field

from advisor.adapters.local_reader.clauses import Clause, Message
from advisor.adapters.local_reader.cues import CueSet, Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.domain.commands import (
    AnswerNow,
    AskGuides,
    AskWhy,
    Command,
    OutOfScope,
    Restart,
    RetractFact,
)
from advisor.domain.vocabulary import FactKey

_LEADING = re.compile(
    r"(?:\W|\b(?:and|but|so|ok|okay|hmm+|well|oh|also|then|now|please|hey|hi|hello|thanks|sorry|wait)\b)*"
)
_CUSTOMERS = re.compile(
    r"\b(?:customers?|users?|patients?|members|shoppers|readers|audience|students|product for|"
    r"our (?:app|product|shop|store|site|service|platform|brand|bot)|"
    r"clothing|shoes)\b"
)


@dataclass
class Asked:
    """Commands with their places; sentences that suppose something; clauses from which no fact is read."""

    commands: list[tuple[int, Command]] = field(default_factory=list[tuple[int, Command]])
    suppositions: list[Span] = field(default_factory=list[Span])
    set_aside: list[Span] = field(default_factory=list[Span])
    questions: list[tuple[Span, bool]] = field(default_factory=list[tuple[Span, bool]])
    """Questions in the user's words, and whether they name a topic of the guides."""


class Requests:
    """Finds requests by their cues."""

    def __init__(self, data: ReadingPlaybook) -> None:
        cues, requests, scope = data.cue_set, data.requests, data.scope
        self._topics = cues(requests.topics)
        self._staffing = cues(requests.staffing)
        self._why = cues(requests.why)
        self._what_if = cues(requests.what_if)
        self._answer_now = cues(requests.answer_now)
        self._restart = cues(requests.restart)
        self._retract = cues(requests.retract)
        self._names: dict[FactKey, CueSet] = {key: cues(names) for key, names in requests.fact_names.items()}
        self._off_topic = cues(scope.off_topic)
        self._staffing_words = cues(scope.staffing_words)
        self._choosing = cues(scope.choosing)
        self._grounds = {
            name: (cues(ground.plain), cues(ground.words)) for name, ground in scope.grounds.items()
        }
        self._instructions = cues(scope.instructions)

    def read(self, message: Message, has_question: bool) -> Asked:
        """The requests of a message. `has_question`: a question of the advisor is open."""
        asked = Asked()
        self._declined(message, asked)
        self._directions(message, asked)
        self._suppositions(message, asked)
        self._questions(message, asked, has_question)
        return asked

    def off_topic(self, message: Message) -> OutOfScope | None:
        """The message as off topic: it names another subject and no word of staffing."""
        found = self._off_topic.first(message.lower)
        if found is None or self._staffing_words.occurs(message.lower):
            return None
        return OutOfScope(reason="off_topic", said=message.text, detail=message.said(found))

    def _declined(self, message: Message, asked: Asked) -> None:
        ordered = False
        for span in self._instructions.spans(message.lower):
            clause = message.clause_at(span.start)
            if any(done.start <= span.start < done.end for done in asked.set_aside):
                continue
            sentence = message.sentence(clause)
            whole = Span(min(sentence.start, span.start), max(sentence.end, span.end))
            asked.set_aside.append(whole)
            said = message.said(sentence) if sentence.end > span.start else message.said(span)
            if not ordered:
                asked.commands.append((span.start, OutOfScope(reason="instructions", said=said)))
            ordered = True
        for ground, (plain, words) in self._grounds.items():
            for clause in message.clauses:
                found = plain.first(message.lower, clause.start, clause.end)
                if found is None and self._choosing.occurs(message.lower, clause.start, clause.end):
                    found = words.first(message.lower, clause.start, clause.end)
                if found is None or _CUSTOMERS.search(message.lower, clause.start, clause.end):
                    continue
                said = message.said(Span(clause.start, clause.end))
                asked.commands.append(
                    (clause.start, OutOfScope(reason="discrimination", said=said, detail=ground))
                )
                asked.set_aside.append(Span(found.start, found.end))
                break

    def _directions(self, message: Message, asked: Asked) -> None:
        lower = message.lower
        restart = self._restart.first(lower)
        if restart is not None and not re.search(
            r"(?:train|model|build|write|rewrite|built)\w*\b[^.!?]*$", lower[: restart.start]
        ):
            asked.commands.append((restart.start, Restart()))
            asked.set_aside.append(restart)
            return
        now = self._answer_now.first(lower)
        if now is not None and not self._topics.occurs(lower, now.end, message.clause_at(now.start).end):
            asked.commands.append((now.start, AnswerNow()))
            asked.set_aside.append(now)
        for span in self._retract.spans(lower):
            if re.search(r"\bif\b[^.!?]*$", lower[: span.start]):
                continue  # "what if we forget the deadline?" tries it; nothing is forgotten
            for key, names in self._names.items():
                name = names.first(lower[span.end : span.end + 30].lstrip())
                if name is not None and name.start == 0:
                    end = message.clause_at(span.start).end
                    further = re.search(r"\s(?:and|but|then)\s", lower[span.end : end])
                    end = span.end + further.start() if further else end
                    said = message.said(Span(span.start, end))
                    asked.commands.append((span.start, RetractFact(key=key, said=said)))
                    asked.set_aside.append(Span(span.start, end))
                    break

    def _suppositions(self, message: Message, asked: Asked) -> None:
        for sentence in _sentences(message):
            words = message.lower[sentence.start : sentence.end]
            lead = _LEADING.match(words)
            first = self._what_if.first(words)
            if first is None or first.start > (lead.end() if lead else 0):
                continue
            questioned = message.text[sentence.end : sentence.end + 1] == "?" or words.rstrip().endswith("?")
            if questioned or sentence.start <= 3:
                asked.suppositions.append(sentence)

    def _questions(self, message: Message, asked: Asked, has_question: bool) -> None:
        for sentence in _sentences(message):
            if any(span.start <= sentence.start < span.end for span in asked.suppositions + asked.set_aside):
                continue
            clauses = [c for c in message.clauses if sentence.start <= c.start < sentence.end and c.question]
            if not clauses:
                continue
            span = Span(clauses[0].start, _to_mark(message.text, sentence.end))
            words = message.lower[span.start : span.end].strip(" ?!.")
            lead = _LEADING.match(words)
            words = words[lead.end() :] if lead else words
            why = self._why.first(words)
            if (
                why is not None
                and why.start == 0
                and (why.end == len(words) or " " in words[: why.end])
                and has_question
            ):
                asked.commands.append((span.start, AskWhy()))
                continue
            staffing = self._staffing.first(words)
            own = (
                staffing is not None
                and staffing.start == 0
                and (staffing.end == len(words) or " " in words[: staffing.end])
            )
            if not own:
                asked.questions.append((span, self._topics.occurs(words)))


def side_question(message: Message, span: Span) -> AskGuides:
    """The question part of the message, in the user's words."""
    return AskGuides(question=message.said(span))


def without(message: Message, spans: list[Span]) -> Message:
    """The same message with the clauses at `spans` taken out of what is stated."""

    def aside(clause: Clause) -> bool:
        return any(span.start < clause.end and clause.start < span.end for span in spans)

    clauses = tuple(
        Clause(**{**clause.__dict__, "retracted": clause.retracted or aside(clause)})
        for clause in message.clauses
    )
    return Message(message.text, message.lower, clauses)


def _sentences(message: Message) -> list[Span]:
    found: dict[int, Span] = {}
    for clause in message.clauses:
        found.setdefault(clause.sentence, message.sentence(clause))
    return list(found.values())


def _to_mark(text: str, end: int) -> int:
    """The end with the question mark that the sentence may have lost to its clauses."""
    match = re.match(r"[?!]+", text[end:])
    return end + match.end() if match else end
