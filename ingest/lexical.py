"""BM25 over passages: stemmed words, saved to disk, memory-mapped. Knows rows, not passages."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from bm25s import BM25

Scores = npt.NDArray[np.float32]

_WORD = re.compile(r"\w+")
_SPELLED = 4  # letters of a word that can be told from a slip
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")


class _Stemmer(Protocol):
    def stemWords(self, words: list[str]) -> list[str]: ...


@cache
def _stemmer() -> _Stemmer:
    import Stemmer

    return cast("_Stemmer", Stemmer.Stemmer("english"))


@cache
def _stopwords() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    # Apostrophes split words here, so "don't" arrives as "don" and "t", both in the list.
    return frozenset(STOPWORDS_EN_PLUS)


def words(text: str) -> list[str]:
    """The words of `text` that carry meaning, lower case, as they stand (not stemmed)."""
    plain = _THOUSANDS.sub("", text.lower().replace("’", "'"))
    return [word for word in _WORD.findall(plain) if word not in _stopwords()]


def stems(text: str) -> list[str]:
    """The stemmed words of `text`, English, without stop words."""
    return _stemmer().stemWords(words(text))


class LexicalIndex:
    """BM25 scores of all rows for a query's stems."""

    def __init__(self, bm25: "BM25 | None", rows: int, vocabulary: Sequence[str]) -> None:
        self._bm25 = bm25
        self.rows = rows
        self.vocabulary = vocabulary
        """The words of all rows as they stand, letters only, four at least; most frequent first."""

    @classmethod
    def build(cls, texts: Iterable[str]) -> "LexicalIndex":
        """An index whose row numbers are the positions in `texts`."""
        from bm25s import BM25
        from bm25s.tokenization import Tokenized

        columns: dict[str, int] = {}
        spelled: Counter[str] = Counter()
        ids: list[list[int]] = []
        for text in texts:
            found = words(text)
            spelled.update(word for word in found if len(word) >= _SPELLED and word.isalpha())
            ids.append([columns.setdefault(stem, len(columns)) for stem in _stemmer().stemWords(found)])
        vocabulary = [word for word, _ in sorted(spelled.items(), key=lambda pair: (-pair[1], pair[0]))]
        if not columns:  # bm25s can't index nothing
            return cls(None, len(ids), vocabulary)
        bm25 = BM25()
        bm25.index(Tokenized(ids=ids, vocab=columns), show_progress=False)
        return cls(bm25, len(ids), vocabulary)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self._bm25 is not None:
            self._bm25.save(folder, show_progress=False)
        about = {"rows": self.rows, "empty": self._bm25 is None, "vocabulary": list(self.vocabulary)}
        (folder / "words.json").write_text(json.dumps(about))

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """Raises OSError, ValueError, KeyError or TypeError when the files are missing or damaged."""
        from bm25s import BM25

        about = json.loads((folder / "words.json").read_bytes())
        if about["empty"]:
            return cls(None, about["rows"], about["vocabulary"])
        bm25 = BM25.load(folder, mmap=True, show_progress=False)
        if bm25.scores["num_docs"] != about["rows"]:
            raise ValueError("the BM25 index holds another number of rows")
        return cls(bm25, about["rows"], about["vocabulary"])

    def scores(self, query: Sequence[str]) -> Scores:
        """Shape (rows,): the BM25 score of each row, 0 when no word is shared."""
        known = [stem for stem in query if self.knows(stem)]
        if self._bm25 is None or not known:
            return np.zeros(self.rows, dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)

    def knows(self, stem: str) -> bool:
        return self._bm25 is not None and stem in self._bm25.vocab_dict

    @property
    def rarest(self) -> float:
        """The rarity of a stem that no row has."""
        return float(np.log(1 + (self.rows + 0.5) / 0.5))

    def rarity(self, stem: str) -> float:
        """How telling a stem is: its BM25 inverse document frequency."""
        return float(np.log(1 + (self.rows - (found := self._rows_with(stem)) + 0.5) / (found + 0.5)))

    def _rows_with(self, stem: str) -> int:
        if self._bm25 is None or not self.knows(stem):
            return 0
        column = self._bm25.vocab_dict[stem]
        starts = self._bm25.scores["indptr"]
        return int(starts[column + 1] - starts[column])
