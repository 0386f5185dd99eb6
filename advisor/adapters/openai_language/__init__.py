"""A language model behind an OpenAI-compatible endpoint: reads, words and translates; decides nothing."""

from advisor.adapters.openai_language.connection import Endpoint
from advisor.adapters.openai_language.language import OpenAILanguage

__all__ = ["Endpoint", "OpenAILanguage"]
