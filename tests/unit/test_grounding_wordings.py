"""A wording says what its points say: their negations, order, figures and names, and no others."""

import pytest

from advisor.domain.memo import Claim, DecisionEvidence, Evidence, PassageEvidence
from tests.unit.test_grounding import cases, grounds, quoting

HIRE = "Do not open a full-time role yet. Full-time hiring takes 90–120 days, more than the time there is."
RUNS = "Done when the system runs without hands and a named owner has the runbook."
ONLY = "A contract lets you validate the direction; only then do you commit to a full-time role."
COST = "Expect $46,000 (P10 $30,000, P90 $87,000)."
POINTS: dict[str, tuple[str, tuple[Evidence, ...]]] = {
    "hire": (HIRE, (DecisionEvidence(), quoting("hire"))),
    "runs": (RUNS, (DecisionEvidence(),)),
    "only": (ONLY, (DecisionEvidence(),)),
    "cost": (COST, (DecisionEvidence(),)),
}


def kinds(text: str, point: str, *evidence: Evidence) -> set[str]:
    plain = Claim(text=POINTS[point][0], evidence=POINTS[point][1])
    claim = Claim(text=text, evidence=evidence or plain.evidence)
    return {fault.kind for fault in cases().verifier.check_wording(claim, (plain,), grounds())}


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("Hold off on a full-time role: hiring takes 90–120 days, and you have less time than that.", "hire"),
        (
            "No full-time role should be opened yet: hiring takes 90–120 days, more than you have.",
            "hire",
        ),
        ("It is done when nobody has to run the system by hand and a named owner has the runbook.", "runs"),
        ("Validate the direction in a contract before you commit to a full-time role.", "only"),
        ("Don't commit to a full-time role until a contract has validated the direction.", "only"),
        ("Reckon with $46,000 (P10 $30,000, P90 $87,000).", "cost"),
    ],
)
def test_other_words_for_the_same_stand(text: str, point: str) -> None:
    assert kinds(text, point) == set()


@pytest.mark.parametrize(
    ("text", "point", "kind"),
    [
        ("Open a full-time role; hiring takes 90–120 days, more than the time there is.", "hire", "polarity"),
        (
            "Do not wait with a full-time role; hiring takes 90–120 days, over the time there is.",
            "hire",
            "polarity",
        ),
        (
            "No full-time role: hiring takes 90–120 days, and you have more time than that.",
            "hire",
            "comparison",
        ),
        ("Open no full-time role yet; an agency takes 90–120 days, more than there is.", "hire", "name"),
        ("Open no full-time role yet; hiring takes 90 days, more than the time there is.", "hire", "numeral"),
        ("Open no full-time role yet; hiring takes more than the time there is.", "hire", "numeral"),
        (
            "It is not done when the system runs without hands and an owner has the runbook.",
            "runs",
            "polarity",
        ),
        (
            "It is done when somebody runs the system by hand and an owner has the runbook.",
            "runs",
            "polarity",
        ),
        ("Commit to a full-time role before you validate the direction in a contract.", "only", "comparison"),
        ("Reckon with $46,000 (P90 $30,000, P10 $87,000).", "cost", "numeral"),
        ("You said “we pay anything”: expect $46,000 (P10 $30,000, P90 $87,000).", "cost", "quote"),
        (
            "Elephants speak over long distances without a sound, and one has the runbook.",
            "runs",
            "off_topic",
        ),
    ],
)
def test_what_says_something_else_falls(text: str, point: str, kind: str) -> None:
    assert kind in kinds(text, point)


def test_a_wording_rests_on_what_its_points_rest_on() -> None:
    assert kinds(
        HIRE, "hire", PassageEvidence(passage="pilot", quote="A pilot of 4–6 weeks comes first")
    ) == {"stray"}
