"""A scripted consultation and the parts to hold it with: real rulebook, verifier, phrases and SQLite."""

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
from advisor.assembly import (
    builtin_corpus,
    builtin_kits,
    builtin_phrases,
    builtin_rulebook,
    builtin_verifier,
    reading_files,
)
from advisor.conversation.advisor import AdvisorCore
from advisor.conversation.graph import Parts
from advisor.domain.commands import (
    AnswerNow,
    AskGuides,
    AskWhy,
    Command,
    OutOfScope,
    Restart,
    SetFact,
    WhatIf,
)
from advisor.domain.vocabulary import FactKey
from advisor.testing.evidence import MemoryEvidence
from advisor.testing.language import ScriptedLanguage

TODAY = dt.date(2026, 11, 20)


def said(key: FactKey, value: object, words: str) -> SetFact:
    return SetFact.model_validate({"key": key, "value": value, "said": words})


SCRIPT: dict[str, tuple[Command, ...]] = {
    "We sell software to landlords and want it to route maintenance tickets.": (
        said("workflow", "route maintenance tickets", "want it to route maintenance tickets"),
    ),
    "Hosted models, our CTO reviews code.": (
        said("work_type", "api_features", "Hosted models"),
        said("technical_leadership", "yes", "our CTO reviews code"),
    ),
    "What does a senior AI engineer cost?": (AskGuides(question="What does a senior AI engineer cost?"),),
    "Why do you ask?": (AskWhy(),),
    "Ten weeks.": (said("timeline_days", {"min": 70, "max": 70}, "Ten weeks"),),
    "What if we had half a year?": (
        WhatIf(changes={"timeline_days": {"min": 180, "max": 180}}, said="half a year"),
    ),
    "What's a good soup?": (OutOfScope(reason="off_topic", said="What's a good soup?"),),
    "Only people under thirty, please. The data is clean.": (
        OutOfScope(reason="discrimination", said="Only people under thirty", detail="age"),
        said("data_readiness", "ready", "The data is clean"),
    ),
    "Someone must own it for good.": (said("durable_ownership", "yes", "Someone must own it for good"),),
    "It is a bounded task that ends.": (said("work_type", "one_off", "It is a bounded task that ends"),),
    "No idea.": (said("durable_ownership", None, "No idea"),),
    "Just tell me.": (AnswerNow(),),
    "Start over.": (Restart(),),
    "Thanks.": (),
}


def local_language() -> LocalLanguage:
    rulebook, phrases = builtin_rulebook(), builtin_phrases()
    reader = LocalReader(load_reading(reading_files()))
    return LocalLanguage(reader, LocalMemos(phrases, rulebook), LocalAnswers(phrases))


def parts(database: Path, language: ScriptedLanguage | None = None) -> Parts:
    corpus = builtin_corpus()
    return Parts(
        language=language or ScriptedLanguage(SCRIPT, local_language()),
        local=local_language(),
        usage=SqliteUsage(database.with_name("usage.sqlite")),
        evidence=MemoryEvidence(list(corpus.passages.values()), corpus.sources, corpus.figures),
        memos=SqliteMemos(database),
        replies=SqliteReplies(database),
        ratings=SqliteRatings(database),
        directory=SqliteDirectory(database),
        rulebook=builtin_rulebook(),
        kits=builtin_kits(),
        verifier=builtin_verifier(),
        phrases=builtin_phrases(),
        corpus_hash=corpus.hash,
    )


def warm() -> None:
    """Loads what is cached for the whole process. Starts no thread, so that forking stays safe."""
    builtin_rulebook(), builtin_kits(), builtin_verifier(), builtin_phrases(), local_language()


def open_scripted(database: Path, language: ScriptedLanguage | None = None) -> AdvisorCore:
    return AdvisorCore(parts(database, language), database, _no_ingest, lambda: TODAY)


def _no_ingest(paths: object, collection: str) -> dict[str, object]:
    raise AssertionError(f"nothing is ingested here: {paths} {collection}")
