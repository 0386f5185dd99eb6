"""Does each figure of the corpus stand in the guide it names, in the section it names?

For every row: its numbers are looked for in that part of the original guide, both ends of an interval
side by side, however they are written ($180K, 180,000, 180-280K, “ten”); and its quote from the digest
must hold the same numbers. Whether a number means what the row says (role, unit, what is counted) is
for a reader to judge, not for this check.

    python -m evals.figures_check                      # guides in ../shared/seeds
    python -m evals.figures_check --seeds FOLDER --guides evals/guides
"""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast

import yaml

from advisor.domain.evidence import Figure
from corpus.catalog import figure_files, read_text

SEEDS = Path("../shared/seeds")
GUIDES = Path(__file__).with_name("guides")

_SCALES = {"k": 1_000.0, "m": 1_000_000.0}
_SMALL = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: float(number) for number, word in enumerate(_SMALL, start=1)}
_WORDS |= {word: float(number * 10) for number, word in enumerate(_TENS, start=3)}
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<scale>[km](?![a-z]))?"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b",
    re.IGNORECASE,
)
# What stands between the ends of a range: a dash of any kind (also one whose encoding was damaged) or “to”.
_BETWEEN = re.compile(r"\s*(?:[-–—‑−]|â€.|to)\s*[$£€]?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Guide:
    """Where a guide is kept and where the sections of its digest stand in it (first line, end line)."""

    file: str
    sections: Mapping[str, tuple[str, str | None]]


@dataclass(frozen=True)
class Outcome:
    """How many rows were compared, and what was missed, one line each."""

    compared: int
    misses: tuple[str, ...]


def numbers_in(text: str) -> list[float]:
    """All numbers of a text in order; in a range such as 180-280K the scale counts for both ends."""
    found: list[float] = []
    matches = list(_NUMBER.finditer(text))
    for at, match in enumerate(matches):
        if word := match["word"]:
            found.append(_WORDS[word.lower()])
            continue
        scale = match["scale"] or _scale_of_range(text, match, matches[at + 1 : at + 2])
        value = float(match["digits"].rstrip(",").replace(",", ""))
        found.append(value * _SCALES.get((scale or "").lower(), 1.0))
    return found


def _scale_of_range(text: str, low: re.Match[str], following: list[re.Match[str]]) -> str | None:
    for high in following:
        if _BETWEEN.fullmatch(text[low.end() : high.start()]):
            return high["scale"]
    return None


def holds(figure: Figure, text: str) -> bool:
    """True when the figure's numbers stand in the text, the ends of an interval next to each other."""
    found = numbers_in(text)
    wanted = _ends(figure)
    if len(wanted) == 2:
        return (wanted[0], wanted[1]) in pairwise(found)
    return all(number in found for number in wanted)


def _ends(figure: Figure) -> list[float]:
    ends = [float(end) for end in (figure.low, figure.high) if end is not None]
    return ends[:1] if len(set(ends)) == 1 else ends


def section_of(text: str, begin: str, end: str | None) -> str | None:
    """The part of a guide from the first line that begins with `begin` up to the one with `end`."""
    lines = text.splitlines()
    first = _line_with(lines, begin, 0)
    if first is None:
        return None
    last = _line_with(lines, end, first + 1) if end else len(lines)
    return None if last is None else "\n".join(lines[first:last])


def _line_with(lines: list[str], begin: str, start: int) -> int | None:
    return next((at for at in range(start, len(lines)) if _plain(lines[at]).startswith(begin)), None)


def _plain(line: str) -> str:
    """A line without leading marks, and with what follows a link glued to a heading."""
    return line.partition("→")[2] if "→" in line else line.lstrip("-| #")


def load_guides(folder: Path) -> dict[str, Guide]:
    """Source id → guide, from the mappings in the folder, one file a source."""
    entries: dict[str, dict[str, object]] = {}
    for path in sorted(folder.glob("*.yaml")):
        document: object = yaml.safe_load(path.read_text("utf-8"))
        entries |= cast(dict[str, dict[str, dict[str, object]]], document)["guides"]
    guides: dict[str, Guide] = {}
    for source_id, entry in entries.items():
        sections = cast(dict[str, dict[str, str | None]], entry["sections"])
        guides[source_id] = Guide(
            str(entry["file"]), {name: (str(span["from"]), span["to"]) for name, span in sections.items()}
        )
    return guides


def load_rows(text: str) -> list[Figure]:
    """The figures as typed rows; whether their passages live is `corpus.catalog`'s to check."""
    document = cast(dict[str, list[object]], yaml.safe_load(text))
    return [Figure.model_validate(row) for row in document["figures"]]


def compare(figures: Iterable[Figure], guides: Mapping[str, Guide], originals: Mapping[str, str]) -> Outcome:
    """Compare every figure with its original. `originals`: file name → text of the guide."""
    misses: list[str] = []
    compared = 0
    for figure in figures:
        miss = _miss(figure, guides.get(figure.source_id), originals)
        compared += 1
        if miss:
            misses.append(f"{figure.id}: {miss}")
    return Outcome(compared, tuple(misses))


def _miss(figure: Figure, guide: Guide | None, originals: Mapping[str, str]) -> str | None:
    """What is wrong with one row, or None."""
    if not holds(figure, figure.quote):
        return f"the quote “{figure.quote}” does not hold its numbers"
    name = figure.passage.split("/")[1]
    if guide is None or name not in guide.sections:
        return f"no part of the guide is given for section {name} of {figure.source_id}"
    if guide.file not in originals:
        return f"the guide {guide.file} is missing"
    begin, end = guide.sections[name]
    part = section_of(originals[guide.file], begin, end)
    if part is None:
        return f"{guide.file} has no part from “{begin}” to “{end}”"
    if not holds(figure, part):
        wanted = " to ".join(f"{number:g}" for number in _ends(figure))
        return f"{wanted} does not stand in {guide.file} from “{begin}” on"
    return None


def main(arguments: list[str] | None = None) -> int:
    """Exit 0: all stand; 1: a figure is missed; 2: there was nothing to compare with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="folder of the guides")
    parser.add_argument(
        "--guides", type=Path, default=GUIDES, help="folder that says which file holds which guide"
    )
    options = parser.parse_args(arguments)
    originals = {path.name: path.read_text("utf-8", "replace") for path in options.seeds.glob("*.txt")}
    if not originals:
        print(f"nothing compared: no guides in {options.seeds}")
        return 2
    guides = load_guides(options.guides)
    figures = [row for name in figure_files().values() for row in load_rows(read_text(name))]
    outcome = compare(figures, guides, originals)
    for miss in outcome.misses:
        print(miss)
    print(f"{outcome.compared} figures compared, {len(outcome.misses)} missed")
    return 1 if outcome.misses or not outcome.compared else 0


if __name__ == "__main__":
    sys.exit(main())
