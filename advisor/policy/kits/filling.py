"""A case's kit: the parts that its moves need, each blank filled with the user's words or left open.

Pure: the same kits, recommendation, facts and date give the same kit. Knows no markup and no wording
of its own; how a user's words are made safe to show is told by the caller.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from advisor.domain.case import Case
from advisor.domain.decision import Line, Recommendation
from advisor.domain.facts import Fact
from advisor.domain.kit import Kit, KitLine, KitPart
from advisor.domain.memo import CalculationEvidence, Evidence, FactEvidence, PassageEvidence
from advisor.domain.vocabulary import TEXT_FACTS, FactKey, Level
from advisor.policy.kits.dating import Dated, timeline
from advisor.policy.kits.files import (
    SAID,
    SLOT,
    TIMELINE_PART,
    Kits,
    LineEntry,
    PartEntry,
    SlotEntry,
    goes_with,
    takes,
)
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import fires

Shown = Callable[[str], str]
"""A user's words made safe to show: one line, no markup, no braces, cut at a word."""

BRIEF = "system_brief"
BLANKS = "kit.blanks"

_QUOTE_MARKS = re.compile(r"[“”„‟″«»\"]")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")


@dataclass(frozen=True)
class Subject:
    """The move that a part is for: its targets, its label, its level where one is named."""

    targets: tuple[str, ...]
    label: str
    level: Level | None
    follows: bool


@dataclass(frozen=True)
class Filled:
    """A slot's text in this case, the fact it shows, and whether the blank is still open."""

    text: str
    fact: FactKey | None
    open: bool


def fill(
    kits: Kits, recommendation: Recommendation, facts: Mapping[FactKey, Fact], today: dt.date, shown: Shown
) -> Kit:
    """The kit for a decided case. `shown` makes a user's words safe to show (`wording.as_said`)."""
    case = Case.from_facts(facts)
    subjects = _subjects(recommendation)
    slots = {slot.id: _filled(slot, facts, case, shown) for slot in kits.slots.values()}
    dated = timeline(kits.timeline, recommendation, case, today)
    parts: list[KitPart] = []
    for entry in kits.parts:
        subject = _subject_of(entry, subjects)
        if subject is None or not fires(entry, case):
            continue
        made = _part(entry, subject, case, facts, slots, dated)
        if made.lines or made.rows:
            parts.append(made)
    lines = (*dated.lines, *_counted(parts))
    return Kit(parts=tuple(parts), calculation=lines)


def _subjects(recommendation: Recommendation) -> tuple[Subject, ...]:
    """The first move, then the moves that may follow it."""
    first = recommendation.first
    found = [Subject(_targets(first.role, first.engagement), first.label, first.level, False)]
    found += [Subject(_targets(m.role, m.engagement), m.label, None, True) for m in recommendation.then]
    return tuple(found)


def _targets(role: str, engagement: str) -> tuple[str, str, str]:
    return role, engagement, f"{role}+{engagement}"


def _subject_of(part: PartEntry, subjects: tuple[Subject, ...]) -> Subject | None:
    if any(target in part.not_first for target in subjects[0].targets):
        return None
    return next((subject for subject in subjects if takes(part, subject.targets)), None)


def _part(
    entry: PartEntry,
    subject: Subject,
    case: Case,
    facts: Mapping[FactKey, Fact],
    slots: Mapping[str, Filled],
    dated: Dated,
) -> KitPart:
    def chosen(entries: Iterable[LineEntry]) -> list[LineEntry]:
        return [line for line in entries if _appears(line, subject, case, facts)]

    lines = tuple(_line(line, slots) for line in chosen(entry.lines))
    rows = tuple(_line(line, slots) for line in chosen(entry.rows))
    header = entry.header
    if entry.id == TIMELINE_PART:
        lines, header, rows = (*dated.told, *lines), dated.header, dated.rows
    elif entry.dated_header is not None and dated.work_begins and not subject.follows:
        header = (*header, entry.dated_header)
        windows = {line.id: line.from_day for line in entry.rows}
        rows = tuple(_with_start(row, windows[row.id], dated) for row in rows)
        lines = (*lines, *dated.start_told)
    return KitPart(
        id=entry.id,
        title=entry.title,
        label=subject.label,
        follows=subject.follows,
        lines=lines,
        header=header if rows else (),
        rows=rows,
    )


