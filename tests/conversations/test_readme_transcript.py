"""The README's sample conversation is what the product says today, word for word."""

from pathlib import Path

from advisor import Advisor
from advisor.settings import Settings
from evals.transcript import README, held, shown


def test_the_sample_conversation_is_held_again(tmp_path: Path, model_cache: Path) -> None:
    with Advisor.open(Settings(home=tmp_path, model_cache=model_cache)) as advisor:
        assert held(advisor) == shown(README.read_text("utf-8"))
