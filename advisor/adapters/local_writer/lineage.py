"""What a claim of the local writer rests on, put together from rules, notes and lines."""

from advisor.domain.decision import Line, Note, RuleFired
from advisor.domain.memo import CalculationEvidence, DecisionEvidence, Evidence, FactEvidence, PassageEvidence

DECIDED: tuple[Evidence, ...] = (DecisionEvidence(),)


def rests_on(rule: RuleFired | Note) -> tuple[Evidence, ...]:
    """The passages behind a rule or a note."""
    return tuple(PassageEvidence(passage=one.passage, quote=one.quote) for one in rule.rests_on)


def of_lines(*lines: Line | None) -> tuple[Evidence, ...]:
    """Lines, each with the passage or the fact that it comes from."""
    evidence: list[Evidence] = []
    for line in lines:
        if line is None:
            continue
        if line.passage is not None and line.quote is not None:
            evidence.append(PassageEvidence(passage=line.passage, quote=line.quote))
        elif line.fact is not None:
            evidence.append(FactEvidence(fact=line.fact))
        evidence.append(CalculationEvidence(line=line.id))
    return tuple(dict.fromkeys(evidence))
