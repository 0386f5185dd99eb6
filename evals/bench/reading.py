"""How well messages are read without a language model, by fact, on messages nobody tuned on."""

import time

from evals.bench.rows import Row
from evals.understanding import TODAY, answered, measure, read, reader, sets

HALF = "test"


def facts() -> list[Row]:
    """F1 of each fact in percent on the closed half, precision and recall over all, and ms a message."""
    phrasing, answers = sets(closed=True)
    local = reader()
    read(local, "We run it ourselves.", TODAY)  # the first message loads the models
    begun = time.perf_counter()
    tally = measure(local, phrasing[HALF])
    spent = 1000 * (time.perf_counter() - begun) / len(phrasing[HALF])
    told = answered(local, answers[HALF])
    keys = sorted({*tally.right, *tally.wrong, *tally.missed})
    precision, recall, f1 = (100 * share for share in tally.scores(keys))
    note = f"{len(phrasing[HALF])} utterances by an author who knew neither cues nor training data"
    rows = [Row("reading", f"F1 {key}", [100 * tally.scores([key])[2]], "%") for key in keys]
    right, asked = sum(told.right.values()), sum(told.asked.values())
    return [
        Row("reading", "F1 over all facts", [f1], "%", "aim: 90"),
        Row("reading", "precision over all facts", [precision], "%", note),
        Row("reading", "recall over all facts", [recall], "%"),
        Row("reading", "answers read right", [100 * right / asked], "%", f"{asked} answers"),
        Row("reading", "a message", [spent], "ms"),
        *rows,
    ]
