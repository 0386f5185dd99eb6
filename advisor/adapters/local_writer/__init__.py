"""The local writer: a decision becomes a memo, passages become an answer, without a language model."""

from advisor.adapters.local_writer.answers import LocalAnswers
from advisor.adapters.local_writer.memo import LocalMemos

__all__ = ["LocalAnswers", "LocalMemos"]
