"""The local reader: a message becomes typed commands without a language model."""

from advisor.adapters.local_reader.playbook import ReadingPlaybook, load_reading
from advisor.adapters.local_reader.reader import LocalReader

__all__ = ["LocalReader", "ReadingPlaybook", "load_reading"]
