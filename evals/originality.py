"""Does our text repeat a source? Looks for runs of eight words shared with any of the guides.

The digests are ours: facts and figures carry over, sentences do not. A run counts when at least six
of its words carry no digit, so that a row of figures alone is not taken for a sentence. This
module does not judge whether a paraphrase is faithful.

    python -m evals.originality            # all tracked text files against ../shared/seeds
    python -m evals.originality A.md B.md --seeds FOLDER
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SEEDS = Path("../shared/seeds")
RUN_WORDS = 8
PLAIN_WORDS = 6
_WORD = re.compile(r"[a-z0-9$%']+")
_DIGIT = re.compile(r"\d")
_STRING_ENDS = re.compile(r'"\s*[,:\]}]|: “')
_NO_WORD_OF_A_GUIDE = " jsonstringends "


@dataclass(frozen=True)
class SharedRun:
    """A run of words that stands both in one of our texts and in a source."""

    name: str
    source: str
    words: str

    def line(self) -> str:
        """The run as one line of a report."""
        return f"{self.name}: “{self.words}” also stands in {self.source}"


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, punctuation and markup dropped."""
    return _WORD.findall(text.lower())


def _counts(run: tuple[str, ...]) -> bool:
    return sum(1 for word in run if not _DIGIT.search(word)) >= PLAIN_WORDS


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + RUN_WORDS]) for at in range(len(words) - RUN_WORDS + 1)]


def shared_runs(ours: Mapping[str, str], sources: Mapping[str, str]) -> list[SharedRun]:
    """Every run of eight words that one of our texts shares with a source, longest form.

    Overlapping runs of one text and one source are joined, so that a copied sentence is one finding.
    """
    found: list[SharedRun] = []
    for source, source_text in sources.items():
        known = {run for run in _runs(words_of(source_text)) if _counts(run)}
        for name, text in ours.items():
            words = words_of(text)
            starts = [at for at, run in enumerate(_runs(words)) if run in known]
            found.extend(SharedRun(name, source, " ".join(words[a:b])) for a, b in _joined(starts))
    return found


def _joined(starts: Iterable[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start in starts:
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], start + RUN_WORDS)
        else:
            spans.append((start, start + RUN_WORDS))
    return spans


def read_texts(paths: Iterable[Path]) -> dict[str, str]:
    """The texts of these files by path; files that are not UTF-8 text are left out."""
    texts: dict[str, str] = {}
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, IsADirectoryError, FileNotFoundError):
            continue
        if path.suffix in (".json", ".jsonl"):  # a value and the next key, or a passage and its quote
            text = _STRING_ENDS.sub(_NO_WORD_OF_A_GUIDE, text)
        texts[path.as_posix()] = text
    return texts


def read_sources(folder: Path) -> dict[str, str]:
    """The guides of a folder by file name; damaged characters are replaced, never a reason to skip."""
    return {path.name: path.read_text("utf-8", "replace") for path in sorted(folder.glob("*.txt"))}


def repository_files() -> list[Path]:
    """Files that git tracks or would track, below the working directory."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    return [Path(name) for name in sorted(set(listed.stdout.split("\0"))) if name]


def main(arguments: list[str] | None = None) -> int:
    """Exit 0: nothing shared; 1: something is; 2: there was nothing to compare with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="default: every file git tracks or would track")
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="folder of the guides (*.txt)")
    options = parser.parse_args(arguments)
    sources = read_sources(options.seeds)
    ours = read_texts(options.files or repository_files())
    if not sources or not ours:
        print(f"nothing compared: {len(ours)} texts, {len(sources)} guides in {options.seeds}")
        return 2
    found = shared_runs(ours, sources)
    for run in found:
        print(run.line())
    print(f"{len(ours)} texts against {len(sources)} guides: {len(found)} shared runs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
