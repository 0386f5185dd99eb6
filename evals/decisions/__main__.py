"""Prints the agreement with each set of cases, one line a set: `python -m evals.decisions`."""

import sys

from evals.decisions.gold import SETS, agreement


def main() -> int:
    """One line a set."""
    for name in SETS:
        found = agreement(name)
        passed = found.count - len(found.missed)
        print(f"{name:15} {passed:3} of {found.count:3}  missed {', '.join(found.missed) or 'none'}", end="")
        print(f"  wrong by a guide: {', '.join(found.wrong) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
