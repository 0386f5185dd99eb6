"""Kit: what a reader takes away to act, as sections of the memo: a short one for the chat, one for each part.

The sections' claims are the kit's lines as they are; nothing is said here that the kit does not hold.
"""

import datetime as dt

from advisor.domain.kit import Kit, KitPart
from advisor.domain.memo import CalculationEvidence, Claim, OwnWording, Section, Table
from advisor.policy.kits import Kits, fill
from advisor.policy.kits.filling import BLANKS, BRIEF
from advisor.policy.rulebook import Rulebook
from advisor.steps.decide import recommendation
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Record
from advisor.steps.wording import as_said, in_sentence, sentence

CHAT = "kit"
"""The id of the short section; those of the parts begin with it and an underscore."""

SEPARATOR = " · "


def kit_of(record: Record, rulebook: Rulebook, kits: Kits) -> Kit:
    """The kit for what is known now, refilled at each step, since it follows from the record."""
    today = dt.date.fromisoformat(record.today)
    return fill(kits, recommendation(record, rulebook), record.facts(), today, as_said)


def is_exported_only(section: Section) -> bool:
    """Whether a section is left to the exported memo: the chat shows the short one."""
    return section.id.startswith(f"{CHAT}_")


class KitSections:
    """Writes a filled kit as sections."""

    def __init__(self, phrases: Phrasebook) -> None:
        self._phrases = phrases

    def sections(self, kit: Kit) -> tuple[Section, ...]:
        """The section for the chat, then each part; none for an empty kit."""
        if not kit.parts:
            return ()
        return (self.in_chat(kit), *(self.part(part) for part in kit.parts))

    def in_chat(self, kit: Kit) -> Section:
        """The one-sentence brief as filled, how many of its blanks are open, and what else there is."""
        brief = kit.part(BRIEF)
        others = SEPARATOR.join(in_sentence(part.title) for part in kit.parts if part is not brief)
        heading = self._phrases.say("chat_heading")
        if brief is None:
            text = self._phrases.say("parts_alone", others=sentence(others))
            return Section(id=CHAT, heading=heading, claims=(Claim(text=text, evidence=(OwnWording(),)),))
        count = len(brief.open_blanks)
        name = {0: "parts_filled", 1: "parts_one"}.get(count, "parts")
        values: dict[str, object] = {"title": brief.title, "others": others}
        if name == "parts":
            values["count"] = count
        told = Claim(text=self._phrases.say(name, **values), evidence=(CalculationEvidence(line=BLANKS),))
        filled = tuple(Claim(text=line.text, evidence=line.evidence) for line in brief.lines)
        return Section(id=CHAT, heading=heading, claims=(*filled, told), listed=True)

    def part(self, part: KitPart) -> Section:
        """One part: its lines as a list, then its table."""
        name = "part_following" if part.follows else "part_first"
        rows = tuple((row.cells, row.evidence) for row in part.rows)
        return Section(
            id=f"{CHAT}_{part.id}",
            heading=self._phrases.say(name, title=part.title),
            claims=tuple(Claim(text=line.text, evidence=line.evidence) for line in part.lines),
            listed=True,
            table=Table(header=part.header, rows=rows) if rows else None,
        )
