"""Every error a user can meet, drawn as a tree.

    AdvisorError                what went wrong, and what to do next
    ├── SettingsError           a setting has a value that can't be used
    ├── InputError              what the user gave can't be used
    │   ├── UnknownThread       no conversation has this name
    │   ├── BadCertificate      not a certificate of this program
    │   └── BadPath             a file or folder that can't be read
    ├── ExtraMissing            an optional part of the program is not installed
    ├── PlaybookError           a rule, question, move or prompt file is wrong
    ├── CorpusError             a digest, the registry or the figures are wrong
    ├── KnowledgeError          the index can't be used
    │   ├── IndexMissing        nothing was ingested yet
    │   ├── IndexDamaged        files are missing or unreadable
    │   ├── IndexForeign        made by another embedder, chunker or program
    │   └── IndexBusy           another process is writing (retryable)
    ├── StorageError            the disk doesn't do what is asked
    │   ├── StorageFull
    │   ├── StorageReadOnly
    │   └── ConversationsDamaged
    ├── ModelError              the embedding model can't be loaded
    └── LanguageError           a reader or writer gave up (retryable by another)
        └── CallsSpent          a turn has made as many calls of a model as it may; nothing to tell

Each carries `message` (one sentence: what is wrong) and `remedy` (one sentence: what to do).
Errors never log themselves and never become answers; the faces turn them into words.
"""


class AdvisorError(Exception):
    """Base of the tree."""

    retryable = False

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class SettingsError(AdvisorError):
    pass


class InputError(AdvisorError):
    pass


class UnknownThread(InputError):
    pass


class BadCertificate(InputError):
    pass


class BadPath(InputError):
    pass


class ExtraMissing(AdvisorError):
    pass


class PlaybookError(AdvisorError):
    pass


class CorpusError(AdvisorError):
    pass


class KnowledgeError(AdvisorError):
    pass


class IndexMissing(KnowledgeError):
    pass


class IndexDamaged(KnowledgeError):
    pass


class IndexForeign(KnowledgeError):
    pass


class IndexBusy(KnowledgeError):
    retryable = True


class StorageError(AdvisorError):
    pass


class StorageFull(StorageError):
    pass


class StorageReadOnly(StorageError):
    pass


class ConversationsDamaged(StorageError):
    pass


class ModelError(AdvisorError):
    pass


class LanguageError(AdvisorError):
    retryable = True


class CallsSpent(LanguageError):
    pass
