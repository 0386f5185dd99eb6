"""The composition root: settings become adapters, adapters become an advisor. Nothing runs at import."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.conversation.advisor import AdvisorCore
from advisor.conversation.graph import Parts
from advisor.domain.evidence import Source
from advisor.domain.reply import Choice
from advisor.domain.vocabulary import FactKey
from advisor.errors import IndexBusy, SettingsError
from advisor.policy.grounding import Verifier, load_lexicon
from advisor.policy.kits import Kits, load_kits
from advisor.policy.rulebook import Rulebook, load_rulebook
from advisor.ports.language import Language
from advisor.ports.usage import UsageLog
from advisor.settings import Settings, load_settings
from advisor.steps.phrasebook import Phrasebook, load_phrasebooks
from advisor.steps.question import question
from corpus.builtin import Corpus, load_corpus

if TYPE_CHECKING:
    from advisor.adapters.local_reader import LocalReader
    from advisor.adapters.openai_language import Endpoint
    from advisor.adapters.openai_language.prompts import PromptFile

GUIDES = "guides"
"""The collection of the built-in corpus."""

DOCUMENTS = "documents"
"""The collection that a user's documents go to unless another is named."""

NO_KEY = "none"
"""What is sent to a server that needs no key."""

Progress = Callable[[str], None]

LEXICON = "lexicon.yaml"

WAITS, WAIT = 240, 0.5
"""How often, and how many seconds each, to wait for another process that builds the guides' index."""


class Advisor(AdvisorCore):
    """Whom to hire for AI work, if anyone: `Advisor.open()`, then `reply`."""

    @classmethod
    def open(
        cls,
        settings: Settings | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
        progress: Progress | None = None,
    ) -> "Advisor":
        """An advisor with settings from the environment and embedded defaults.

        Builds the built-in index at the first use. Raises SettingsError, PlaybookError, CorpusError,
        StorageError, KnowledgeError or ModelError.
        """
        chosen = settings or load_settings()
        workshop = Workshop(chosen, progress or _silent)
        workshop.build_guides()
        return cls(workshop.parts(), chosen.database, workshop.ingest, today)


@lru_cache(maxsize=1)
def builtin_corpus() -> Corpus:
    """The corpus that comes with the package, read once."""
    return load_corpus()


@lru_cache(maxsize=1)
def builtin_rulebook() -> Rulebook:
    """The playbook that comes with the package, checked against its corpus, read once."""
    corpus = builtin_corpus()
    return load_rulebook(playbook_files(), corpus.passages, corpus.sources, corpus.figures)


@lru_cache(maxsize=1)
def builtin_verifier() -> Verifier:
    """The verifier with the lexicon that comes with the package."""
    return Verifier(load_lexicon(_packaged("playbook").joinpath(LEXICON).read_text("utf-8")))


@lru_cache(maxsize=1)
def builtin_phrases() -> Phrasebook:
    """The phrases that come with the package."""
    folder = sorted(_packaged("prompts").iterdir(), key=lambda entry: entry.name)
    return load_phrasebooks({e.name: e.read_text("utf-8") for e in folder if _is_yaml(e)})


@lru_cache(maxsize=1)
def builtin_prompts() -> "dict[str, PromptFile]":
    """The prompts that come with the package, each checked against its variables."""
    from advisor.adapters.openai_language.prompts import load_prompts

    folder = _packaged("prompts").joinpath("model")
    return load_prompts({e.name.removesuffix(".md"): e.read_text("utf-8") for e in folder.iterdir()})


@lru_cache(maxsize=1)
def builtin_kits() -> Kits:
    """The kits that come with the package, checked against its corpus and moves, read once."""
    targets = {target for move in builtin_rulebook().moves for target in move.targets}
    return load_kits(playbook_files(), builtin_corpus().passages, targets)


def playbook_files() -> dict[str, str]:
    """The packaged playbook, kits and rules of each source included: name → text."""
    folder = _packaged("playbook")
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if _is_rulebook(entry)}
    for part in ("rules", "kits"):
        for entry in folder.joinpath(part).iterdir():
            if _is_yaml(entry):
                texts[f"{part}/{entry.name}"] = entry.read_text("utf-8")
    return texts


def reading_files() -> dict[str, str]:
    """The packaged cues of the local reader: name without ending → text."""
    folder = _packaged("playbook").joinpath("reading")
    return {e.name.removesuffix(".yaml"): e.read_text("utf-8") for e in folder.iterdir() if _is_yaml(e)}


