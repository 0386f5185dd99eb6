"""An advisor over one document of a user, to see whose words its citations say they are.

Held in memory beside the digests: no file is ingested and no index is touched.
"""

import datetime as dt
from pathlib import Path

from advisor.adapters.local_language import LocalLanguage
from advisor.adapters.local_reader import LocalReader, load_reading
from advisor.adapters.local_writer import LocalAnswers, LocalMemos
from advisor.adapters.sqlite_directory import SqliteDirectory
from advisor.adapters.sqlite_memos import SqliteMemos
from advisor.adapters.sqlite_ratings import SqliteRatings
from advisor.adapters.sqlite_replies import SqliteReplies
from advisor.adapters.sqlite_usage import SqliteUsage
from advisor.assembly import builtin_kits, builtin_phrases, builtin_rulebook, builtin_verifier, reading_files
from advisor.conversation.advisor import AdvisorCore
from advisor.conversation.graph import Parts
from advisor.domain.evidence import Source
from advisor.domain.reply import Reply
from advisor.testing.evidence import MemoryEvidence
from corpus.builtin import Corpus
from ingest.chunk import passages

SOURCE = Source(id="notes-on-escrow", title="Notes on escrow", publisher="notes.md", sells="")
TEXT = """# Notes on escrow

## Escrow of prompts

Prompts and eval sets are kept in escrow with the notary until the vendor was paid in full.
"""
QUESTION = "Where are prompts and eval sets kept in escrow?"


def asked(corpus: Corpus, home: Path, today: dt.date) -> Reply:
    """The answer to a question that the user's document alone covers."""
    document = passages(TEXT, SOURCE.id, "notes.md", SOURCE.title, lambda text: len(text.split()), 200)
    rulebook, phrases = builtin_rulebook(), builtin_phrases()
    reader = LocalReader(load_reading(reading_files()))
    local = LocalLanguage(reader, LocalMemos(phrases, rulebook), LocalAnswers(phrases))
    database = home / "ingested.sqlite"
    held = [*corpus.passages.values(), *document]
    parts = Parts(
        language=local,
        local=local,
        usage=SqliteUsage(home / "ingested-usage.sqlite"),
        evidence=MemoryEvidence(held, {**corpus.sources, SOURCE.id: SOURCE}, corpus.figures),
        memos=SqliteMemos(database),
        replies=SqliteReplies(database),
        ratings=SqliteRatings(database),
        directory=SqliteDirectory(database),
        rulebook=rulebook,
        kits=builtin_kits(),
        verifier=builtin_verifier(),
        phrases=phrases,
        corpus_hash=corpus.hash,
    )
    with AdvisorCore(parts, database, _no_ingest, lambda: today) as advisor:
        return advisor.reply_sync("ingested", QUESTION)


def _no_ingest(paths: object, collection: str) -> dict[str, object]:
    raise AssertionError(f"nothing is ingested here: {paths} {collection}")
