"""Does a figure of a claim stand in what the claim cites, with the same unit, order and bound?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from advisor.policy.grounding.numerals import Quantity, read_quantities

Failing = Literal["numeral", "comparison"]
_CLAUSE_END = re.compile(r"[.;:()\"]")
_COMPARES = re.compile(r"\b(?:than|under|over|below)\b", re.IGNORECASE)
_UNIT_LENGTHS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}


@dataclass(frozen=True)
class Held:
    """A figure that evidence holds.

    `rounded`: a claim may show it rounded to the digits it writes (computed amounts).
    `pay`: it is a salary, so that "a year" may be added.
    """

    quantity: Quantity
    rounded: bool = False
    pay: bool = False


@dataclass(frozen=True)
class Untraced:
    """A figure without lineage, and why."""

    quantity: Quantity
    kind: Failing
    detail: str


def untraced(
    folded: str, held: Sequence[Held], stems: frozenset[str], cell: bool = False
) -> tuple[Untraced, ...]:
    """The figures of a folded claim (or of one table cell) that `held` doesn't hold.

    `stems` are the stems of everything cited: a count must count something that is spoken of there.
    """
    quantities = read_quantities(folded)
    failures: list[Untraced] = []
    for index, quantity in enumerate(quantities):
        compared = _arithmetic(quantities[:index], quantity, folded)
        if compared == "wrong":
            failures.append(Untraced(quantity, "comparison", f"“{quantity.shown}” compares the wrong way"))
            continue
        if compared == "right":
            quantity = replace(quantity, bound="")
        others = frozenset((other.kind, other.unit) for other in quantities if other is not quantity)
        verdicts = [_agrees(quantity, one, stems, others, cell) for one in held]
        if any(verdict is None for verdict in verdicts):
            continue
        wrong_side = [verdict for verdict in verdicts if verdict == "comparison"]
        if wrong_side:
            failures.append(
                Untraced(quantity, "comparison", f"“{quantity.shown}” stands on the other side of its bound")
            )
        else:
            failures.append(Untraced(quantity, "numeral", f"“{quantity.shown}” stands in nothing cited"))
    return tuple(failures)


def held_in(folded: str, rounded: bool = False) -> tuple[Held, ...]:
    """The figures that a folded text of evidence holds."""
    pay = any(word in folded.lower() for word in ("base", "salar", "compensation", "total comp", "pay"))
    return tuple(Held(quantity, rounded, pay) for quantity in read_quantities(folded))


def _agrees(
    claimed: Quantity,
    held: Held,
    stems: frozenset[str],
    others: frozenset[tuple[str, str]],
    cell: bool,
) -> Failing | None:
    """None when `held` carries the claimed figure, else what is amiss."""
    ours = held.quantity
    if claimed.kind == "date" or ours.kind == "date":
        return None if _same_date(claimed, ours) else "numeral"
    if claimed.kind == "label" or ours.kind == "label":
        return None if claimed.kind == ours.kind and claimed.unit == ours.unit else "numeral"
    if claimed.kind != ours.kind and not _elided(claimed, ours, others, cell):
        return "numeral"
    if claimed.kind == ours.kind and not _same_measure(claimed, held, stems):
        return "numeral"
    return _same_amount(claimed, held)


def _elided(claimed: Quantity, ours: Quantity, others: frozenset[tuple[str, str]], cell: bool) -> bool:
    """Whether the claim left out a unit that the reader supplies: "72 days, less than the 90 to 120"."""
    if claimed.kind != "count" or not claimed.elided:
        return False
    return cell or (ours.kind, ours.unit) in others


def _same_measure(claimed: Quantity, held: Held, stems: frozenset[str]) -> bool:
    ours = held.quantity
    if claimed.unit != ours.unit:
        return False
    match claimed.kind:
        case "money":
            if not claimed.per:
                return True
            return claimed.per == ours.per or (claimed.per == "year" and not ours.per and held.pay)
        case "time":
            return claimed.per == ours.per or not claimed.per
        case "count":
            if claimed.per and ours.per and claimed.per != ours.per:
                return False
            counted = frozenset(claimed.nouns)
            return (
                ours.elided
                or claimed.elided
                or not counted
                or bool(counted & frozenset(ours.nouns))
                or bool(counted & stems)
            )
        case "percent" | "times" | "ordinal" | "date" | "label":
            return True


def _same_amount(claimed: Quantity, held: Held) -> Failing | None:
    ours = held.quantity
    low, high = _close(claimed.low, ours.low, claimed, held), _close(claimed.high, ours.high, claimed, held)
    if claimed.low != claimed.high or ours.low == ours.high:
        if not (low and high):
            return "numeral"
        return _same_bound(claimed, ours)
    # One end of a range: which end must be said, and rightly.
    if _close(claimed.low, ours.low, claimed, held):
        allowed = claimed.bound == "lower" or (claimed.near_end and not claimed.bound)
    elif _close(claimed.low, ours.high, claimed, held):
        allowed = claimed.bound == "upper" or (claimed.near_end and not claimed.bound)
        allowed = allowed or (ours.open_ended and (claimed.bound == "lower" or claimed.open_ended))
    else:
        return "numeral"
    if allowed:
        return None
    return "comparison" if claimed.bound else "numeral"


def _same_bound(claimed: Quantity, ours: Quantity) -> Failing | None:
    if ours.open_ended and not claimed.open_ended:
        if claimed.bound == "lower" or claimed.near_end:
            return None
        return "comparison" if claimed.bound == "upper" else "numeral"
    if claimed.open_ended and not ours.open_ended and ours.bound != "lower":
        return "numeral"
    if claimed.bound and ours.bound and claimed.bound != ours.bound:
        return "comparison"
    ranged = claimed.low != claimed.high
    if claimed.bound and not ours.bound and ranged and not ours.open_ended:
        return "comparison"
    return None


def _close(claimed: float, ours: float, quantity: Quantity, held: Held) -> bool:
    if abs(claimed - ours) <= 1e-9 * max(1.0, abs(ours)):
        return True
    if quantity.kind == "percent" and "." in quantity.shown:  # "a third" for 33 %
        return abs(claimed - ours) < 0.5
    if not held.rounded or not quantity.precision or not ours:
        return False
    # Rounded to the last digit shown, or to the last one that isn't a zero if that is fine enough.
    shown = 1.0 if quantity.precision >= 1 and quantity.precision < 1000 else quantity.precision
    coarse = quantity.precision if quantity.precision <= 0.1 * abs(ours) else shown
    return abs(claimed - ours) <= max(shown, coarse) / 2 and coarse <= 0.2 * abs(ours)


def _same_date(claimed: Quantity, ours: Quantity) -> bool:
    if claimed.date is None or ours.date is None:
        return False
    return all(part is None or part == known for part, known in zip(claimed.date, ours.date, strict=True))


def _arithmetic(
    earlier: Sequence[Quantity], quantity: Quantity, folded: str
) -> Literal["right", "wrong", ""]:
    """For "A is less than B" with both figures in the claim: whether that is so."""
    if not quantity.bound or not _COMPARES.search(folded):
        return ""
    # "if there are under 30 days …; if there are at least 60" compares nothing: other clauses, other cases.
    near = [first for first in earlier if not _CLAUSE_END.search(folded[first.end : quantity.start])]
    found = [_compared(first, quantity) for first in near]
    if True in found:
        return "right"
    return "wrong" if False in found else ""


def _compared(first: Quantity, quantity: Quantity) -> bool | None:
    """Whether `first` lies on the side of `quantity` that its bound says; None if they don't compare."""
    lengths = _UNIT_LENGTHS.get(first.unit), _UNIT_LENGTHS.get(quantity.unit)
    scale = 1.0
    if (first.kind, first.unit) != (quantity.kind, quantity.unit):
        if quantity.kind == "time" and lengths[0] and lengths[1]:
            scale = lengths[0] / lengths[1]
        elif not (quantity.elided and quantity.kind == "count" and first.kind in ("time", "money")):
            return None
    low, high = first.low * scale, first.high * scale
    if quantity.bound == "upper":
        return high <= quantity.high and low <= quantity.low and low < quantity.high
    return low >= quantity.low and high >= quantity.high and high > quantity.low


