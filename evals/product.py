"""The product under measure: the same advisor that users talk to, on a home of its own.

The guides' index is built anew for each run, so that nothing of an older build is measured.
"""

import datetime as dt
import tempfile
from functools import cached_property
from pathlib import Path
from types import TracebackType

from advisor.adapters.embedder import OnnxEmbedder
from advisor.assembly import Advisor, builtin_corpus, builtin_rulebook
from advisor.policy.rulebook import Rulebook
from advisor.settings import Settings, load_settings
from corpus.builtin import Corpus

TODAY = dt.date(2026, 11, 20)
"""The date that all cases reckon from."""

MODELS = Path(__file__).parents[1] / ".cache" / "models"
"""Where exported models are kept between runs."""


def export_model(models: Path = MODELS) -> None:
    """Exports the embedding model where it isn't yet, so that no two processes do it at once."""
    _ = OnnxEmbedder(models.resolve()).dimensions


class Product:
    """Opens the advisor when it is first asked for; closes it at the end. Use as a context manager."""

    def __init__(self, models: Path = MODELS) -> None:
        self._models = models.resolve()
        self._folder = tempfile.TemporaryDirectory(prefix="advisor-evals-")
        self._opened: list[Advisor] = []

    def __enter__(self) -> "Product":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for advisor in self._opened:
            advisor.close()
        self._folder.cleanup()

    @property
    def home(self) -> Path:
        """The folder of this run alone."""
        return Path(self._folder.name)

    def settings(self, **changed: object) -> Settings:
        """Settings of this run, without a language model unless `changed` names one.

        One thread a model: two lanes run beside each other, and threads of both wait for the same cores.
        """
        given: dict[str, object] = {
            "home": self.home,
            "model_cache": self._models,
            "model": "none",
            "threads": 1,
        }
        return load_settings(**(given | changed))  # pyright: ignore[reportArgumentType]

    @cached_property
    def advisor(self) -> Advisor:
        """The advisor with the embedded defaults, without a language model."""
        return self.opened(self.settings())

    def opened(self, settings: Settings) -> Advisor:
        """Another advisor, closed with this product."""
        advisor = Advisor.open(settings, today=lambda: TODAY)
        self._opened.append(advisor)
        return advisor

    @property
    def rulebook(self) -> Rulebook:
        """The playbook in use."""
        return builtin_rulebook()

    @property
    def corpus(self) -> Corpus:
        """The corpus in use."""
        return builtin_corpus()
