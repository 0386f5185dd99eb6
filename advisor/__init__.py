"""The hiring advisor: ask what matters, decide by rules one can read, cite every claim."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.assembly import Advisor

__all__ = ["Advisor"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Late, because the command line must print its help without loading the graph.
    if name == "Advisor":
        from advisor.assembly import Advisor

        return Advisor
    raise AttributeError(f"module 'advisor' has no attribute {name!r}")
