"""Claims that hang on one word of the lexicon each: without the word the verifier judges them otherwise.

Made from patterns: a passage of one sentence, and a claim that says it in other words or says its opposite.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from advisor.domain.memo import Claim, Evidence, OwnWording, PassageEvidence
from advisor.errors import PlaybookError
from advisor.policy.grounding import Verifier, load_lexicon
from evals.grounding.cases import LEXICON
from evals.grounding.checked import RIGHT, of_one, passage_id

Pattern = tuple[str, str]
"""A passage and a claim, with {w} for the word and {o} for the other one."""

SAME: Sequence[Pattern] = (
    ("A {o} builds the first version of the ledger.", "A {w} builds the first version of the ledger."),
    ("The firm prefers a {o} for the ledger.", "The firm prefers a {w} for the ledger."),
    ("In the second month they speak of {o}.", "In the second month they speak of {w}."),
    ("They {o} it in the second month.", "They {w} it then."),
    ("{o} in the hall at noon.", "{w} by clerks."),
    ("The {o} is in the hall at noon.", "The clerk's {w}."),
)
OPPOSED: Sequence[Pattern] = (
    (
        "The ledger is {o} for the notary in the second month.",
        "The ledger is {w} for the notary in the second month.",
    ),
    ("The notary {o} the ledger in the second month.", "The notary {w} the ledger in the second month."),
    (
        "The ledger comes {o} the notary in the second month.",
        "The ledger comes {w} the notary in the second month.",
    ),
    ("A {o} builds the first version of the ledger.", "A {w} builds the first version of the ledger."),
    ("The ledger costs {o} 40 days of the notary.", "The ledger costs {w} 40 days of the notary."),
    ("The notary takes {o} with the ledger.", "The notary takes {w} with the ledger."),
)
DENIED: Sequence[Pattern] = (
    (
        "The notary relies on the ledger in the second month.",
        "The notary {w} relies on the ledger in the second month.",
    ),
    (
        "The notary relies on the ledger in the second month.",
        "{w} the notary relies on the ledger in the second month.",
    ),
    (
        "The notary relies on the ledger in the second month.",
        "The notary {w} rely on the ledger in the second month.",
    ),
    ("The ledger is reliable for the notary.", "The ledger is {w} reliable for the notary."),
    ("The notary works with the ledger.", "The notary works {w} the ledger."),
    ("The notary keeps the ledger.", "The notary {w} keeping the ledger."),
    ("The notary is to keep the ledger.", "The notary is to {w} the ledger."),
    ("It is sensible to keep the ledger.", "It is {w} to keep the ledger."),
    ("The ledger is in the hall.", "The ledger is {w} the hall."),
    ("The notary signs the deed with the clerk.", "The notary signs the deed {w} with the clerk."),
    ("The ledger is sealed and the deed is signed.", "The ledger is sealed {w} the deed is signed."),
    ("Each notary keeps the ledger.", "{w} keeps the ledger."),
)
DENIED_ALIKE: Sequence[Pattern] = (
    (
        "The notary {w} relies on the ledger in the second month.",
        "The notary does not rely on the ledger in the second month.",
    ),
    ("The ledger is {w} reliable for the notary.", "The ledger is not reliable for the notary."),
    ("The notary works {w} the ledger.", "The notary does not work with the ledger."),
    ("The ledger is {w} for the notary.", "The ledger is not ready for the notary."),
    ("The notary relies on the ledger.", "The notary {w} relies on the ledger."),
    ("The notary keeps {w} the ledger.", "The notary does not keep the ledger."),
    ("The ledger is not sealed {w} the deed is signed.", "The deed is signed, then the ledger is sealed."),
    ("Do not {w} signing the deed.", "Sign the deed."),
)
TURNED: Sequence[Pattern] = (
    (
        "The ledger is sealed before the notary signs the deed.",
        "The notary signs the deed before the ledger is sealed.",
    ),
    (
        "The clerk seals the ledger after the notary signs.",
        "The notary signs after the clerk seals the ledger.",
    ),
    ("A ledger costs more than a deed.", "A deed costs more than a ledger."),
    ("A deed takes longer than a ledger.", "A ledger takes longer than a deed."),
    (
        "Once the deed is signed, the clerk seals the ledger.",
        "Once the clerk seals the ledger, the deed is signed.",
    ),
    ("The ledger is safer than the deed.", "The deed is safer than the ledger."),
)
"""Two things in the other order, by the same word: kept whether they are refused or not."""
OWN: Sequence[Pattern] = (
    ("", "The market {w} this."),
    ("", "This is {w} so."),
    ("", "{w} an AI engineer."),
    ("", "An AI engineer is {w} here."),
    ("", "The ledger {w} the notary."),
)
LABELLED: Sequence[Pattern] = (
    ("The firm keeps the ledger at the notary's.", "The {w} firm keeps the ledger at the notary's."),
)

PATTERNS: Mapping[str, Sequence[tuple[str, Sequence[Pattern]]]] = {
    "roles": ((RIGHT, SAME), ("role swapped", OPPOSED)),
    "engagements": ((RIGHT, SAME), ("engagement swapped", OPPOSED)),
    "negations": (("negation inserted", DENIED), (RIGHT, DENIED_ALIKE)),
    "opposites": (("opposite word", OPPOSED),),
    "same": ((RIGHT, SAME),),
    "claiming": (("own wording that claims", OWN),),
    "recommending": (("own wording that claims", OWN),),
    "stating": (("own wording that claims", OWN),),
    "labels": ((RIGHT, LABELLED),),
}


def hanging_on_words() -> list[tuple[str, str, Claim]]:
    """(kind, passage, claim): for each word a claim that hangs on it, where one can be found."""
    content = yaml.load(LEXICON.read_text("utf-8"), yaml.CSafeLoader)
    whole = _verifier(content)
    assert whole is not None
    found = [("order turned", text, _claim(told, text)) for text, told in TURNED]
    words, covered = set[tuple[str, str]](), set[tuple[str, str]]()
    for block, word, other, without in _left_out(content):
        words.add((block, word))
        less: Verifier | None = None
        for kind, text, claim in _candidates(block, word, other):
            grounds = of_one(text)
            if (block, word) in covered or bool(whole.check(claim, grounds)) == (kind == RIGHT):
                continue
            less = less or _verifier(without)
            if less is None:
                break
            if bool(less.check(claim, grounds)) == (kind == RIGHT):
                found.append((kind, text, claim))
                covered.add((block, word))
    for block in PATTERNS:
        among = [word for one, word in words if one == block]
        met = [word for word in among if (block, word) in covered]
        print(f"{block}: {len(met)} of {len(among)} words have a claim that hangs on them")
    return found


def _candidates(block: str, word: str, other: str) -> Iterator[tuple[str, str, Claim]]:
    for kind, patterns in PATTERNS.get(block, ()):
        for passage, claim in patterns:
            text = _said(passage, word, other)
            yield kind, text, _claim(_said(claim, word, other), text)


def _claim(told: str, text: str) -> Claim:
    evidence: Evidence = PassageEvidence(passage=passage_id(text), quote=text) if text else OwnWording()
    return Claim(text=told, evidence=(evidence,))


def _said(pattern: str, word: str, other: str) -> str:
    text = pattern.replace("{w}", word).replace("{o}", other)
    return text[:1].upper() + text[1:]


def _left_out(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(block, word, another word, the lexicon without it): of the same name, or of the other side."""
    for block in ("roles", "engagements"):
        for name, forms in content[block].items():
            others = [form for key, told in content[block].items() if key != name for form in told[:1]]
            for form in forms:
                same = next((one for one in forms if one != form and one not in form), others[0])
                changed = {**content[block], name: [one for one in forms if one != form]}
                yield block, form, same, {**content, block: changed}
                yield block, form, others[0], {**content, block: changed}
    for block in ("negations",):
        for name, forms in content[block].items():
            for form in forms:
                changed = {**content[block], name: [one for one in forms if one != form]}
                yield block, form, "", {**content, block: changed}
    for place, entry in enumerate(content["opposites"]):
        for side in (0, 1):
            for form in entry["sides"][side]:
                sides = list(entry["sides"])
                sides[side] = [one for one in sides[side] if one != form]
                changed = [*content["opposites"]]
                changed[place] = {**entry, "sides": sides}
                yield "opposites", form, entry["sides"][1 - side][0], {**content, "opposites": changed}
    for place, row in enumerate(content["same"]):
        for form in row:
            changed = [*content["same"]]
            changed[place] = [one for one in row if one != form]
            other = next(one for one in row if one != form) if len(set(row)) > 1 else form
            yield "same", form, other, {**content, "same": changed}
    for block in ("claiming", "recommending", "stating", "labels"):
        for form in content[block]:
            yield block, form, "", {**content, block: [one for one in content[block] if one != form]}


def _verifier(content: Mapping[str, Any]) -> Verifier | None:
    """The verifier with this lexicon; None where the file would be refused, which is told at once."""
    try:
        return Verifier(load_lexicon(yaml.dump(dict(content), Dumper=yaml.CSafeDumper)))
    except PlaybookError:
        return None
