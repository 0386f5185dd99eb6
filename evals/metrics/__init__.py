"""The metrics: each says what it measures, its range and its source; ours are registered as ragas metrics."""

from evals.metrics.registry import METRICS, Metric, Scored, metric_named, scored_by

__all__ = ["METRICS", "Metric", "Scored", "metric_named", "scored_by"]
