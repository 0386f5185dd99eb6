"""What a message asks for: side questions, why, what-if, the memo now, a restart, forgetting a fact.

Also what is declined: off topic, discrimination, orders to the advisor. The clauses of declined parts
are set aside so that no fact is read from them; the rest of the message is read as usual.
"""

import re
from dataclasses import dataclass, field, replace

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
    r"\b(?:customers?|(?<!wheelchair )users?|patients?|members|shoppers|readers|audience|students|"
    r"product for|our (?:app|product|shop|store|site|service|platform|brand|bot)|"
    r"clothing|shoes|machines|devices|"
    r"(?:parent|child|parent and child) rows|in the data(?! (?:team|department|group)))\b"
)


_OUT = re.compile(r"\b(?:out|aside|off|away)\b")
_OWN = re.compile(r"\b(?:we|our|us|i|my|we've|we're|i'm)\b")
_LEADS_ON = re.compile(r"(?:(?:and|but|so|ok)\s+)*(?:with|without|at|for|on|in)\b")
_TRIES = re.compile(r"\W*(?:ok\W+)?(?:and|but|so)\b[^.!]*$")
_ROLE = re.compile(
    r"\b(?:engineers?|developers?|devs?|scientists?|mle|swe|architects?|contractors?|freelancers?|"
    r"agency|agencies|analysts?|"
    r"consultants?|seniors?|juniors?|principal|lead|staff|mlops|hires?)\b"
)
_TELEGRAPH = 12
"""Words up to which "Data engineer, Lisbon: total comp?" is one question."""
_FEWEST_KEPT = 2
"""Words of a clause that must be left beside what is set aside, for them to be read."""


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
        self._corrections = cues(requests.corrections)
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

    def corrects(self, message: Message) -> bool:
        """Whether the message says that it puts something right."""
        return self._corrections.occurs(message.lower)

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
            if re.match(r"(?:take|leave)\b(?! (?:back|out))", lower[span.start :]) and not _OUT.search(
                lower[span.end : message.clause_at(span.start).end]
            ):
                continue
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
            if _LEADS_ON.match(words, first.start) and not _TRIES.match(words) and "instead" not in words:
                continue  # "in 12 weeks" states or answers; "and in 12 weeks?" tries
            questioned = message.text[sentence.end : sentence.end + 1] == "?" or words.rstrip().endswith("?")
            if questioned or (sentence.start <= 3 and not _LEADS_ON.match(words, first.start)):
                asked.suppositions.append(sentence)

    def _questions(self, message: Message, asked: Asked, has_question: bool) -> None:
        for sentence in _sentences(message):
            if any(span.start <= sentence.start < span.end for span in asked.suppositions + asked.set_aside):
                continue
            if self._is_telegraph(message, sentence):
                asked.questions.append((Span(sentence.start, _to_mark(message.text, sentence.end)), True))
                asked.set_aside.append(sentence)
                continue
            clauses = [c for c in message.clauses if sentence.start <= c.start < sentence.end and c.question]
            if not clauses or any(
                aside.start < clauses[-1].end and clauses[0].start <= aside.start for aside in asked.set_aside
            ):
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

    def _is_telegraph(self, message: Message, sentence: Span) -> bool:
        """ "Principal engineer in Ukraine: base?": a question in note form, which states nothing."""
        words = message.lower[sentence.start : sentence.end]
        if len(words.split()) > _TELEGRAPH or _OWN.search(words) or not _ROLE.search(words):
            return False
        marked = message.lower[sentence.start : sentence.end + 1].rstrip().endswith("?")
        last = words.rstrip(" ?!.").split()[-1:]
        pay = bool(last) and self._topics.occurs(last[0])
        return (marked and re.search(r"[:,]\s", words) is not None and self._topics.occurs(words)) or (
            pay and not re.search(r"\d", words) and message.clause_at(sentence.start).stated
        )


def side_question(message: Message, span: Span) -> AskGuides:
    """The question part of the message, in the user's words."""
    return AskGuides(question=message.said(span))


def without(message: Message, spans: list[Span]) -> Message:
    """The same message with the clauses at `spans` taken out of what is stated."""

    clauses: list[Clause] = []
    for clause in message.clauses:
        inside = [span for span in spans if span.start < clause.end and clause.start < span.end]
        at = clause.start
        for span in sorted(inside, key=lambda span: span.start):
            if span.start > at:
                clauses.append(_part(message, clause, at, span.start))
            clauses.append(
                replace(clause, start=max(at, span.start), end=min(span.end, clause.end), retracted=True)
            )
            at = max(at, span.end)
        if at < clause.end:
            clauses.append(_part(message, clause, at, clause.end) if inside else clause)
    return Message(message.text, message.lower, tuple(c for c in clauses if c.start < c.end))


def _part(message: Message, clause: Clause, start: int, end: int) -> Clause:
    """What is left of a clause beside what is set aside: read on its own when it says enough."""
    words = message.lower[start:end]
    kept = len(re.findall(r"\w+", words)) >= _FEWEST_KEPT
    start += len(words) - len(words.lstrip())
    return replace(clause, start=min(start, end), end=end, retracted=clause.retracted or not kept)


def _sentences(message: Message) -> list[Span]:
    found: dict[int, Span] = {}
    for clause in message.clauses:
        found.setdefault(clause.sentence, message.sentence(clause))
    return list(found.values())


def _to_mark(text: str, end: int) -> int:
    """The end with the question mark that the sentence may have lost to its clauses."""
    match = re.match(r"[?!]+", text[end:])
    return end + match.end() if match else end