class Workshop:
    """Makes the adapters that settings ask for. Making them loads nothing heavy."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        from advisor.adapters.embedder import OnnxEmbedder

        self._settings = settings
        self._progress = progress
        self.embedder = OnnxEmbedder(
            settings.models, settings.embedding_model, settings.threads, progress=progress
        )

    def build_guides(self) -> None:
        """Brings the index of the built-in corpus up to date; quick when nothing changed."""
        from ingest.pipeline import is_current

        folder, sources = builtin_files()
        paths = [folder]
        if not is_current(paths, GUIDES, self._settings.index, self.embedder.name, sources):
            self._progress("Building the index of the built-in guides")
            self._wait_for_guides(paths, sources)

    def _wait_for_guides(self, paths: list[Path], sources: dict[Path, Source]) -> None:
        """Builds the index, or waits for the process that is building it."""
        from ingest.pipeline import ingest_paths, is_current

        for _ in range(WAITS):
            try:
                ingest_paths(paths, GUIDES, self._settings.index, self.embedder, sources)
                return
            except IndexBusy:
                time.sleep(WAIT)
                if is_current(paths, GUIDES, self._settings.index, self.embedder.name, sources):
                    return
        ingest_paths(paths, GUIDES, self._settings.index, self.embedder, sources)

    def parts(self) -> Parts:
        """Everything the conversation works with."""
        from advisor.adapters.chroma_evidence import ChromaEvidence
        from advisor.adapters.local_language import LocalLanguage
        from advisor.adapters.local_reader import LocalReader, load_reading
        from advisor.adapters.local_reader.classifier import Classifier
        from advisor.adapters.local_writer import LocalAnswers, LocalMemos
        from advisor.adapters.similarity import EmbeddedSimilarity
        from advisor.adapters.sqlite_directory import SqliteDirectory
        from advisor.adapters.sqlite_memos import SqliteMemos
        from advisor.adapters.sqlite_ratings import SqliteRatings
        from advisor.adapters.sqlite_replies import SqliteReplies

        rulebook, phrases = builtin_rulebook(), builtin_phrases()
        reader = LocalReader(
            load_reading(reading_files()),
            EmbeddedSimilarity(self.embedder),
            question_choices(rulebook),
            Classifier(_classifier_file(), self.embedder),
        )
        local = LocalLanguage(reader, LocalMemos(phrases, rulebook), LocalAnswers(phrases))
        return Parts(
            language=self._model(local, reader) if self._settings.wants_model else local,
            local=local,
            usage=self.usage(),
            evidence=ChromaEvidence(self._settings.index, self.embedder, builtin_corpus().figures),
            memos=SqliteMemos(self._settings.database),
            replies=SqliteReplies(self._settings.database),
            ratings=SqliteRatings(self._settings.database),
            directory=SqliteDirectory(self._settings.database),
            rulebook=rulebook,
            kits=builtin_kits(),
            verifier=builtin_verifier(),
            phrases=phrases,
            corpus_hash=builtin_corpus().hash,
        )

    def usage(self) -> UsageLog:
        """Where calls of a language model are written down."""
        from advisor.adapters.sqlite_usage import SqliteUsage

        return SqliteUsage(self._settings.usage)

    def _model(self, local: Language, reader: "LocalReader") -> Language:
        from advisor.adapters.openai_language import OpenAILanguage
        from advisor.adapters.openai_language.connection import Connection

        connection = Connection(endpoint(self._settings), self.usage())
        return OpenAILanguage(connection, builtin_prompts(), local, reader)

    def ingest(self, paths: Sequence[str | Path], collection: str = DOCUMENTS) -> dict[str, Any]:
        """Brings files and folders into a collection beside the built-in guides."""
        from ingest.pipeline import ingest_paths

        return ingest_paths(paths, collection, self._settings.index, self.embedder).to_json()


def endpoint(settings: Settings) -> "Endpoint":
    """Where the language model of the settings answers. Raises SettingsError for a missing key."""
    from advisor.adapters.openai_language import Endpoint

    if settings.api_key is None and settings.base_url is None:
        raise SettingsError(
            f"ADVISOR_MODEL is {settings.model!r}, but no key is set.",
            "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server that needs none, or ADVISOR_MODEL=none.",
        )
    if settings.api_version is not None and settings.base_url is None:
        raise SettingsError(
            "ADVISOR_API_VERSION asks for Azure OpenAI, but no address is set.",
            "Set OPENAI_BASE_URL to the resource's endpoint, or unset ADVISOR_API_VERSION.",
        )
    return Endpoint(
        model=settings.model_name,
        key=settings.api_key.get_secret_value() if settings.api_key else NO_KEY,
        base_url=settings.base_url,
        api_version=settings.api_version,
        timeout=settings.model_timeout,
        retries=settings.model_retries,
        prompt_tokens=settings.model_prompt_tokens,
        answer_tokens=settings.model_answer_tokens,
        structure=settings.model_structure,
        stream=settings.model_stream,
        judge=settings.judge,
    )


def builtin_files() -> tuple[Path, dict[Path, Source]]:
    """The folder of digests on disk, and the source of each digest file."""
    from corpus.catalog import digest_files

    folder = Path(str(files("corpus").joinpath("digests")))
    sources = builtin_corpus().sources
    return folder, {folder / Path(name).name: sources[key] for key, name in digest_files().items()}


def question_choices(rulebook: Rulebook) -> dict[FactKey, tuple[Choice, ...]]:
    """The choices that each question shows, so that an answer may name one."""
    phrases = builtin_phrases()
    return {entry.fact: question(entry, phrases).choices for entry in rulebook.questions}


def _classifier_file() -> Path:
    """The trained classifier that comes with the package."""
    return Path(str(_packaged("playbook").joinpath("reading", "classifier.npz")))


def _packaged(folder: str) -> Traversable:
    return files("advisor").joinpath(folder)


def _is_yaml(entry: Traversable) -> bool:
    return entry.name.endswith(".yaml")


def _is_rulebook(entry: Traversable) -> bool:
    return _is_yaml(entry) and entry.name != LEXICON


def _silent(_message: str) -> None:
    pass
