"""The built-in corpus: registry, digests cut into passages, and figures, checked as one.

Needs no index: passages come from the digests by the same chunker that ingest uses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from advisor.domain.evidence import Figure, Passage, Source
from corpus.catalog import (
    FIGURES,
    SOURCES,
    check_digests,
    digest_files,
    load_figures,
    load_sources,
    read_text,
)
from ingest.chunk import passages as cut


@dataclass(frozen=True)
class Corpus:
    """Sources and passages by id, and the figures in file order."""

    sources: Mapping[str, Source]
    passages: Mapping[str, Passage]
    figures: tuple[Figure, ...]


def load_corpus(count: Callable[[str], int], window: int) -> Corpus:
    """The built-in corpus, cut to a window of `window` word pieces as `count` counts them.

    Raises CorpusError when a digest, the registry or a figure is wrong.
    """
    sources = load_sources(read_text(SOURCES))
    digests = digest_files()
    check_digests(digests, sources)
    passages: dict[str, Passage] = {}
    for source_id, name in digests.items():
        for passage in cut(read_text(name), source_id, name, sources[source_id].title, count, window):
            passages[passage.id] = passage
    return Corpus(sources, passages, load_figures(read_text(FIGURES), passages, sources))
