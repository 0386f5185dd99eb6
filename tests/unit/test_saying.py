"""A user's words in quote marks need no more lineage than having been said; the rest of a claim does."""

import datetime as dt

import pytest

from advisor.assembly import builtin_rulebook, builtin_verifier
from advisor.domain.facts import Fact
from advisor.domain.memo import Claim, Evidence, FactEvidence, PassageEvidence
from advisor.policy.grounding import Grounds

FACTS = {
    "budget_usd": Fact(
        value={"min": 2500.0, "max": 2500.0, "currency": "USD", "original": "2.5k"},
        said="2.5k if we must",
        message_id="m1",
        status="stated",
    ),
    "durable_ownership": Fact(value="no", said="once it runs it runs", message_id="m1", status="stated"),
    "post_launch_owner": Fact(value="none", said="nobody owns it", message_id="m1", status="stated"),
}
RULE = PassageEvidence(
    passage="arsum-hire-ai-engineer/the-simplest-rule/text-1",
    quote="If durable ownership work remains after launch, hire full-time.",
)
DURABLE, OWNER = FactEvidence(fact="durable_ownership"), FactEvidence(fact="post_launch_owner")


def kinds(text: str, *evidence: Evidence) -> set[str]:
    passages = builtin_rulebook().passages
    grounds = Grounds(passages, FACTS, {}, None, dt.date(2026, 11, 20))  # pyright: ignore[reportArgumentType]
    return {fault.kind for fault in builtin_verifier().check(Claim(text=text, evidence=evidence), grounds)}


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Ownership after launch: “once it runs it runs”", DURABLE),
        ("Ownership after launch: “once it runs it runs” (you were not sure)", DURABLE),
        ("Owner after launch: “nobody owns it”", OWNER),
        ("You said “nobody owns it”.", OWNER),
        ("Budget: “2.5k if we must”", FactEvidence(fact="budget_usd")),
    ],
)
def test_words_as_said_stand(text: str, evidence: Evidence) -> None:
    assert kinds(text, evidence) == set()


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Ownership after launch: “someone must own it for years”", DURABLE),
        ("You said “once it runs it runs”, so somebody has to own it for years.", DURABLE),
        ("Owner after launch: “nobody owns it”, and 12 people wait.", OWNER),
        ("You said “nobody owns it”. Hire a data scientist.", OWNER),
    ],
)
def test_words_nobody_said_and_claims_around_them_do_not(text: str, evidence: Evidence) -> None:
    assert kinds(text, evidence) != set()


def test_a_claim_after_a_quote_is_compared_with_its_passage() -> None:
    good = "You said “once it runs it runs”. Hire full-time if durable ownership work remains after launch."
    bad = good.replace("Hire full-time", "Never hire full-time")
    assert kinds(good, DURABLE, RULE) == set()
    assert kinds(bad, DURABLE, RULE) != set()
