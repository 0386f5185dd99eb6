"""The metrics of understanding: what the reader stores for a message, held against what its author meant.

`right`, `wrong` and `missed` are names of facts. A stored fact is right where it meets the wanted value,
wrong where it is neither wanted nor optional, or forbidden; a wanted fact that is not stored as wanted is
missed. A wrong value of a wanted fact is both wrong and missed, as in a named-entity task.
"""

from collections.abc import Sequence

from evals.metrics.registry import Scored, scored_by


@scored_by("understanding")
def message_read(right: Sequence[str], wrong: Sequence[str], missed: Sequence[str]) -> Scored:
    """F1 of the facts read from one message.

    Range: 0 (nothing wanted was read, or only what was not said) to 1 (all that was said and nothing else;
    also where nothing was to be read and nothing was). Higher is better.
    Source: F-measure, van Rijsbergen, Information Retrieval (1979), chapter 7, over the facts of one message.
    """
    outcomes = 2 * len(right) + len(wrong) + len(missed)
    value = 2 * len(right) / outcomes if outcomes else 1.0
    faults = [f"{key} misread" for key in wrong]
    faults += [f"{key} not read" for key in missed if key not in wrong]
    return Scored(value, ", ".join(faults))


@scored_by("understanding")
def nothing_misread(wrong: Sequence[str]) -> Scored:
    """Whether a message left no wrong fact behind: a fact not read costs a question, one misread costs trust.

    Range: 0 (at least one wrong value is stored) or 1. Higher is better.
    Source: ours; precision of the slots of a dialogue state, as a yes or no for each message.
    """
    return Scored(float(not wrong), "misread: " + ", ".join(wrong) if wrong else "")


@scored_by("understanding")
def answer_read(right: bool) -> Scored:
    """Whether an answer to the open question set that fact to the meant value, or left it alone.

    Range: 0 or 1. Higher is better.
    Source: ours; goal accuracy of one slot after one turn, as in dialogue state tracking (Henderson et al.,
    The Second Dialog State Tracking Challenge, 2014).
    """
    return Scored(float(right), "" if right else "the answer is not read as meant")


@scored_by("understanding")
def answer_not_misread(stored: bool, right: bool) -> Scored:
    """Whether an answer left no value that was not meant; one that is not read at all passes.

    Range: 0 or 1. Higher is better.
    Source: ours; the costly half of `answer_read`.
    """
    misread = stored and not right
    return Scored(float(not misread), "the answer is taken for another value" if misread else "")


@scored_by("understanding")
def set_precision(right: int, wrong: int) -> float:
    """Share of the stored facts that are right, over a whole set of messages that is told as a total only.

    Range: 0 to 1; 1 where nothing is stored. Higher is better.
    Source: precision, micro-averaged over all facts.
    """
    return right / (right + wrong) if right + wrong else 1.0


@scored_by("understanding")
def set_recall(right: int, missed: int) -> float:
    """Share of the wanted facts that are stored as wanted, over a whole set of messages.

    Range: 0 to 1; 1 where nothing is wanted. Higher is better.
    Source: recall, micro-averaged over all facts.
    """
    return right / (right + missed) if right + missed else 1.0


@scored_by("understanding")
def set_f1(right: int, wrong: int, missed: int) -> float:
    """F1 of the stored facts over a whole set of messages.

    Range: 0 to 1; 1 where nothing is wanted and nothing stored. Higher is better.
    Source: F-measure, van Rijsbergen, Information Retrieval (1979), micro-averaged over all facts.
    """
    outcomes = 2 * right + wrong + missed
    return 2 * right / outcomes if outcomes else 1.0


@scored_by("understanding")
def set_answers_read(right: int, asked: int) -> float:
    """Share of the answers to open questions that are read as meant, over a whole set.

    Range: 0 to 1. Higher is better.
    Source: ours; the mean of `answer_read`.
    """
    return right / asked if asked else 1.0
