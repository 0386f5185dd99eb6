"""Contradictions: things the user said that can't all be meant, and which fact to ask for again."""

from advisor.domain.case import Case
from advisor.policy.playbook_files import ContradictionEntry
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Rulebook


def contradictions(rulebook: Rulebook, case: Case) -> list[ContradictionEntry]:
    """The entries whose predicates all hold, in the order of the file."""
    return [
        entry for entry in rulebook.contradictions if all(PREDICATES[name].test(case) for name in entry.when)
    ]
