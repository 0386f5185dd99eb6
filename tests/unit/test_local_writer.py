"""The local writer's sentences stand on what they cite: the verifier cuts nothing of them."""

import datetime as dt
import random

import pytest

from advisor.adapters.local_writer import LocalAnswers, LocalMemos
from advisor.assembly import builtin_corpus, builtin_phrases, builtin_rulebook, builtin_verifier
from advisor.domain.case import Case
from advisor.domain.disagreement import lines_of, passages_of
from advisor.domain.evidence import Hit, Passage
from advisor.domain.facts import Statement, canonical_value, fold
from advisor.policy.decide import decide
from advisor.policy.disagreements import for_memo
from advisor.policy.grounding import Fault, Grounds, Verified
from advisor.ports.language import AnswerBrief, MemoBrief
from advisor.steps.retrieve import cited_by

TODAY = dt.date(2026, 11, 20)
CORPUS, RULEBOOK = builtin_corpus(), builtin_rulebook()
ANSWERS = LocalAnswers(builtin_phrases())
SAID = {
    ("durable_ownership", "yes"): "someone must keep it alive for years",
    ("durable_ownership", "no"): "once it runs it runs",
    ("core_ip", "no"): "not what we sell",
    ("work_type", "api_features"): "hosted, gpt",
    ("technical_leadership", "no"): "nobody technical on our side",
    ("regulated", "no"): "no rules apply",
    ("post_launch_owner", "none"): "nobody owns it, <b>really</b> | nobody",
    ("value_proven", "no"): "we don't know if it pays",
}


def verified_memo(seed: int) -> Verified:
    """A memo on facts drawn by seed, as the verifier leaves it."""
    draw = random.Random(seed)
    said: list[Statement] = []
    for question in RULEBOOK.questions:
        if question.answers and draw.random() < 0.6:
            answer = draw.choice(question.answers)
            words = SAID.get((question.fact, str(answer.value)), answer.label)
            value = canonical_value(question.fact, answer.value)
            said.append(Statement(key=question.fact, value=value, said=words, message_id="m1"))
    facts = fold(said)
    decision = decide(RULEBOOK, Case.from_facts(facts), TODAY)
    topics = for_memo(RULEBOOK, decision, Case.from_facts(facts))
    cited = (*cited_by(decision, RULEBOOK), *passages_of(topics))
    passages = {key: RULEBOOK.passages[key] for key in cited}
    brief = MemoBrief(TODAY, decision, facts, passages, RULEBOOK.sources)
    draft = LocalMemos(builtin_phrases(), RULEBOOK).write(brief)
    lines = {line.id: line for line in decision.lines()} | lines_of(topics)
    return builtin_verifier().verify(
        draft, Grounds(passages, facts, lines, decision, TODAY, RULEBOOK.sources)
    )


@pytest.mark.parametrize("seed", range(60))
def test_nothing_of_a_memo_is_cut(seed: int) -> None:
    verified = verified_memo(seed)
    assert verified.faults == ()
    assert {"first", "sure", "flips", "interests"} <= {section.id for section in verified.draft.sections}


def answered(hits: list[Passage]) -> tuple[Fault, ...]:
    passages = {passage.id: passage for passage in hits}
    found = [
        Hit(passage_id=p.id, source_id=p.source_id, text=p.text, score=1, locator=p.locator) for p in hits
    ]
    answer = ANSWERS.write(AnswerBrief("?", found, None, passages, CORPUS.sources))
    assert answer.covered
    return (
        builtin_verifier().verify(answer.draft, Grounds(passages, {}, {}, None, TODAY, CORPUS.sources)).faults
    )


@pytest.mark.parametrize("passage", CORPUS.passages.values(), ids=lambda passage: passage.id)
def test_every_passage_can_be_told(passage: Passage) -> None:
    faults = [fault for fault in answered([passage]) if fault.kind not in ("length", "markup")]
    assert faults == []
