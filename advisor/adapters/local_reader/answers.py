"""A message read in the light of the open question.

"Nah, once it runs it runs" is a no, "8" is eight weeks when weeks were asked for, "don't know" is an
answer too. A message that asks something back, or speaks of other things only, answers nothing.
"""

import re
from collections.abc import Mapping, Sequence

from advisor.adapters.local_reader.choosing import picked
from advisor.adapters.local_reader.classifier import NOTHING, Verdict
from advisor.adapters.local_reader.clauses import Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.adapters.local_reader.quantities import stage_of
from advisor.adapters.local_reader.similar import Similarity, nearest
from advisor.adapters.local_reader.statements import FactReader, Statements
from advisor.adapters.local_reader.yes_and_no import answers_alone, names_an_amount, speaks_of
from advisor.domain.commands import OpenQuestion
from advisor.domain.reply import Choice
from advisor.domain.vocabulary import ENUMERATED, TEXT_FACTS, FactKey

_HEADS = re.compile(r"\W*(?:we're|we are|about|around|roughly|~|just|only|\s)*(\d{1,3}(?:,\d{3})*|\d+)\W*")
SHORT = 12
"""Words up to which a message that is nothing else is taken for an answer as a whole."""
MEANT = 0.35
"""The chance from which the classifier's reading of an answer counts where the cues don't decide."""
AGAINST = 0.8
"""The same, where a yes or a no that opens the message speaks for another value."""
DECISIVE: frozenset[tuple[FactKey, str]] = frozenset(
    (
        ("data_readiness", "messy"),
        ("data_readiness", "none"),
        ("buy_option", "exists"),
        ("work_type", "unclear"),
    )
)
DECISIVELY = 0.6
"""The chance needed of a value that puts another move before any hire, whatever else is known."""
CLEARLY = 0.5
"""The chance from which it counts more than a cue that is a cue in answers only."""

_BARE = re.compile(
    r"\W*(?:about|around|roughly|maybe|say|like|~|probably|in|within|under|at most|max)?\s*"
    r"(?P<low>\d{1,3}(?:\.\d)?|[a-z]+(?:-[a-z]+)?)(?:\s*(?:-|to|or)\s*(?P<high>\d{1,3}|[a-z]+(?:-[a-z]+)?))?"
    r"\s*(?:or so|max|tops|at most|maybe|ish|i think|i guess)?\W*"
)


SEVERAL = 2
"""So many facts of other kinds in a message, and its words as a whole are no text for the one asked for."""


