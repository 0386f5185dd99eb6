"""The local reader's story: screen the message, find what it asks, read what it states, keep order.

English only, and no language model: cue phrases from the playbook, parsers for numbers and dates, and
the scope of negation, doubt and supposition. What it isn't sure to understand it leaves unread: a fact
not read costs a question, a fact misread costs trust.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from advisor.adapters.local_reader.answers import Answers
from advisor.adapters.local_reader.classifier import Classifier, Heard
from advisor.adapters.local_reader.clauses import Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.adapters.local_reader.privacy import scrubbed
from advisor.adapters.local_reader.requests import Asked, Requests, side_question, without
from advisor.adapters.local_reader.screening import Screened, Screening
from advisor.adapters.local_reader.similar import Similarity
from advisor.adapters.local_reader.statements import FactReader, Statements, doubt, fill, in_order
from advisor.domain.commands import Command, OpenQuestion, OutOfScope, Reading, SetFact, WhatIf
from advisor.domain.reply import Choice
from advisor.domain.vocabulary import FactKey
from advisor.ports.language import ReadingContext

SHORT_ANSWER = 16
"""Words up to which a message is taken for an answer and little else."""


class LocalReader:
    """Reads English without a language model.

    `similarity` may tell which answer of an open question is meant when the cues don't; `choices` are
    the labels that questions show, so that an answer may name one by number, letter or fragment;
    `classifier` fills the enumerated facts that the cues leave open.
    """

    def __init__(
        self,
        data: ReadingPlaybook,
        similarity: Similarity | None = None,
        choices: Mapping[FactKey, Sequence[Choice]] | None = None,
        classifier: Classifier | None = None,
    ) -> None:
        self._classifier = classifier
        self._screening = Screening(data)
        self._requests = Requests(data)
        self._facts = FactReader(data)
        self._answers = Answers(data, self._facts, choices or {}, similarity)

    def understand(self, text: str, context: ReadingContext) -> Reading:
        """The commands in one message, in the order said. Never raises, whatever the text."""
        screened = self._screening.screen(text)
        if screened.refused is not None or not screened.text:
            return _refusal(screened)
        question = context.open_question
        message = self._facts.clauses.read(screened.text, answering=question is not None)
        asked = self._requests.read(message, question is not None)
        plain = without(message, asked.set_aside + asked.suppositions)
        stated = self._facts.read(plain, context.today, question.fact if question else None)
        suppositions = [self._supposed(message, span, context) for span in asked.suppositions]
        asked_fact = question.fact if question else None
        heard = Heard({})
        if self._classifier is not None:
            heard = self._classifier.hear(plain, self._facts.clauses, asked_fact)
        # A short message answers what was asked; a longer one tells other things as well.
        answers_only = asked_fact if len(message.text.split()) <= SHORT_ANSWER else None
        doubt(stated, heard, answers_only)
        if question is not None:
            self._answers.complete(plain, stated, question, _busy(asked), heard.answer)
        fill(plain, stated, heard, answers_only)
        reading = self._reading(message, asked, stated, suppositions, screened, question is not None)
        corrects = bool(reading.commands) and self._requests.corrects(message)
        return reading.model_copy(update={"corrects": corrects})

    def picks(self, text: str, question: OpenQuestion) -> bool:
        """Whether the message is one of the open question's choices, by label, letter or number."""
        return self._answers.picks(self._facts.clauses.read(text, answering=True), question.fact)

    def without_private(self, text: str, reading: Reading) -> Reading:
        """A reading made elsewhere, without what must not be kept of people."""
        message = self._facts.clauses.read(text)
        private = self._screening.private(message.text)
        placed = [(_place_of(c.said, message), c) for c in reading.commands if isinstance(c, SetFact)]
        facts, notices = scrubbed(message, placed, private)
        others = [c for c in reading.commands if not isinstance(c, SetFact)]
        if private.kinds and not any(
            isinstance(c, OutOfScope) and c.reason == "private_data" for c in others
        ):
            others.insert(0, OutOfScope(reason="private_data", said="", detail=" and ".join(private.kinds)))
        told = dict.fromkeys((*reading.notices, *notices))
        commands = (*others, *(command for _, command in facts))
        return reading.model_copy(update={"commands": commands, "notices": tuple(told)})

    def _supposed(self, message: Message, span: Span, context: ReadingContext) -> tuple[int, Command]:
        """A what-if with the values it tries; one that tries nothing readable is a question."""
        sentence = self._facts.clauses.read(message.said(span))
        tried = self._facts.read(sentence, context.today, supposing=True)
        if not tried.facts:
            return span.start, side_question(message, span)
        changes: dict[FactKey, JsonValue] = {key: fact.value for key, fact in tried.facts.items()}
        return span.start, WhatIf(changes=changes, said=message.said(span))

    def _reading(
        self,
        message: Message,
        asked: Asked,
        stated: Statements,
        suppositions: list[tuple[int, Command]],
        screened: Screened,
        answering: bool,
    ) -> Reading:
        private = self._screening.private(message.text)
        facts, notices = scrubbed(message, in_order(stated), private)
        commands: list[tuple[int, Command]] = [*asked.commands, *suppositions, *facts]
        commands += [
            (span.start, side_question(message, span))
            for span, topical in asked.questions
            if topical or not (facts or commands)
        ]
        off_topic = self._requests.off_topic(message) if not facts and not asked.commands else None
        if off_topic is not None and not (answering and not asked.questions):  # an answer may name anything
            commands = [(0, off_topic)]
        if private.kinds:
            kinds = " and ".join(private.kinds)
            commands.append((0, OutOfScope(reason="private_data", said="", detail=kinds)))
        ordered = tuple(command for _, command in sorted(commands, key=lambda pair: pair[0]))
        return Reading(
            commands=ordered,
            notices=(*screened.notices, *stated.notices, *notices),
            queries=tuple(dict.fromkeys(stated.queries)),
            unread=not ordered,
        )


def _refusal(screened: Screened) -> Reading:
    if screened.refused is None:
        return Reading()
    declined = OutOfScope(reason=screened.refused, said=screened.text[:200])
    return Reading(commands=(declined,), notices=screened.notices, unread=screened.refused == "unreadable")


def _busy(asked: Asked) -> bool:
    """Whether the message asks for something itself, so that a short one is no answer."""
    return bool(asked.commands or asked.suppositions or asked.questions)


def _place_of(said: str, message: Message) -> Span:
    """Where the words stand in the message; all of it where they can't be found letter for letter."""
    at = message.lower.find(said.casefold())
    return Span(at, at + len(said)) if at >= 0 else Span(0, len(message.text))
