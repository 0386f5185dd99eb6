"""What a user reads in a reply or a memo: its claims as the text shows them, each with its markers.

Reads the Markdown itself and knows nothing of how it was made; the claims that it should show are handed in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"\s*((?:\[\d+\])+)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")
_SOURCE = re.compile(r"^- \[(\d+)\] ")

Claimed = Mapping[str, Any]
"""A claim of a certificate: section, text, evidence."""


@dataclass(frozen=True)
class Stated:
    """One statement of a text: its words without markers, the numbers behind it, the claim that it shows."""

    text: str
    numbers: tuple[int, ...]
    claim: Claimed | None = None


@dataclass(frozen=True)
class Shown:
    """A memo's text taken apart: its statements, and the numbers of its list of sources."""

    stated: tuple[Stated, ...]
    sources: tuple[int, ...]
    headings: tuple[str, ...]


def memo_shown(text: str, claims: Sequence[Claimed]) -> Shown:
    """A memo's Markdown from its title on, with the claims that its certificate lists.

    A statement that is none of them has no claim. Table heads, headings and the line under the title
    state nothing.
    """
    by_text: dict[str, list[Claimed]] = {}
    for claim in claims:
        by_text.setdefault(str(claim["text"]), []).append(claim)
    stated: list[Stated] = []
    sources: list[int] = []
    headings: list[str] = []
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if line.startswith("#"):
            headings.append(line.lstrip("# "))
        elif headings == headings[:1] or not line.strip() or line.startswith("|---"):
            continue  # under the title stands one line of dates and hashes
        elif match := _SOURCE.match(line):
            sources.append(int(match[1]))
        elif line.startswith("|"):
            if not lines[place + 1 : place + 2] or not lines[place + 1].startswith("|---"):
                stated.append(_row(line, by_text))
        else:
            stated += _running(line.removeprefix("- "), by_text)
    return Shown(tuple(stated), tuple(sources), tuple(headings))


def cited_pieces(text: str) -> list[Stated]:
    """An answer's paragraphs, items and rows, cut behind each group of markers; table heads left out."""
    found: list[Stated] = []
    lines = text.split("\n")
    for place, line in enumerate(lines):
        follows = lines[place + 1] if place + 1 < len(lines) else ""
        if (
            not line.strip()
            or line.startswith("|---")
            or (line.startswith("|") and follows.startswith("|---"))
        ):
            continue
        if line.startswith("|"):
            found.append(_row(line, {}))
            continue
        rest = line.removeprefix("- ")
        while rest.strip():
            match = _MARKERS.search(rest)
            found.append(Stated(rest[: match.start() if match else None].strip(" *"), _numbers(match)))
            rest = rest[match.end() :] if match else ""
    return [one for one in found if one.text or one.numbers]


def _row(line: str, by_text: Mapping[str, list[Claimed]]) -> Stated:
    cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    match = _MARKERS.search(cells[-1])
    cells[-1] = _MARKERS.sub("", cells[-1]).strip()
    text = " | ".join(cells)
    return Stated(text, _numbers(match), _taken(text, by_text))


def _running(text: str, by_text: Mapping[str, list[Claimed]]) -> list[Stated]:
    """A line of text as the claims that it consists of; what begins as none ends with its sentence."""
    found: list[Stated] = []
    rest = text.strip()
    while rest:
        bold = rest.startswith("**")
        rest = rest.removeprefix("**")
        known = max((one for one in by_text if one and rest.startswith(one)), key=len, default="")
        if not known:
            end = _SENTENCE_END.search(rest)
            piece, rest = (rest[: end.start()], rest[end.end() :]) if end else (rest, "")
            numbers = tuple(int(number) for number in MARKER.findall(piece))
            found.append(Stated(MARKER.sub("", piece).strip(" *"), numbers))
            continue
        rest = rest[len(known) :].removeprefix("**" if bold else "")
        match = _MARKERS.match(rest)
        rest = rest[match.end() :].strip() if match else rest.strip()
        found.append(Stated(known, _numbers(match), _taken(known, by_text)))
    return found


def _taken(text: str, by_text: Mapping[str, list[Claimed]]) -> Claimed | None:
    """The next claim with these words; the last of them again where the text shows it once more."""
    claims = by_text.get(text)
    if not claims:
        return None
    return claims.pop(0) if len(claims) > 1 else claims[0]


def _numbers(match: re.Match[str] | None) -> tuple[int, ...]:
    return tuple(int(number) for number in MARKER.findall(match[1])) if match else ()