class Answers:
    """Completes what a message states with what it answers."""

    def __init__(
        self,
        data: ReadingPlaybook,
        facts: FactReader,
        choices: Mapping[FactKey, Sequence[Choice]],
        similarity: Similarity | None,
    ) -> None:
        self._data, self._facts, self._choices, self._similarity = data, facts, choices, similarity
        signals = data.signals
        self._yes = data.cue_set(signals.affirmations)
        self._no = data.cue_set(signals.refusals)
        self._unknown = data.cue_set(signals.dont_know)
        self._small_talk = data.cue_set(signals.small_talk)
        self._open_dates = data.cue_set(data.measures.no_deadline)
        units = sorted(data.measures.units, key=len, reverse=True)
        self._question_unit = re.compile(r"\b(" + "|".join(u for u in units if len(u) > 2) + r")\b")

    def complete(
        self,
        message: Message,
        found: Statements,
        question: OpenQuestion,
        busy: bool,
        meant: Verdict | None = None,
    ) -> None:
        """Add the answer to `found`. `busy`: the message asked for something itself.

        `meant`: the value that the classifier takes the message for, "nothing" included.
        """
        key, whole = question.fact, Span(0, len(message.text))
        words = message.lower.split()
        asks = all(clause.question for clause in message.clauses) and message.lower.rstrip().endswith("?")
        unknown = self._dont_know(message.lower, key)
        if self._talk_only(message.lower) or (busy and not unknown and (asks or len(words) <= SHORT)):
            return
        choice = self._picked(message, key)
        if choice is not None:
            found.add(message, key, choice.value, whole)
            return
        if unknown and key not in found.facts:
            # "Don't know" with words that do say something stays an answer of its own kind below.
            if (
                key in TEXT_FACTS
                or len(words) <= SHORT
                or self._facts.categories.of(message, key, asked=True) is None
            ):
                found.add(message, key, None, whole)
            return
        if asks:
            return
        if key in TEXT_FACTS:
            self._text(message, found, key, whole, words)
        elif key == "timeline_days":
            self._days(message, found, question, whole)
        elif key in ENUMERATED and (key not in found.facts or not unknown):
            self._enumerated(message, found, question, whole, words, meant)

    def picks(self, message: Message, key: FactKey) -> bool:
        """Whether the whole message names one of the question's choices."""
        return self._picked(message, key) is not None

    def _talk_only(self, lower: str) -> bool:
        first = self._small_talk.spans(lower)
        return any(span.start <= 1 and span.end >= len(lower.rstrip(" .!?)(")) for span in first)

    def _picked(self, message: Message, key: FactKey) -> Choice | None:
        return picked(message.lower, key, self._choices.get(key, ()))

    def _dont_know(self, lower: str, key: FactKey) -> bool:
        """Whether the message opens with "don't know" or a wording of it, or says so of this fact."""
        if key == "timeline_days" and self._open_dates.occurs(lower):
            return True
        fact = self._data.facts.get(key)
        if fact is not None and self._data.cue_set(fact.unknown).occurs(lower):
            return True
        stripped = re.sub(
            r"^(?:\W|honestly|well|hmm+|uh+|um+|oh|sorry|really|to be honest|frankly|that|it|this)+\b\s*",
            "",
            lower,
        )
        for span in self._unknown.spans(lower):
            opening = len(lower) - len(stripped)
            if span.start <= opening + 1 and not re.match(r"\s+(?:i|we)\b", lower[span.end : span.end]):
                return (
                    not re.match(r"(?:hmm )?(?:maybe|perhaps|possibly)$", lower[span.start : span.end])
                    or len(lower.split()) <= 2
                )
        return False

    def _text(self, message: Message, found: Statements, key: FactKey, whole: Span, words: list[str]) -> None:
        """The message itself is the value, unless it is only a measure of something else."""
        measures: tuple[FactKey, ...] = ("timeline_days", "budget_usd")
        others: list[FactKey] = [other for other in measures if other != key and other in found.facts]
        spans = [found.places[other] for other in others]
        covered = sum(span.end - span.start for span in spans)
        if others and key != "workflow" and covered > 0.5 * len(message.text):
            return
        if others and len(words) <= 4 and covered > 0.4 * len(message.text):
            return
        if key != "workflow" and len(found.facts) >= (1 if key == "region_preference" else SEVERAL):
            return  # what says several other things says them instead of answering
        if key == "workflow" and (len(words) < 4 or (found.facts and len(words) <= 10)):
            return  # "asap", "own for years": no description of a system
        if key == "volume" and not names_an_amount(message.lower):
            return
        if re.search(r"\w", message.text):
            found.add(message, key, message.text, whole)

    def _days(self, message: Message, found: Statements, question: OpenQuestion, whole: Span) -> None:
        """A bare number takes the unit that the question names, else weeks, not surely."""
        if "timeline_days" in found.facts:
            return
        match = _BARE.fullmatch(message.lower)
        if match is None:
            return
        low = self._number(match["low"])
        high = self._number(match["high"]) if match["high"] else low
        if low is None or high is None or low > high or high > 400:
            return
        unit = self._question_unit.search(question.text.lower())
        days = self._data.measures.units[unit[1]] if unit else 7.0
        if high * days <= 3650:
            value = {"min": low * days, "max": high * days}
            found.add(message, "timeline_days", value, whole, sure=unit is not None)

    def _number(self, text: str) -> float | None:
        from number_parser import parse_number

        number = parse_number(text.replace("-", " "), language="en")
        return None if number is None else float(number)

    def _enumerated(
        self,
        message: Message,
        found: Statements,
        question: OpenQuestion,
        whole: Span,
        words: list[str],
        meant: Verdict | None,
    ) -> None:
        key, question_text = question.fact, question.text
        fact = self._data.facts[key]
        head = self._head(message.lower)
        reading = self._facts.categories.of(message, key, asked=True)
        if reading is not None and self._outweighs(message, meant, reading.value):
            reading = None
        stated = found.facts.get(key)
        if stated is not None and stated.value is not None and (reading is None or len(words) > SHORT):
            return  # words that count as answers only are no match for a plain statement in a long message
        if reading is not None and not (
            head and self._only_other(reading.value, head, fact.bare_yes, fact.bare_no, words)
        ):
            if stated is None or key != "regulated":
                found.add(message, key, reading.value, reading.span, reading.sure)
            return
        if stated is not None:
            return
        heads = _HEADS.fullmatch(message.lower)
        if key == "company_stage" and heads is not None:
            found.add(message, key, stage_of(float(heads[1].replace(",", ""))), whole)
            return
        if head is not None and self._is_the_answer(message, found, key, question_text):
            value = fact.bare_yes if head == "yes" else fact.bare_no
            if value is not None:
                found.add(message, key, value, whole, sure=not message.clauses[0].hedged)
                return
        least = AGAINST if meant and _against(meant.value, head, fact.bare_yes, fact.bare_no) else MEANT
        if meant is not None and (key, meant.value) in DECISIVE:
            least = max(least, DECISIVELY)
        if meant is None or meant.chance < CLEARLY:
            self._nearest(message, found, key, whole, words)
        if meant is not None and key not in found.facts and meant.value != NOTHING and meant.chance >= least:
            found.add(message, key, meant.value, whole, guessed=True)

    def _outweighs(self, message: Message, meant: Verdict | None, value: str) -> bool:
        """Whether the classifier is clearly for another value than a cue that counts in answers only."""
        return (
            meant is not None
            and meant.value not in (NOTHING, value)
            and meant.chance >= CLEARLY
            and self._facts.categories.of(message, meant.key) is None
        )

    def _is_the_answer(self, message: Message, found: Statements, key: FactKey, question: str) -> bool:
        """Whether a yes or a no that opens the message answers the question, not something else.

        It does alone, with words that only underline it, or where what follows speaks of what was asked.
        "No, the budget is 300k" corrects something, "yes, our CTO reviews it" may answer another question.
        """
        if self._speaks_of_another(message, found, key):
            return False
        first = message.clauses[0]
        opening = message.lower[first.start : message.sentence(first).end]
        return answers_alone(opening) or speaks_of(opening, question.lower())

    def _speaks_of_another(self, message: Message, found: Statements, key: FactKey) -> bool:
        """Whether the sentence that opens with a yes or a no states another fact: "yes, our CTO …"."""
        return any(
            message.clause_at(found.places[other].start).sentence == message.clauses[0].sentence
            for other in found.facts
            if other != key and other in ENUMERATED
        )

    def _head(self, lower: str) -> str | None:
        """Whether the message opens with a yes or a no."""
        text = re.sub(
            r"^(?:\W|well|oh|hmm+|honestly|erm+|uh+|god|hell|i'd say|i think|i guess|i would say|so|and|"
            r"sadly|unfortunately|luckily|that's a|for us|for now)+\b\s*",
            "",
            lower,
        )
        offset = len(lower) - len(text)
        no = [span for span in self._no.spans(lower) if span.start <= offset + 1]
        yes = [span for span in self._yes.spans(lower) if span.start <= offset + 1]
        if no and (not yes or max(s.end for s in no) >= max(s.end for s in yes)):
            return "no"
        return "yes" if yes else None

    def _only_other(self, value: str, head: str, yes: str | None, no: str | None, words: list[str]) -> bool:
        """A yes or no that opens a short answer outweighs a loose cue after it."""
        meant = yes if head == "yes" else no
        return meant is not None and meant != value and len(words) <= 4

    def _nearest(
        self, message: Message, found: Statements, key: FactKey, whole: Span, words: list[str]
    ) -> None:
        """Where the cues don't decide, the examples most like the answer do, if they are clearly so."""
        if self._similarity is None or len(words) > 3 * SHORT or key in found.facts:
            return
        fact = self._data.facts[key]
        examples = [(value, text) for value, cues in fact.values.items() for text in cues.examples]
        value = nearest(message.text, examples, self._similarity)
        if value is not None:
            found.add(message, key, value, whole, guessed=True)


def _against(value: str, head: str | None, yes: str | None, no: str | None) -> bool:
    """Whether a yes or a no that opens the message stands for another value."""
    meant = yes if head == "yes" else no if head == "no" else None
    return meant is not None and meant != value
