"""The lexicon: every role and engagement has a form, and a wrong file is refused with a clear word."""

from typing import Any

import pytest
import yaml

from advisor.domain.vocabulary import ENGAGEMENTS, ROLES
from advisor.errors import PlaybookError
from advisor.policy.grounding import load_lexicon
from advisor.policy.grounding.folding import fold
from advisor.policy.grounding.naming import named
from evals.grounding.cases import LEXICON

TEXT = LEXICON.read_text(encoding="utf-8")
ROLE_FORMS = yaml.safe_load(TEXT)["roles"]
ENGAGEMENT_FORMS = yaml.safe_load(TEXT)["engagements"]


def changed(**parts: Any) -> str:
    return yaml.safe_dump({**yaml.safe_load(TEXT), **parts})


def test_every_role_and_engagement_has_a_form() -> None:
    lexicon = load_lexicon(TEXT)
    assert {name for names in lexicon.forms.values() for name in names} == {*ROLES, *ENGAGEMENTS}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("AI engineers", {"ai_engineer"}),
        ("an AI‑engineer", {"ai_engineer"}),
        ("the ML engineer's work", {"ml_engineer"}),
        ("AI/ML engineer", {"ai_engineer", "ml_engineer"}),
        ("contract-to-hire", {"contract_to_hire"}),
        ("contract to hire", {"contract_to_hire"}),
        ("a full‑time hire", {"full_time"}),
        ("permanent headcount", {"full_time"}),
        ("agencies", {"agency"}),
        ("a pilot", {"pilot"}),
        ("the maintainer and the engine", set()),
        ("reagency", set()),
    ],
)
def test_forms_are_read_in_every_spelling(text: str, names: set[str]) -> None:
    assert named(fold(text), load_lexicon(TEXT)) == names


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (changed(roles={**ROLE_FORMS, "prompt_engineer": ["prompt engineer"]}), "prompt_engineer"),
        (changed(engagements={**ENGAGEMENT_FORMS, "loan": ["loan"]}), "loan"),
        (changed(roles={k: v for k, v in ROLE_FORMS.items() if k != "ml_engineer"}), "ml_engineer"),
        (changed(engagements={**ENGAGEMENT_FORMS, "agency": []}), "agency"),
        (changed(opposites=[{"id": "x", "strict": False, "sides": [["up"], ["up"]]}]), "up"),
        (changed(opposites=[{"id": "x", "strict": False, "sides": [["up"], []]}]), "x"),
        (changed(facts={"workflow": {"topic": ["work"]}}), "workflow"),
        (changed(topics={"weather": "rain"}), "weather"),
        (changed(surprise=[]), "surprise"),
        ("roles: [", "lexicon.yaml"),
        ("[]", "lexicon.yaml"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_fault(text: str, word: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_lexicon(text)
    assert word in caught.value.message
