"""Rules decide: rulebook, predicates, decide, next question, flips, costs, grounding.

Pure: no model, no I/O.
"""
