"""What must be in order before the advisor works, each check on its own and told in one line.

A check returns what it found, or raises an AdvisorError that says what is wrong. The cheap ones run
before a chat's first prompt, all of them in `advisor doctor`. None writes more than a probe file.
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from importlib import metadata
from pathlib import Path

from advisor.errors import (
    AdvisorError,
    ConversationsDamaged,
    IndexForeign,
    LanguageError,
    StorageError,
    StorageFull,
)
from advisor.settings import Settings, load_settings
from advisor.storage_errors import told_as_storage_errors
from ingest.generations import POINTER, Collection, collections
from ingest.manifest import read_manifest
from ingest.storage import refusal

Check = Callable[[], str]

PACKAGE = "hiring-advisor"
GUIDES = "guides"
LEAST_FREE = 50_000_000
"""Bytes of free space: the exported model takes 90 million, an index of a few guides 2 million."""

_MEGABYTE = 1_000_000


def before_the_prompt() -> bool:
    """Raises what would stop a conversation at once; tells whether index and model are already there."""
    settings = load_settings()
    home(settings, least=0)
    conversations(settings)
    index(settings)
    built = Collection(settings.index, GUIDES).current() is not None
    return built and any(settings.models.glob("*/card.json"))


def all_checks() -> dict[str, Check]:
    """Every check by its name, in the order they are told."""
    return {
        "python": python,
        "packages": packages,
        "home": lambda: home(load_settings()),
        "embedding model": lambda: model(load_settings()),
        "index": lambda: index(load_settings(), deep=True),
        "conversations": lambda: conversations(load_settings(), deep=True),
        "playbook": playbook,
        "corpus": corpus,
        "language model": lambda: language_model(load_settings()),
    }


def python() -> str:
    """The interpreter, and whether it is one the advisor was made for."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise AdvisorError(f"Python {version} is not supported.", "Use Python 3.11, 3.12 or 3.13.")
    return f"{version} in {sys.prefix}"


def packages() -> str:
    """The packages the advisor asks for, each there and new enough."""
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(text) for text in metadata.requires(PACKAGE) or []]
    except metadata.PackageNotFoundError:
        raise AdvisorError(f"{PACKAGE} is not installed here.", "Run `make chat` in the checkout.") from None
    wrong: list[str] = []
    for requirement in needed:
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} is {found}, needed is {requirement.specifier}")
    if wrong:
        raise AdvisorError(f"{'; '.join(wrong)}.", "Install again from requirements.lock.")
    return f"{len(needed)} there, {PACKAGE} {metadata.version(PACKAGE)}"


def home(settings: Settings, least: int = LEAST_FREE) -> str:
    """ADVISOR_HOME can be written and has `least` bytes of room."""
    folder = settings.home
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is said here is nobody else's
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
            probe.flush()
        free = shutil.disk_usage(folder).free
    except (NotADirectoryError, FileExistsError) as error:
        raise StorageError(
            f"{folder} can't hold a folder: a file stands in its way.",
            "Set ADVISOR_HOME to a folder that you may write to.",
        ) from error
    except OSError as error:
        raise refusal(error, folder) from error
    if free < least:
        raise StorageFull(
            f"Only {free // _MEGABYTE} MB are free on the disk that holds {folder}.",
            "Free some space, or set ADVISOR_HOME to a folder on another disk.",
        )
    return f"{folder}, {free // _MEGABYTE:,} MB free"


def model(settings: Settings) -> str:
    """The embedding model is there; once exported, it runs."""
    from advisor.adapters.embedder import OnnxEmbedder

    embedder = OnnxEmbedder(settings.models, settings.embedding_model, settings.threads)
    name = embedder.name
    if not (settings.models / name.replace("@", "-") / "card.json").is_file():
        return f"{name}, not exported yet: the first use does it"
    length = embedder.embed(["a sentence"]).shape[1]
    return f"{name}, {length} dimensions, in {settings.models}"


def index(settings: Settings, deep: bool = False) -> str:
    """Each collection's manifest can be read; `deep` opens all its files and compares the embedder."""
    root = settings.index
    if root.exists() and not root.is_dir():
        raise IndexForeign(f"{root} is a file, not the folder of the index.", f"Move {root} away.")
    guides = root / GUIDES
    if guides.is_dir() and not (guides / POINTER).is_file() and _foreign(guides):
        raise IndexForeign(
            f"The folder {guides} holds files that are no index of this program.",
            "Move that folder away; the index is built anew.",
        )
    found = [_collection(each, settings, deep) for each in collections(root)]
    return "; ".join(found) or "none yet: the first use builds it"


def _foreign(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return bool(names) and not names & {"generations", "writer.lock"}


def _collection(collection: Collection, settings: Settings, deep: bool) -> str:
    folder = collection.opened()
    manifest = read_manifest(folder)
    if deep:
        from advisor.adapters.embedder import OnnxEmbedder
        from ingest.index import OpenIndex

        embedder = OnnxEmbedder(settings.models, settings.embedding_model, settings.threads)
        manifest.require(embedder.name, folder)
        opened = OpenIndex(folder)
        try:
            opened.check()
        finally:
            opened.close()
    return (
        f"{collection.name}: {manifest.passages} passages, {manifest.embedder.name}, "
        f"chunker {manifest.chunker}, corpus {manifest.corpus_hash[:12]}"
    )


def conversations(settings: Settings, deep: bool = False) -> str:
    """The database of conversations can be read and written; `deep` reads all of it."""
    path = settings.database
    if not path.exists():
        return "none yet"
    if not os.access(path, os.W_OK):
        raise StorageError(f"{path} can't be written.", "Give yourself write access to it.")
    with told_as_storage_errors(path), closing(sqlite3.connect(path, timeout=2)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if deep else "ok"
        if verdict != "ok":
            raise ConversationsDamaged(
                f"The conversations in {path} are damaged.",
                "Move that file aside; a new one is started and nothing is deleted.",
            )
        if "checkpoints" not in tables:
            return "none yet"
        count = connection.execute("SELECT COUNT(DISTINCT thread_id) FROM checkpoints").fetchone()[0]
    return f"{count} in {path}"


def playbook() -> str:
    """The playbook loads, and everything in it is sound."""
    from advisor.assembly import builtin_phrases, builtin_rulebook, builtin_verifier

    rulebook = builtin_rulebook()
    builtin_phrases()
    builtin_verifier()
    return f"{len(rulebook.rules)} rules, {len(rulebook.moves)} moves, hash {rulebook.hash[:12]}"


def corpus() -> str:
    """The digests, the registry of sources and the figures load."""
    from advisor.assembly import builtin_corpus

    found = builtin_corpus()
    counts = f"{len(found.sources)} sources, {len(found.passages)} passages, {len(found.figures)} figures"
    return f"{counts}, hash {found.hash[:12]}"


def language_model(settings: Settings) -> str:
    """Which model is asked, tried with one short call of the smallest kind; nothing is sent where none is."""
    from advisor.adapters.openai_language.trial import tried
    from advisor.assembly import endpoint

    if not settings.wants_model:
        return "none connected: rules decide, and the local reader and writer do the rest"
    asked = endpoint(settings)
    try:
        milliseconds = tried(asked)
    except LanguageError as error:
        remedy = "Check ADVISOR_MODEL, OPENAI_BASE_URL and OPENAI_API_KEY; without a model all works too."
        raise AdvisorError(error.message, remedy) from None
    return f"{asked.model} at {asked.base_url or 'OpenAI'} answered in {milliseconds:,} ms"
