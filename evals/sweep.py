"""The policy over the whole space of enumerated facts, unknown included: `python -m evals.sweep`.

Every fact that has a closed list of values takes each of them and "unknown"; all combinations are
scored. A case fails when no move leads, or when the leading one is out of the question. Facts that are
text or numbers stay unknown here; `tests/unit/test_policy.py` draws those by seed.

    python -m evals.sweep                 # all of them: some ten million, about six minutes
    python -m evals.sweep --every 97      # each 97th
"""

import argparse
import itertools
import math
import sys
from collections import Counter

import numpy as np

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.domain.vocabulary import ENUMERATED
from advisor.policy.decide import scorer_for
from advisor.policy.scoring import OUT_OF_THE_QUESTION, Variations

BATCH = 20_000


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when every case has a leading move, 1 otherwise."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="score only each n-th combination")
    every = parser.parse_args(arguments).every
    scorer, keys = scorer_for(builtin_rulebook()), tuple(ENUMERATED)
    space = itertools.product(*[(None, *ENUMERATED[key]) for key in keys])
    cases = itertools.islice(space, 0, None, every)
    led, undefined, tied = Counter[str](), 0, 0
    while batch := list(itertools.islice(cases, BATCH)):
        changes = [dict(zip(keys, values, strict=True)) for values in batch]
        scores = scorer.scores(Case(), Variations.of(Case(), changes))
        best = np.sort(scores, axis=1)[:, -2:]
        undefined += int((best[:, 1] <= OUT_OF_THE_QUESTION).sum())
        tied += int((best[:, 0] == best[:, 1]).sum())
        led.update(scorer.moves[place].id for place in scores.argmax(axis=1))
    total = led.total()
    whole = math.prod(len(ENUMERATED[key]) + 1 for key in keys)
    print(f"{total:,} of {whole:,} cases, {undefined} undefined, {tied:,} decided by the order of the moves")
    for move, count in led.most_common():
        print(f"{move:36} {count / total:6.1%}")
    return 1 if undefined or not total else 0


if __name__ == "__main__":
    sys.exit(main())
