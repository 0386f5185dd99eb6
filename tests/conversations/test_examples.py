"""The sample memos in examples/ are what the product writes today, word for word."""

from pathlib import Path

import pytest

from advisor import Advisor
from advisor.settings import Settings
from evals.examples import EXAMPLES, Example, memo_of, path_of, text_of


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_written_again(example: Example, tmp_path: Path, model_cache: Path) -> None:
    with Advisor.open(Settings(home=tmp_path, model_cache=model_cache)) as advisor:
        written = text_of(memo_of(advisor, example, "example"))
    assert written == path_of(example).read_text("utf-8")
