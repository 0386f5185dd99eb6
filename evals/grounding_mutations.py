"""How many wrong claims does verification catch, and how many correct ones does it refuse?

python -m evals.grounding_mutations            # the table, by kind of mutation and by half
python -m evals.grounding_mutations --missed   # and each miss and each false alarm of the dev half
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.domain.memo import Claim
from advisor.policy.grounding import Fault, load_lexicon
from evals.grounding.cases import LEXICON, Cases, Half, load_cases
from evals.grounding.mutations import Mutation, mutations


@dataclass(frozen=True)
class Measured:
    """What verification made of one half of the claims: caught and all by kind, misses, false alarms."""

    half: Half
    caught: Counter[str]
    made: Counter[str]
    missed: tuple[Mutation, ...]
    claims: int
    alarms: tuple[tuple[Claim, tuple[Fault, ...]], ...]

    @property
    def share_caught(self) -> float:
        """Of all mutations, 0 to 1."""
        return self.caught.total() / max(self.made.total(), 1)

    @property
    def share_alarms(self) -> float:
        """Of the correct claims, 0 to 1."""
        return len(self.alarms) / max(self.claims, 1)


def measure(cases: Cases, half: Half) -> Measured:
    """Check every claim of a half and every mutation of it."""
    claims = [case.claim for case in cases.cases if case.half == half]
    lexicon = load_lexicon(LEXICON.read_text(encoding="utf-8"))
    caught: Counter[str] = Counter()
    made: Counter[str] = Counter()
    missed: list[Mutation] = []
    for mutation in mutations(claims, cases.grounds.passages, lexicon):
        made[mutation.kind] += 1
        if cases.verifier.check(mutation.claim, cases.grounds):
            caught[mutation.kind] += 1
        else:
            missed.append(mutation)
    alarms = [(claim, faults) for claim in claims if (faults := cases.verifier.check(claim, cases.grounds))]
    return Measured(half, caught, made, tuple(missed), len(claims), tuple(alarms))


def table(results: Iterable[Measured]) -> str:
    """The measurements as lines of text, a column for each half."""
    halves = list(results)
    cells: dict[str, list[str]] = defaultdict(list)
    for result in halves:
        for kind in sorted({kind for one in halves for kind in one.made}):
            made = result.made[kind]
            share = f"{result.caught[kind] / made:7.2%}" if made else "      –"
            cells[kind].append(f"{share} of {made:4}")
        cells["all mutations"].append(f"{result.share_caught:7.2%} of {result.made.total():4}")
        cells["false alarms"].append(f"{result.share_alarms:7.2%} of {result.claims:4}")
    head = f"{'':28}" + "".join(f"{result.half:>18}" for result in halves)
    rows = [f"{kind:28}" + "".join(f"{cell:>18}" for cell in row) for kind, row in cells.items()]
    last = [row for row in rows if row.startswith(("all ", "false "))]
    return "\n".join([head, *(row for row in rows if row not in last), *last])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--missed", action="store_true", help="list misses and false alarms of the dev half")
    arguments = parser.parse_args()
    cases = load_cases()
    results = [measure(cases, "dev"), measure(cases, "test")]
    print(table(results))
    if arguments.missed:
        for mutation in results[0].missed:
            print(f"missed, {mutation.kind}: {mutation.claim.text}\n    from: {mutation.origin.text}")
        for claim, faults in results[0].alarms:
            print(f"false alarm: {claim.text}\n    {'; '.join(fault.detail for fault in faults)}")


if __name__ == "__main__":
    main()
