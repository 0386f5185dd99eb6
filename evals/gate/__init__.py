"""The gate: a run of the evals held against the committed baseline, case by case."""