def _appears(line: LineEntry, subject: Subject, case: Case, facts: Mapping[FactKey, Fact]) -> bool:
    if not goes_with(line.goes_with, subject.targets) or (line.levels and subject.level not in line.levels):
        return False
    return all(_said(facts.get(key), key) for key in line.needs) and fires(line, case)


def _line(entry: LineEntry, slots: Mapping[str, Filled]) -> KitLine:
    """The line with its slots filled once: what a user said is never read as a template."""
    used: list[str] = []

    def put(match: re.Match[str]) -> str:
        used.append(match[1])
        return slots[match[1]].text

    cells = tuple(SLOT.sub(put, template) for template in entry.templates)
    evidence: list[Evidence] = [
        PassageEvidence(passage=reference.passage, quote=reference.quote) for reference in entry.rests_on
    ]
    for name in dict.fromkeys(used):
        fact = slots[name].fact
        if fact is not None and FactEvidence(fact=fact) not in evidence:
            evidence.append(FactEvidence(fact=fact))
    blanks = tuple(name for name in dict.fromkeys(used) if slots[name].open)
    return KitLine(id=entry.id, cells=cells, evidence=tuple(evidence), open_blanks=blanks)


def _with_start(row: KitLine, from_day: int | None, dated: Dated) -> KitLine:
    start = dated.window(from_day or 1)
    return row.model_copy(
        update={
            "cells": (*row.cells, start[0]),
            "evidence": (*row.evidence, CalculationEvidence(line=start[1])),
        }
    )


def _said(fact: Fact | None, key: FactKey) -> str | None:
    """What the user said of a fact; a text fact given without words holds them in its value."""
    if fact is None or fact.status != "stated" or fact.value is None:
        return None
    if fact.said:
        return fact.said
    return fact.value if key in TEXT_FACTS and isinstance(fact.value, str) else None


def _filled(slot: SlotEntry, facts: Mapping[FactKey, Fact], case: Case, shown: Shown) -> Filled:
    fact = facts.get(slot.fact) if slot.fact is not None else None
    said = _said(fact, slot.fact) if slot.fact is not None else None
    words = _first_words(_unmarked(shown(said)), slot) if said else ""
    if fact is None or not words:
        return Filled(slot.open, None, True)
    fills = (
        not slot.never_filled
        and (not slot.fills or str(fact.value) in slot.fills)
        and words.casefold().strip(" .!") not in slot.hollow
        and not any(PREDICATES[name].test(case) for name in slot.unless)
    )
    template = slot.text if fills else slot.told
    if template is None:
        return Filled(slot.open, None, True)
    return Filled(template.replace(f"{{{SAID}}}", words), slot.fact, not fills)


def _unmarked(text: str) -> str:
    """What stands between our quote marks holds none of its own, nor an HTML entity."""
    return _ENTITY.sub("& ", _QUOTE_MARKS.sub(" ", text))


def _first_words(text: str, slot: SlotEntry) -> str:
    """As many of the words as the slot shows, and an ellipsis where there were more."""
    words = [word for word in text.split() if word != "…"]
    kept = words[: slot.most_words]
    while len(kept) > 1 and len(" ".join(kept)) > slot.most_characters:
        kept.pop()
    told = " ".join(kept)[: slot.most_characters]
    return told if told == " ".join(text.split()) else f"{told} …"


def _counted(parts: Iterable[KitPart]) -> Iterable[Line]:
    """How many blanks of the one-sentence brief are open, with what else is in the kit."""
    kept = tuple(parts)
    brief = next((part for part in kept if part.id == BRIEF), None)
    if brief is None:
        return
    count = len(brief.open_blanks)
    titles = ", ".join(part.title for part in kept)
    yield Line(
        id=BLANKS,
        label=f"{brief.title}: blanks open",
        low=count,
        high=count,
        unit="blanks",
        formula=f"counted in the brief; the kit holds {titles}",
        origin="computed",
    )
