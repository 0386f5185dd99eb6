"""Cases by several authors hold their floor: the policy agrees with most, hardly one is wrong by a guide."""

import pytest

from evals.decisions import SETS, agreement


@pytest.mark.parametrize("name", SETS)
def test_the_first_move_is_one_that_the_author_accepts(name: str) -> None:
    # Measured 0.93, 0.93, 0.95 and 0.93, with no case, none, one and none wrong by a guide.
    found = agreement(name)
    assert found.count >= 60
    assert found.share >= 0.90, found.missed
    assert len(found.wrong) <= found.count / 100, found.wrong
