"""A question as it is put: its words, its choices, and "don't know" as the last of them."""

from advisor.domain.reply import Choice, Question
from advisor.policy.next_question import OPENING
from advisor.policy.playbook_files import QuestionEntry
from advisor.steps.phrasebook import Phrasebook


def question(entry: QuestionEntry, phrases: Phrasebook) -> Question:
    """The question for one fact. The opening question shows no choices but "don't know"."""
    choices = [Choice(label=answer.label, value=_plain(answer.value)) for answer in entry.answers]
    if entry.fact == OPENING:
        choices = []
    choices.append(Choice(label=phrases.say("dont_know"), value=None))
    return Question(fact=entry.fact, text=entry.text, choices=tuple(choices), why=entry.why)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(value)
