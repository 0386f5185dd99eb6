"""Metrics of knowledge: what must hold of every figure, citation and prompt, whatever the advice."""

from collections.abc import Sequence

from evals.metrics.registry import Scored, scored_by


def _clean(faults: Sequence[str]) -> Scored:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Scored(float(not faults), f"{faults[0]}{more}" if faults else "")


@scored_by("knowledge", invariant=True)
def quote_in_passage(faults: list[str]) -> Scored:
    """Whether each quote that an entry rests on stands word for word in the passage it names.

    Range: 0 or 1. Source: ours, "every rule citing its passage".
    """
    return _clean(faults)


@scored_by("knowledge", invariant=True)
def figure_in_quote(faults: list[str]) -> Scored:
    """Whether a figure's numbers stand in its quote, both ends side by side, as digits, K, M or words.

    Range: 0 or 1. Source: ours, as `evals.figures_check` reads numbers.
    """
    return _clean(faults)


@scored_by("knowledge", invariant=True)
def figure_dated(faults: list[str]) -> Scored:
    """Whether a figure bears the date of its source, and rests on a passage of it.

    Range: 0 or 1. Source: ours, "a figure is a dated row with a source".
    """
    return _clean(faults)


@scored_by("knowledge", invariant=True)
def disagreements_listed(faults: list[str]) -> Scored:
    """Whether every two comparable figures that differ stand together in a topic of the ledger.

    Range: 0 or 1. Source: ours, "shows the disagreement instead of averaging it away".
    """
    return _clean(faults)


@scored_by("knowledge", invariant=True)
def variables_shown(faults: list[str]) -> Scored:
    """Whether each variable that a prompt or phrase declares, given a value of its own, is in what comes out.

    Range: 0 or 1. Source: ours, "prompts are files with declared variables".
    """
    return _clean(faults)


@scored_by("knowledge", invariant=True)
def prompt_filled(faults: list[str]) -> Scored:
    """Whether the adapter fills a prompt with exactly the variables that it declares.

    Range: 0 or 1. Source: ours, "a missing variable fails".
    """
    return _clean(faults)
