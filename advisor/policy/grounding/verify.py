"""The second law: what reaches the user names what it rests on, and says what that says.

Reads English. It compares words, figures, names and negations; it does not understand. A false claim in
words that its evidence also uses, without a figure, a name or a negation out of place, passes.
"""

import re
from collections.abc import Sequence

from advisor.domain.memo import Claim, Draft, Evidence, Section, Table
from advisor.policy.grounding.checking import (
    MOST_CHARACTERS,
    Examination,
    date_held,
    is_label,
    of_claim,
    of_figure,
    of_row,
)
from advisor.policy.grounding.folding import fold, without_markers
from advisor.policy.grounding.grounds import Fault, Grounds, Verified
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.markup import markup_faults
from advisor.policy.grounding.owning import heading_faults
from advisor.policy.grounding.tracing import held_in, untraced

_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")


class Verifier:
    """Checks claims against their evidence. Pure: no input, no model, no clock."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def check(self, claim: Claim, grounds: Grounds) -> tuple[Fault, ...]:
        """Everything wrong with one claim; empty when it stands."""
        return Examination(self._lexicon, grounds).faults(of_claim(claim), claim.evidence)

    def check_wording(self, claim: Claim, points: Sequence[Claim], grounds: Grounds) -> tuple[Fault, ...]:
        """Everything wrong with a claim that says `points`, which stand by themselves, in other words.

        Without points it is a sentence of an answer, and says its quotes in other words.
        """
        return Examination(self._lexicon, grounds).wording_faults(claim, points)

    def verify(self, draft: Draft, grounds: Grounds) -> Verified:
        """The draft with every claim and table row that stands; emptied sections are dropped.

        A title or heading that claims something gives way to the section's id, or to "Memo". A
        writer's own citation markers are taken out of claims: the renderer numbers citations.
        """
        examination = Examination(self._lexicon, grounds)
        faults: list[Fault] = []
        kept: list[Section] = []
        for section in draft.sections:
            claims: list[Claim] = []
            for claim in section.claims:
                wrong = self._standing(claim, examination)
                faults.extend(wrong)
                if not wrong:
                    claims.append(claim.model_copy(update={"text": without_markers(claim.text).strip()}))
            table = self._table(section.table, examination, grounds, faults) if section.table else None
            if not claims and table is None:
                continue
            plain = _plain_id(section.id)
            section_id = section.id if _ID.fullmatch(section.id) else plain.lower().replace(" ", "_")
            heading = self._heading(section.heading, plain, grounds, faults)
            kept.append(
                section.model_copy(
                    update={"id": section_id, "heading": heading, "claims": tuple(claims), "table": table}
                )
            )
        title = self._heading(draft.title, "Memo", grounds, faults)
        return Verified(Draft(title=title, sections=tuple(kept)), tuple(faults))

    def _standing(self, claim: Claim, examination: Examination) -> tuple[Fault, ...]:
        if claim.instead_of is None:
            return examination.faults(of_claim(claim), claim.evidence)
        plain = (fault for point in claim.instead_of for fault in self._standing(point, examination))
        return (*plain, *examination.wording_faults(claim, claim.instead_of))

    def _table(
        self, table: Table, examination: Examination, grounds: Grounds, faults: list[Fault]
    ) -> Table | None:
        for head in table.header:
            if head and (wrong := self._heading_faults(head, grounds)):
                faults.extend(wrong)
                return None
        rows: list[tuple[tuple[str, ...], tuple[Evidence, ...]]] = []
        for cells, evidence in table.rows:
            row = of_row(cells, table.header)
            wrong = examination.faults(row, evidence)
            if len(cells) > len(table.header) or not any(cell.strip() for cell in cells):
                wrong = (*wrong, Fault(row.shown, "markup", "doesn't fit the table's columns"))
            faults.extend(wrong)
            if not wrong:
                rows.append((tuple(without_markers(cell).strip() for cell in cells), evidence))
        return Table(header=table.header, rows=tuple(rows)) if rows else None

    def _heading(self, heading: str, otherwise: str, grounds: Grounds, faults: list[Fault]) -> str:
        wrong = self._heading_faults(heading, grounds) if heading.strip() else ()
        faults.extend(wrong)
        return otherwise if wrong else heading

    def _heading_faults(self, heading: str, grounds: Grounds) -> tuple[Fault, ...]:
        """A heading may repeat what the user said, figures included; otherwise it claims nothing."""
        if len(heading) > MOST_CHARACTERS:
            return (Fault(heading[:MOST_CHARACTERS], "length", "too long for a heading"),)
        folded = fold(heading)
        said = fold(" ".join(f"{fact.value} {fact.said or ''}" for fact in grounds.facts.values()))
        wrong = [Fault(heading, "markup", detail) for detail in markup_faults(heading, (), said)]
        topic = folded.partition(":")[2].strip().casefold() if ":" in folded else folded.casefold()
        if topic and topic in said.casefold():
            folded = folded.partition(":")[0] if ":" in folded else ""
        held = (*held_in(said), date_held(grounds))
        for one in untraced(folded, held, frozenset()):
            if not is_label(one, self._lexicon):
                wrong.append(of_figure(heading, one))
        wrong.extend(Fault(heading, "own_wording", one) for one in heading_faults(folded, self._lexicon))
        return tuple(wrong)


def _plain_id(section_id: str) -> str:
    """A section's id as a heading, without anything but letters."""
    words = "".join(
        character if character.isascii() and character.isalpha() else " " for character in section_id
    )
    return " ".join(words.split()).capitalize()[:40] or "Section"
