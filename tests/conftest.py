"""What all tests share: the exported model, and a way to be an ordinary user even when run as root."""

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from advisor.adapters.chroma_evidence import ChromaEvidence
from advisor.adapters.embedder import OnnxEmbedder
from advisor.testing.embedding import HashingEmbedder
from ingest.pipeline import Report, ingest_paths

CHECKOUT = Path(__file__).parent.parent

for _name in [name for name in os.environ if name.startswith("OPENAI_")]:
    del os.environ[_name]  # no test asks a model that the developer pays for

# Chainlit reads its settings, and writes them where there are none, when it is imported.
os.environ["CHAINLIT_APP_ROOT"] = tempfile.mkdtemp(prefix="chainlit-")

PAY = "# Pay\n\n## Bands\n\n| Level | Base |\n|---|---|\n| Senior | $180K |\n| Mid | $150K |\n"
TIME = "# Time\n\n## How long\n\nHiring takes 90 days with notice periods.\n"


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where exported models are kept: in the checkout, so that only the first run ever exports."""
    return CHECKOUT / ".cache" / "models"


@pytest.fixture(scope="session")
def real_embedder(model_cache: Path) -> OnnxEmbedder:
    """The built-in MiniLM model."""
    return OnnxEmbedder(model_cache)


def environment(home: Path, model_cache: Path, **more: str) -> dict[str, str]:
    """This process's environment with a home of its own, no terminal, and nothing from the user's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_")}
    ours = {"ADVISOR_HOME": str(home), "ADVISOR_MODEL_CACHE": str(model_cache), "PYTHONUTF8": "1"}
    return {**kept, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(CHECKOUT), **ours, **more}


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """A home whose index is built and which has no conversation. Copy it; don't write into it."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    command = [sys.executable, "-m", "advisor", "threads"]
    made = subprocess.run(
        command, env=environment(home, model_cache), capture_output=True, text=True, timeout=300, check=False
    )
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture
def hashing() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def guides(tmp_path: Path) -> Path:
    """A folder with two small guides."""
    folder = tmp_path / "guides"
    folder.mkdir()
    (folder / "pay.md").write_text(PAY)
    (folder / "time.md").write_text(TIME)
    return folder


@pytest.fixture
def index_root(tmp_path: Path) -> Path:
    """Where the indexes of a test go; not there yet."""
    return tmp_path / "index"


@pytest.fixture
def ingest(guides: Path, index_root: Path, hashing: HashingEmbedder) -> Callable[..., Report]:
    """Ingests paths (the guides when none is given) into the collection `guides`."""

    def run(*paths: Path, embedder: HashingEmbedder = hashing, **other: Any) -> Report:
        return ingest_paths(paths or [guides], "guides", index_root, embedder, **other)

    return run


@pytest.fixture
def found() -> Callable[..., str]:
    """The text of the best passage for a question under an index root, "" when nothing fits."""

    def best(root: Path, question: str, embedder: HashingEmbedder | None = None) -> str:
        evidence = ChromaEvidence(root, embedder or HashingEmbedder())
        try:
            return "".join(hit.text for hit in evidence.search(question, 1))
        finally:
            evidence.close()

    return best


class _CapHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def _without_root_powers() -> Iterator[None]:
    """Permissions count in the block, also for root: this thread gives up its right to pass them over."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = _CapHeader(0x20080522, 0), (_CapData * 2)()  # the third version of the kernel's call
    assert libc.capget(ctypes.byref(header), data) == 0
    before = data[0].effective
    data[0].effective = before & ~0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert libc.capset(ctypes.byref(header), data) == 0
    try:
        yield
    finally:
        data[0].effective = before
        assert libc.capset(ctypes.byref(header), data) == 0


@pytest.fixture
def ordinary_user() -> Callable[[], AbstractContextManager[None]]:
    """A context manager in which file permissions hold, whoever runs the tests."""
    return _without_root_powers
