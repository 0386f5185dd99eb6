"""The shape of the kit's files, and their reading into checked entries.

Takes texts, passages and the known targets, never paths. Loading fails loudly on an unknown predicate,
target, slot or fact, a quote that is not in its passage, a line that no move brings, and a move
without a timeline.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field, model_validator

from advisor.domain.decision import Reference
from advisor.domain.evidence import Passage
from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import ENUMERATED, FactKey, Level
from advisor.errors import PlaybookError
from advisor.policy.backplan import WINDOWS, PlanEntry, TimelineFile, plan_for
from advisor.policy.playbook_files import read_entries
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import check_reference

FOLDER = "kits/"
SLOTS = f"{FOLDER}slots.yaml"
TIMELINE = f"{FOLDER}timeline.yaml"
ORDER = f"{FOLDER}order.yaml"

SLOT = re.compile(r"\{([a-z_]+)\}")
SAID = "said"
"""What stands in a slot's texts for the user's words."""

TIMELINE_PART = "timeline"


class SlotEntry(Frozen):
    """A blank: the fact that fills it, and how it reads filled or open.

    `fills` lists the values with which it counts as filled (empty: any, unless `never_filled`). With
    another value, where one of `unless` holds, or for `hollow` words that name nothing ("yes"), it stays
    open, and what was said is told beside it in `told`, if there is one. At most `most_words` of
    the user's words and `most_characters` are shown.
    """

    id: str
    name: str
    fact: FactKey | None = None
    fills: tuple[str, ...] = ()
    never_filled: bool = False
    unless: tuple[str, ...] = ()
    hollow: tuple[str, ...] = ()
    text: str = "“{said}”"
    open: str
    told: str | None = None
    most_words: int = Field(default=25, ge=1)
    most_characters: int = Field(default=160, ge=1)

    @model_validator(mode="after")
    def _sound(self) -> "SlotEntry":
        if self.fact is not None and self.fills:
            unknown = set(self.fills) - set(ENUMERATED.get(self.fact, ()))
            if unknown:
                raise ValueError(f"{self.fact} is never {', '.join(sorted(unknown))}")
        for text in (self.text, self.open, self.told or ""):
            if set(SLOT.findall(text)) - {SAID}:
                raise ValueError(f"a slot's texts hold only {{{SAID}}}")
        if SAID in SLOT.findall(self.open):
            raise ValueError("an open blank shows nobody's words")
        return self


class LineEntry(Frozen):
    """A line or a table row. Without `text` and `cells` it says what its first quote says.

    It appears when all of `when` hold and none of `unless`, for a move with one of the targets in
    `goes_with` (empty: any), of one of `levels`, and when every fact of `needs` was stated.
    `from_day` is the day on which a window of a plan begins.
    """

    id: str
    text: str | None = None
    cells: tuple[str, ...] = ()
    goes_with: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    needs: tuple[FactKey, ...] = ()
    from_day: int | None = Field(default=None, ge=1)
    rests_on: tuple[Reference, ...] = Field(min_length=1)

    @property
    def templates(self) -> tuple[str, ...]:
        """The cells with their slots still in them."""
        return self.cells or (self.text if self.text is not None else self.rests_on[0].quote,)


class PartEntry(Frozen):
    """An artifact. It goes to the first of the case's moves that has a target in `goes_with` (empty:
    any) and none in `not_with`; never where the first move has one in `not_first`."""

    id: str
    title: str
    goes_with: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    not_first: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    dated_header: str | None = None
    lines: tuple[LineEntry, ...] = ()
    rows: tuple[LineEntry, ...] = ()


@dataclass(frozen=True)
class Kits:
    """Every part in the order it is shown, the slots by id, and what the timeline is made of."""

    parts: tuple[PartEntry, ...]
    slots: Mapping[str, SlotEntry]
    timeline: TimelineFile


def load_kits(files: Mapping[str, str], passages: Mapping[str, Passage], targets: Iterable[str]) -> Kits:
    """Checked kits from the playbook's files (name → text; those of kits count).

    `targets` are all that the playbook's moves have: roles, engagements and their pairs, one pair for
    each move. Raises PlaybookError naming file, entry and fault.
    """
    slots = {slot.id: slot for slot in read_entries(files, SLOTS, tuple[SlotEntry, ...])}
    for slot in slots.values():
        _check_names(slot.unless, PREDICATES, "predicate", f"{SLOTS}: {slot.id}")
    timeline = read_entries(files, TIMELINE, TimelineFile)
    known = set(targets)
    by_id: dict[str, tuple[str, PartEntry]] = {}
    order = read_entries(files, ORDER, tuple[str, ...])
    for name in sorted(files):
        if name.startswith(FOLDER) and name not in (SLOTS, TIMELINE, ORDER):
            for part in read_entries(files, name, tuple[PartEntry, ...]):
                if part.id in by_id:
                    raise PlaybookError(f"{name}: there are two parts {part.id}.", "Rename or remove one.")
                by_id[part.id] = (name, part)
                _check_part(part, f"{name}: part {part.id}", slots, known)
    if sorted(order) != sorted(by_id):
        odd = ", ".join(sorted(set(order) ^ set(by_id))) or "a part named twice"
        raise PlaybookError(f"{ORDER} does not fit the parts: {odd}.", "Name each part once.")
    _check_timeline(timeline, known)
    parts = tuple(by_id[part][1] for part in order)
    for where, reference in _references(parts, timeline):
        check_reference(reference, passages, where)
    used = {slot for _, part in by_id.values() for line in _lines(part) for slot in _slots_of(line)}
    for slot in slots:
        if slot not in used:
            raise PlaybookError(f"{SLOTS}: no line uses the slot {slot}.", "Remove it, or use it.")
    return Kits(parts, slots, timeline)


def goes_with(wanted: Iterable[str], targets: Iterable[str]) -> bool:
    """Whether a move with these targets is wanted; where none is named, any is."""
    wanted = tuple(wanted)
    return not wanted or any(target in wanted for target in targets)


def takes(part: PartEntry, targets: Iterable[str]) -> bool:
    """Whether a part is for a move with these targets."""
    targets = tuple(targets)
    return goes_with(part.goes_with, targets) and not any(target in part.not_with for target in targets)


def _moves(known: Iterable[str]) -> list[tuple[str, ...]]:
    """The targets of each move: the playbook has one pair for each."""
    return [(*pair.split("+"), pair) for pair in sorted(known) if "+" in pair]


def _lines(part: PartEntry) -> tuple[LineEntry, ...]:
    return (*part.lines, *part.rows)


def _slots_of(line: LineEntry) -> set[str]:
    return {name for template in line.templates for name in SLOT.findall(template)}


def _references(parts: Iterable[PartEntry], timeline: TimelineFile) -> Iterable[tuple[str, Reference]]:
    for part in parts:
        for line in _lines(part):
            for reference in line.rests_on:
                yield f"kit part {part.id}: {line.id}", reference
    for stage in (*timeline.stages, *timeline.others):
        if stage.length.rests_on is not None:
            yield f"{TIMELINE}: {stage.id}", stage.length.rests_on


def _check_part(part: PartEntry, where: str, slots: Mapping[str, SlotEntry], known: set[str]) -> None:
    _check_names((*part.goes_with, *part.not_with, *part.not_first), known, "target", where)
    _check_names((*part.when, *part.unless), PREDICATES, "predicate", where)
    if not part.lines and not part.rows and part.id != TIMELINE_PART:
        raise PlaybookError(f"{where} holds nothing.", "Give it a line, or remove it.")
    ids = [line.id for line in _lines(part)]
    for line in _lines(part):
        at = f"{where}: {line.id}"
        if ids.count(line.id) > 1:
            raise PlaybookError(f"{at} stands there twice.", "Rename or remove one.")
        _check_names(line.goes_with, known, "target", at)
        _check_names((*line.when, *line.unless), PREDICATES, "predicate", at)
        _check_names(_slots_of(line), slots, "slot", at)
        if set(line.when) & set(line.unless) or not any(
            takes(part, move) and goes_with(line.goes_with, move) for move in _moves(known)
        ):
            raise PlaybookError(f"{at} can never appear.", "Mend its targets or predicates.")
    for row in part.rows:
        if part.dated_header is not None and row.from_day not in WINDOWS:
            raise PlaybookError(f"{where}: {row.id} begins on none of days {WINDOWS}.", "Mend `from_day`.")
        if len(row.templates) != len(part.header):
            raise PlaybookError(
                f"{where}: {row.id} has {len(row.templates)} cells under {len(part.header)} heads.",
                "Give each head a cell.",
            )


def _check_names(names: Iterable[str], known: Iterable[str], kind: str, where: str) -> None:
    for name in names:
        if name not in known:
            raise PlaybookError(f"{where} uses the {kind} {name!r}, which does not exist.", "Mend the name.")


def _check_timeline(timeline: TimelineFile, known: set[str]) -> None:
    names = [stage.id for stage in timeline.stages]
    for plan in timeline.plans:
        _check_plan(plan, names, known)
    planned = {name for plan in timeline.plans for name in plan.stages}
    for stage in timeline.stages:
        if stage.id not in planned or names.count(stage.id) > 1:
            raise PlaybookError(f"{TIMELINE}: stage {stage.id} is in no plan, or there twice.", "Mend it.")
    for move in _moves(known):
        if plan_for(timeline, move) is None:
            raise PlaybookError(f"{TIMELINE}: no plan goes with {move[-1]}.", "Add one.")
    for other in timeline.others:
        _check_names((other.stage,), names, "stage", f"{TIMELINE}: {other.id}")


def _check_plan(plan: PlanEntry, stages: list[str], known: set[str]) -> None:
    where = f"{TIMELINE}: the plan of {', '.join(plan.goes_with)}"
    _check_names(plan.goes_with, known, "target", where)
    _check_names(plan.stages, stages, "stage", where)
    _check_names((plan.work_begins,), plan.stages, "stage", where)
