"""The built-in corpus: registry, digests cut into passages, and figures, checked as one.

Needs no index: passages come from the digests by the same chunker that ingest uses.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.domain.evidence import Figure, Passage, Source
from corpus.catalog import (
    SOURCES,
    check_digests,
    digest_files,
    figure_files,
    load_figures,
    load_sources,
    read_text,
)
from ingest.chunk import MOST_WORDS
from ingest.chunk import passages as cut


@dataclass(frozen=True)
class Corpus:
    """Sources and passages by id, the figures in file order, and a hash of all their text."""

    sources: Mapping[str, Source]
    passages: Mapping[str, Passage]
    figures: tuple[Figure, ...]
    hash: str


def load_corpus() -> Corpus:
    """The built-in corpus. Raises CorpusError when a digest, the registry or a figure is wrong.

    Passages are counted in words here, so that a decision needs no tokenizer. The digests keep every
    passage well inside the model's window, so counting word pieces cuts them no differently; a test
    holds this.
    """
    sources = load_sources(read_text(SOURCES))
    digests = digest_files()
    check_digests(digests, sources)
    passages: dict[str, Passage] = {}
    for source_id, name in digests.items():
        title = sources[source_id].title
        for passage in cut(read_text(name), source_id, name, title, _words, MOST_WORDS):
            passages[passage.id] = passage
    rows = {name: read_text(name) for name in figure_files().values()}
    figures = load_figures(rows, passages, sources)
    texts = [read_text(SOURCES), *rows.values(), *(read_text(name) for name in digests.values())]
    return Corpus(sources, passages, figures, _hash(texts))


def _words(text: str) -> int:
    return len(text.split())


def _hash(texts: list[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
