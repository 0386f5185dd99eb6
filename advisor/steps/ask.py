"""Ask: the one question of this turn, with its choices and why it is asked."""

from advisor.domain.facts import Fact, Statement
from advisor.domain.memo import PassageEvidence
from advisor.domain.reply import Question
from advisor.domain.vocabulary import FactKey
from advisor.policy.playbook_files import ContradictionEntry
from advisor.policy.rulebook import Rulebook
from advisor.steps.citing import Numbering
from advisor.steps.compose import compose
from advisor.steps.decide import clash, to_confirm, worth_asking
from advisor.steps.disputes import against, named_as, restating
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.question import question
from advisor.steps.record import Piece, Record
from advisor.steps.wording import as_said, names, sentence, value_words


def ask(record: Record, rulebook: Rulebook, phrases: Phrasebook) -> Record:
    """The record with its reply: the open question again, a contradiction to clear up, or a new one."""
    queries = record.reading.queries if record.reading else ()
    record = record.with_piece(*(Piece(text=query) for query in queries))
    answered = any(piece.answers for piece in record.pieces)
    clashing = clash(record, rulebook)
    if record.open_question is not None:
        asked = record.open_question
        piece = _asked(asked, rulebook, phrases, record, again=True)
    elif record.restated is not None:
        asked = question(rulebook.question(record.restated), phrases)
        named, text = _two_ways(record.restated, record, rulebook, phrases)
        record = record.with_piece(Piece(text=text))
        record = record.model_copy(update={"clashes_named": (*record.clashes_named, named)})
        piece = _asked(asked, rulebook, phrases, record)
    elif clashing is not None:
        asked = question(rulebook.question(clashing.ask), phrases)
        record = record.model_copy(update={"clashes_named": (*record.clashes_named, clashing.id)})
        record = record.with_piece(Piece(text=_clash_text(clashing, record, phrases)))
        piece = _asked(asked, rulebook, phrases, record)
    else:
        fact = worth_asking(record, rulebook)
        if fact is None:
            fact = to_confirm(record, rulebook)
            record = record if fact is None else record.with_piece(_guess(fact, record, rulebook, phrases))
        if fact is None:
            return compose(record, "question" if queries else "answer")
        asked = question(rulebook.question(fact), phrases)
        piece = _asked(asked, rulebook, phrases, record)
    facts = record.asked if asked.fact in record.asked else (*record.asked, asked.fact)
    record = record.with_piece(piece).model_copy(update={"asked": facts})
    return compose(record, "answer" if answered else "question", question=asked)


def _asked(
    question: Question, rulebook: Rulebook, phrases: Phrasebook, record: Record, again: bool = False
) -> Piece:
    before = [citation for piece in record.pieces for citation in piece.citations]
    numbering = Numbering(rulebook.passages, rulebook.sources, before)
    entry = rulebook.question(question.fact)
    marker = ""
    if entry.rests_on is not None:
        evidence = PassageEvidence(passage=entry.rests_on.passage, quote=entry.rests_on.quote)
        marker = numbering.marker((evidence,))
    lines = [f"**{question.text}**", ""]
    if len(question.choices) > 1:  # "don't know" alone is no menu
        lines += [f"- {choice.label}" for choice in question.choices]
    lines += ["", f"*{phrases.say('why_asked', why=question.why)}*{marker}"]
    if again:
        lines.insert(0, phrases.say("still_open"))
    return Piece(text="\n".join(lines), citations=numbering.citations())


def _guess(key: FactKey, record: Record, rulebook: Rulebook, phrases: Phrasebook) -> Piece:
    """What was guessed of a fact that decides, and from which words."""
    fact, entry = record.facts()[key], rulebook.question(key)
    value = value_words(rulebook, key, fact.value)
    return Piece(
        text=phrases.say("confirm_guess", label=entry.label, value=value, said=as_said(fact.said or ""))
    )


def _two_ways(key: FactKey, record: Record, rulebook: Rulebook, phrases: Phrasebook) -> tuple[str, str]:
    """How the contradiction over a fact is kept among those named, and its two statements in words."""
    fact = record.facts()[key]
    named, other = named_as(record, key), against(record, key)
    if named is not None and named not in record.clashes_named and other is not None:
        return named, _by_two(key, other, fact, rulebook, phrases)
    earlier = next(past for past in reversed(fact.history) if past.value is not None)
    label = rulebook.question(key).label
    text = phrases.say("restated", label=label, first=as_said(earlier.said), second=as_said(fact.said or ""))
    return restating(key), text


def _by_two(key: FactKey, other: Statement, fact: Fact, rulebook: Rulebook, phrases: Phrasebook) -> str:
    """What two people said of a fact, each by name."""
    first_by, second_by = names(other.by, fact.by, phrases)
    return phrases.say(
        "disputed",
        label=rulebook.question(key).label,
        first_by=sentence(first_by),
        first=as_said(other.said),
        second_by=second_by,
        second=as_said(fact.said or ""),
    )


def _clash_text(clashing: ContradictionEntry, record: Record, phrases: Phrasebook) -> str:
    facts = record.facts()
    first, second = (as_said(facts[key].said or "") for key in clashing.facts)
    return phrases.say("clash", first=first, second=second, text=clashing.text)
