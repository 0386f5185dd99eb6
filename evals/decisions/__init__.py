"""What the policy decides on typed facts: agreement with authors, asking, and records of what it decides by.

`python -m evals.decisions` prints the agreement; `python -m evals.decisions.propose` proposes recorded cases.
"""

from evals.decisions.gold import SETS as SETS
from evals.decisions.gold import agreement as agreement
