"""Cues: short phrases of the playbook, found in a message.

A cue is a regular expression written for people: a space stands for any white space, `...` for up to
four words, `<name>` for a list of words named in the playbook. It matches whole words, in lower case.
This module doesn't know what a cue means.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

_DENIES = r"(?!(?:not|never|no|hardly|nobody|nothing|without)\b)"
GAP = rf"\s+(?:{_DENIES}[\w'/&%$-]+\s+){{0,4}}?"
_NAMED = re.compile(r"<(\w+)>")
_OPTIONAL = re.compile(r"\\.|\[[^\]]*\]\S?|\w[?*]|\{[^}]*\}")


class CueError(ValueError):
    """A cue that can't be read; the message says which."""


@dataclass(frozen=True)
class Span:
    """Where something was found: `text[start:end]`."""

    start: int
    end: int


class Cue:
    """One phrase, searched only in texts that hold one of the words it can't do without."""

    def __init__(self, source: str, words: Mapping[str, str]) -> None:
        self.source = source
        self._expression = _named(source, words)
        self._anchors = _anchors(self._expression)

    def compile(self) -> None:
        """Raises CueError when the phrase is no regular expression."""
        _ = self.pattern

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        phrase = re.sub(r"\s*\.\.\.\s*", "\0", self._expression.strip())
        # "it (is|'s)": what begins with an apostrophe follows without a space.
        phrase = re.sub(r" \((?=[^()]*(?:\(|\|)?'(?:s|re|ve|ll|d|m)\b)", r"\\s*(", phrase)
        # A filler word must not be the one that turns the meaning.
        phrase = phrase.replace(r"(\w+ )", rf"({_DENIES}\w+ )").replace(r"( \w+)", rf"( {_DENIES}\w+)")
        phrase = phrase.replace(" ?", r"\s*").replace(" ", r"\s+").replace("\0", GAP)
        before = r"(?<![\w])" if phrase[0].isalnum() or phrase[0] in "([\\" else ""
        try:
            return re.compile(f"{before}(?:{phrase})(?!\\w)")
        except re.error as error:
            raise CueError(f"the cue {self.source!r} is no regular expression: {error}") from error

    def spans(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
        """Every place in `text[start:end]` (lower case) where the phrase stands."""
        end = len(text) if end is None else end
        if self._anchors and all(text.find(anchor, start, end) < 0 for anchor in self._anchors):
            return
        for match in self.pattern.finditer(text, start, end):
            yield Span(match.start(), match.end())


class CueSet:
    """Cues that mean the same."""

    def __init__(self, sources: Iterable[str], words: Mapping[str, str] | None = None) -> None:
        self.cues = tuple(Cue(source, words or {}) for source in sources)

    def spans(self, text: str, start: int = 0, end: int | None = None) -> list[Span]:
        """Every match in `text[start:end]`, in order of place."""
        found = {span for cue in self.cues for span in cue.spans(text, start, end)}
        return sorted(found, key=lambda span: (span.start, -span.end))

    def first(self, text: str, start: int = 0, end: int | None = None) -> Span | None:
        """The first match, or None."""
        spans = self.spans(text, start, end)
        return spans[0] if spans else None

    def occurs(self, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether any of the phrases stands in `text[start:end]`."""
        return any(True for cue in self.cues for _ in cue.spans(text, start, end))


def _named(source: str, words: Mapping[str, str]) -> str:
    def expand(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in words:
            raise CueError(f"the cue {source!r} names the unknown word list <{name}>")
        return f"(?:{words[name]})"

    if not source.strip():
        raise CueError("a cue is empty")
    return _NAMED.sub(expand, source)


def _anchors(expression: str) -> tuple[str, ...]:
    """Pieces of text of which one must occur wherever the cue matches; () when none can be named."""
    best: tuple[str, ...] = ()
    for part, optional in _parts(expression):
        if optional:
            continue
        pieces = tuple(_literal(branch) for branch in _branches(part))
        if all(pieces) and min(map(len, pieces)) > min(map(len, best), default=0):
            best = pieces
    return best


def _parts(expression: str) -> list[tuple[str, bool]]:
    """The outermost groups, and the text between them, each with whether it may be absent."""
    parts: list[tuple[str, bool]] = []
    depth, begin = 0, 0
    for at, letter in enumerate(expression):
        if letter == "(" and not _escaped(expression, at):
            if depth == 0:
                parts.append((expression[begin:at], False))
                begin = at + 1
            depth += 1
        elif letter == ")" and not _escaped(expression, at):
            depth -= 1
            if depth < 0:
                raise CueError(f"the cue {expression!r} closes a bracket that it never opened")
            if depth == 0:
                rest = expression[at + 1 : at + 3]
                parts.append((expression[begin:at], rest[:1] in ("?", "*") or rest == "{0"))
                begin = at + 1
    if depth:
        raise CueError(f"the cue {expression!r} opens a bracket that it never closes")
    return [*parts, (expression[begin:], False)]


def _escaped(expression: str, at: int) -> bool:
    return at > 0 and expression[at - 1] == "\\"


def _branches(part: str) -> list[str]:
    """The alternatives of a group, split where `|` stands outside its inner groups."""
    branches, depth, begin = [], 0, 0
    for at, letter in enumerate(part):
        if letter in "()" and not _escaped(part, at):
            depth += 1 if letter == "(" else -1
        elif letter == "|" and depth == 0:
            branches.append(part[begin:at])
            begin = at + 1
    return [*branches, part[begin:]]


def _literal(branch: str) -> str:
    """The longest run of letters that the branch can't do without."""
    outside, depth = "", 0
    for at, letter in enumerate(branch.removeprefix("?:")):
        if letter in "()" and not _escaped(branch, at):
            depth += 1 if letter == "(" else -1
            outside += "\0"
        elif depth == 0:
            outside += letter
    if "|" in outside:
        return ""
    return max(re.findall(r"[a-z0-9']+", _OPTIONAL.sub("\0", outside)), key=len, default="")