def as_days(low: float, high: float) -> Iterable[Quantity]:
    """A length in days as it may be written: in days, and exactly in weeks, months or years."""
    for unit, length in (("day", 1), ("week", 7), ("month", 30), ("year", 365)):
        if low % length == 0 and high % length == 0:
            yield Quantity(low / length, high / length, "time", f"{low:g}-{high:g} days", 0, 0, unit=unit)


def amount(low: float, high: float, unit: str, open_ended: bool = False) -> tuple[Quantity, ...]:
    """The figure of a calculation line or a cost: its ends with `unit` as text ("USD/hour", "days")."""
    written = f"{low:.10f}".rstrip("0").rstrip(".") if low == high else f"{low:.10f}-{high:.10f}"
    measure = unit.replace("_", " ").strip()
    money = next(
        (
            code
            for code in ("USD", "EUR", "GBP", "INR", "CHF", "AUD", "CAD", "JPY")
            if code in measure.upper()
        ),
        "",
    )
    money = money or next(
        (code for sign, code in {"$": "USD", "£": "GBP", "€": "EUR", "₹": "INR"}.items() if sign in measure),
        "",
    )
    probe = read_quantities(f"1 {measure}") if not money else read_quantities(f"1 {money} {_rate(measure)}")
    if not probe:
        return ()
    return (replace(probe[0], low=low, high=high, shown=written, open_ended=open_ended, precision=0.0),)


def _rate(measure: str) -> str:
    lowered = measure.lower()
    for mark in ("/", " per ", " a ", " an "):
        if mark in lowered:
            return f"per {lowered.partition(mark)[2].strip()}"
    return ""
