"""How many wrong claims does verification catch, and how many correct ones does it refuse?

python -m evals.grounding_mutations            # the table, by kind of mutation and by set
python -m evals.grounding_mutations --missed   # and each miss and each false alarm of the dev halves

A column for each half of the hand-written claims (`claims.yaml`) and of what language models drafted
(`drafts/`): wordings of a memo's points, and sentences of answers.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from advisor.domain.memo import Claim
from advisor.policy.grounding import Fault, Verifier, load_lexicon
from evals.grounding.cases import LEXICON, Cases, Half, load_cases
from evals.grounding.drafted import Drafted, drafted
from evals.grounding.mutations import Mutation, mutations


@dataclass(frozen=True)
class Measured:
    """What verification made of one set: caught and all by kind, misses, claims, false alarms."""

    name: str
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


@cache
def measure_drafts(half: Half) -> Measured:
    """Check every draft of a half and every mutation of it, each against what it was written from."""
    lexicon = load_lexicon(LEXICON.read_text(encoding="utf-8"))
    verifier = Verifier(lexicon)
    groups: dict[str, list[Drafted]] = defaultdict(list)
    for draft in drafted(half):
        groups[draft.shared].append(draft)
    caught: Counter[str] = Counter()
    made: Counter[str] = Counter()
    missed: list[Mutation] = []
    alarms: list[tuple[Claim, tuple[Fault, ...]]] = []
    for group in groups.values():
        for draft in group:
            if faults := verifier.check_wording(draft.claim, draft.points, draft.grounds):
                alarms.append((draft.claim, faults))
        by_claim = {id(draft.claim): draft for draft in group}
        for mutation in mutations(list(_claims(group)), group[0].grounds.passages, lexicon):
            origin = by_claim[id(mutation.origin)]
            made[mutation.kind] += 1
            if verifier.check_wording(mutation.claim, origin.points, origin.grounds):
                caught[mutation.kind] += 1
            else:
                missed.append(mutation)
    count = sum(map(len, groups.values()))
    return Measured(f"drafts {half}", caught, made, tuple(missed), count, tuple(alarms))


def _claims(group: Iterable[Drafted]) -> Iterable[Claim]:
    return (draft.claim for draft in group)


def table(results: Iterable[Measured]) -> str:
    """The measurements as lines of text, a column for each set."""
    sets = list(results)
    cells: dict[str, list[str]] = defaultdict(list)
    for result in sets:
        for kind in sorted({kind for one in sets for kind in one.made}):
            made = result.made[kind]
            cells[kind].append(f"{result.caught[kind] / made:7.2%} of {made:4}" if made else "–")
        cells["all mutations"].append(f"{result.share_caught:7.2%} of {result.made.total():4}")
        cells["false alarms"].append(f"{result.share_alarms:7.2%} of {result.claims:4}")
    head = f"{'':28}" + "".join(f"{result.name:>18}" for result in sets)
    rows = [f"{kind:28}" + "".join(f"{cell:>18}" for cell in row) for kind, row in cells.items()]
    last = [row for row in rows if row.startswith(("all ", "false "))]
    return "\n".join([head, *(row for row in rows if row not in last), *last])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--missed", action="store_true", help="list misses and false alarms of dev")
    parser.add_argument("--dev", action="store_true", help="the dev halves only")
    arguments = parser.parse_args()
    cases = load_cases()
    dev = [measure(cases, "dev"), measure_drafts("dev")]
    test = [] if arguments.dev else [measure(cases, "test"), measure_drafts("test")]
    print(table([*dev, *test]))
    for result in dev if arguments.missed else ():
        for mutation in result.missed:
            print(f"missed, {mutation.kind}: {mutation.claim.text}\n    from: {mutation.origin.text}")
        for claim, faults in result.alarms:
            print(f"false alarm: {claim.text}\n    {'; '.join(fault.detail for fault in faults)}")


if __name__ == "__main__":
    main()
