"""The advisor's own wording: offers, questions, headings. It may claim nothing that could be checked."""

from advisor.policy.grounding.folding import sentences
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.naming import mentions
from advisor.policy.grounding.numerals import read_quantities

MOST_HEADING_WORDS = 14


def own_wording_faults(folded: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What a folded sentence without any evidence claims, in words."""
    found = list(_figures(folded, lexicon))
    for sentence in sentences(folded):
        if mentions(sentence, lexicon) and lexicon.recommending.search(sentence):
            found.append("recommends for or against a role or engagement")
        if sentence.rstrip("\"')").endswith("?"):
            continue
        if claiming := lexicon.claiming.search(sentence):
            found.append(f"claims something (“{claiming.group()}”)")
        elif lexicon.stating.search(sentence) and not lexicon.offering.match(sentence.lstrip("\"'(")):
            found.append("states something")
    return tuple(dict.fromkeys(found))


def heading_faults(folded: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What a heading, a title or the head of a column claims, in words."""
    found: list[str] = []
    if mentions(folded, lexicon) and lexicon.recommending.search(folded) and not folded.endswith("?"):
        found.append("recommends for or against a role or engagement")
    if lexicon.stating.search(folded) and not lexicon.offering.match(folded) and not folded.endswith("?"):
        found.append("states something")
    if len(folded.split()) > MOST_HEADING_WORDS:
        found.append("too long for a heading")
    return tuple(found)


def _figures(folded: str, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(
        f"holds the figure “{quantity.shown}”"
        for quantity in read_quantities(folded)
        if not (quantity.kind == "label" and quantity.unit in lexicon.labels)
    )
