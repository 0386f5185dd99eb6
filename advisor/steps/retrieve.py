"""Retrieve: the passages a memo may rest on, those of the decision first, then what fits the work."""

from advisor.domain.case import Case
from advisor.domain.decision import Recommendation
from advisor.domain.disagreement import passages_of
from advisor.policy.disagreements import for_memo
from advisor.policy.kits import Kits
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence
from advisor.steps.decide import recommendation
from advisor.steps.kit import kit_of
from advisor.steps.record import Record

MOST_BESIDES = 4


def retrieve(record: Record, evidence: Evidence, rulebook: Rulebook, kits: Kits) -> Record:
    """The record with the ids of the passages to write from; texts stay in the index."""
    decision = recommendation(record, rulebook)
    topics = for_memo(rulebook, decision, Case.from_facts(record.facts()))
    decided = (*cited_by(decision, rulebook), *passages_of(topics))
    workflow = record.facts().get("workflow")
    besides = (
        [hit.passage_id for hit in evidence.search(workflow.said, k=MOST_BESIDES)]
        if workflow and workflow.said
        else []
    )
    return record.model_copy(
        update={
            "passages": tuple(dict.fromkeys((*decided, *kit_of(record, rulebook, kits).passages, *besides)))
        }
    )


def cited_by(decision: Recommendation, rulebook: Rulebook) -> tuple[str, ...]:
    """Every passage that the decision itself cites."""
    first = rulebook.move(decision.first.id)
    ids = [reference.passage for rule in decision.rules_fired for reference in rule.rests_on]
    ids += [move.passage for move in decision.then]
    ids += [line.passage for line in decision.calculation if line.passage is not None]
    ids += decision.costs.passages()
    ids += [reference.passage for note in decision.notes for reference in note.rests_on]
    if first.cost.rests_on is not None:
        ids.append(first.cost.rests_on.passage)
    return tuple(dict.fromkeys(ids))
