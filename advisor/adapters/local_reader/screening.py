"""What can be read at all: cleaning, limits, gibberish, other languages, private data.

Only English is read. Which other language a message is in is guessed by py3langid, and only for
messages without common English words; short ones are taken for English.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from advisor.adapters.local_reader.clauses import lowered
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.playbook import ReadingPlaybook

MAX_CHARACTERS = 8_000
"""What is read of a message; the rest is left with a notice."""
MAX_WORD = 120
"""A longer run without white space is no word: it is left out."""
FEWEST_FOREIGN_WORDS = 3
"""Fewer words than this are never taken for another language in Latin letters."""
SURE_LANGUAGE = 0.9
SHORT_MESSAGE = 12
"""Words up to which single telling words decide on the language."""
FEWEST_TELLING_WORDS = 2

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.,$£€])\+?\d{1,3}?[ (/-]{0,2}\d{2,4}[) /.-]{1,2}\d{3,4}[ .-]?\d{2,4}(?![\w,.]\d|\s?(?:%|k\b))"
    r"|\b(?:linkedin\.com|github\.com)/\S+"
)
_NAME = re.compile(r"\b[A-Z][a-zà-ÿ]+(?:\s[A-Z][a-zà-ÿ]+)?\b")
_FULL_NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]+\s+(?:(?:van|de|von|der|da)\s+)*[A-ZÀ-Þ][a-zà-ÿ]+\b")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")


@dataclass(frozen=True)
class Screened:
    """The text to read, whether it can be read, and what to tell the user."""

    text: str
    refused: Literal["unreadable", "language"] | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrivateData:
    """Stretches that must not be kept, and what they are: "health" or "contact"."""

    spans: tuple[Span, ...] = ()
    kinds: tuple[str, ...] = ()


class Screening:
    """Decides what of a message is read."""

    def __init__(self, data: ReadingPlaybook) -> None:
        scope = data.scope
        self._english = frozenset(scope.english)
        self._languages = scope.languages
        self._foreign_words = {code: frozenset(words) for code, words in scope.foreign_words.items()}
        self._health = data.cue_set(scope.health)
        self._candidates = data.cue_set(scope.candidates)

    def screen(self, text: str) -> Screened:
        """The cleaned text, or why it can't be read. Linear in the length of the text."""
        cleaned = clean(text[: 4 * MAX_CHARACTERS])
        if not re.search(r"\w", cleaned):
            return Screened(cleaned)
        notices: list[str] = []
        if len(cleaned) > MAX_CHARACTERS or len(text) > 4 * MAX_CHARACTERS:
            cleaned = cleaned[:MAX_CHARACTERS]
            notices.append(f"The message is long; I read its first {MAX_CHARACTERS:,} characters.")
        words = cleaned.split()
        kept = [word for word in words if len(word) <= MAX_WORD]
        if not kept or len(" ".join(kept)) < len(cleaned) / 10:
            return Screened(
                "", "unreadable", ("I can't read words in this; please say it in plain English.",)
            )
        if len(kept) < len(words):
            cleaned = " ".join(kept)
            notices.append("I left out a run of characters that is no word.")
        code = self._foreign(cleaned)
        if code is not None:
            said = self._languages.get(code)
            plain = "I read English only; nothing of this message was taken as a fact."
            return Screened(cleaned, "language", (f"{said} ({plain})" if said else plain,))
        return Screened(cleaned, None, tuple(notices))

    def private(self, text: str) -> PrivateData:
        """Contact data, and sentences in which a named person's health is spoken of."""
        spans: list[Span] = []
        kinds: list[str] = []
        for match in _CONTACT.finditer(text):
            digits = sum(letter.isdigit() for letter in match[0])
            if ("@" in match[0] or "/" in match[0] or 8 <= digits <= 15) and not _DATE.fullmatch(match[0]):
                spans.append(Span(match.start(), match.end()))
                kinds.append("contact")
        lower = lowered(text)
        for span in self._candidates.spans(lower):
            ends = [place for mark in ".!?\n" if (place := lower.find(mark, span.end)) >= 0]
            for name in _FULL_NAME.finditer(text, span.end, min(ends, default=len(text))):
                spans.append(Span(name.start(), name.end()))
                kinds.append("contact")
        for span in self._health.spans(lower):
            begin = max(lower.rfind(mark, 0, span.start) for mark in ".!?\n") + 1
            ends = [place for mark in ".!?\n" if (place := lower.find(mark, span.end)) >= 0]
            sentence = Span(begin, min(ends, default=len(text)))
            named = _named_person(text, sentence)
            if named:
                spans.append(_health_clause(text, lower, sentence, span))
                spans += named
                kinds.append("health")
        return PrivateData(tuple(spans), tuple(dict.fromkeys(kinds)))

    def _foreign(self, text: str) -> str | None:
        """The code of the language when it is not English; None for English and for what is too short."""
        letters = [letter for letter in text if letter.isalpha()]
        latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters[:400])
        if letters and latin < 0.5 * min(len(letters), 400):
            return _language(text)[0]
        words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", lowered(text))
        known = sum(word in self._english for word in words)
        if len(words) <= SHORT_MESSAGE and (short := self._told_by_words(text, words, known)) is not None:
            return short
        if len(words) < FEWEST_FOREIGN_WORDS or known >= max(1, len(words) * 0.12):
            return None
        code, sure = _language(text)
        return code if code != "en" and sure >= SURE_LANGUAGE and len(words) >= 4 else None

    def _told_by_words(self, text: str, words: list[str], known: int) -> str | None:
        """The language of a few words: two words of it and fewer of English, or one and the letters."""
        hits = {code: sum(word in own for word in words) for code, own in self._foreign_words.items()}
        best = max(hits, key=lambda code: hits[code])
        if hits[best] < 1 or hits[best] < known:
            return None
        tied = [code for code in hits if hits[code] == hits[best]]
        guess = _language(text)[0] if len(tied) > 1 or hits[best] == 1 else best
        if hits[best] >= FEWEST_TELLING_WORDS and hits[best] > known:
            return guess if guess in tied else best
        return guess if known == 0 and len(words) >= FEWEST_FOREIGN_WORDS and guess in tied else None


def clean(text: str) -> str:
    """Composed letters, no control or invisible characters, ordinary spaces; line breaks stay."""
    composed = unicodedata.normalize("NFC", text)
    kept = (
        letter if letter == "\n" else " " if letter.isspace() else letter
        for letter in composed
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return re.sub(r" {2,}", " ", "".join(kept)).strip()


def _language(text: str) -> tuple[str, float]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = _IDENTIFIER.get("one")
    if identifier is None:
        identifier = _IDENTIFIER["one"] = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    code, sure = identifier.classify(text[:1000])
    return code, float(sure)


_IDENTIFIER: dict[str, Any] = {}  # loaded once, when the first foreign message comes


def _named_person(text: str, sentence: Span) -> list[Span]:
    """Given names in the sentence: capitalised words that don't open it and are no pronoun or title."""
    named: list[Span] = []
    for match in _NAME.finditer(text, sentence.start, sentence.end):
        opens = not re.search(r"\w", text[sentence.start : match.start()])
        if not opens or re.match(r"\s+(?:is|has|was|got|will|had|suffers|from)\b", text[match.end() :]):
            named.append(Span(match.start(), match.end()))
    return [span for span in named if text[span.start : span.end] not in _NO_NAMES]


_NO_NAMES = frozenset(
    [
        "I",
        "We",
        "Our",
        "The",
        "My",
        "He",
        "She",
        "They",
        "It",
        "This",
        "That",
        "There",
        "Slack",
        "Python",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "English",
        "Europe",
        "Germany",
        "France",
        "America",
        "Series",
        "Claude",
        "Gemini",
        "Llama",
        "Azure",
        "Google",
        "Excel",
        "Nobody",
        "Someone",
    ]
)


def _health_clause(text: str, lower: str, sentence: Span, health: Span) -> Span:
    """From the name or "is out with" to the end of the clause that tells of the illness."""
    named = _named_person(text, sentence)
    before = [span.start for span in named if span.start <= health.start]
    begin = min(before, default=health.start)
    closing = re.compile(r",\s(?:so|but|and|now)|;|\)|$").search(lower, health.end, sentence.end)
    end = closing.start() if closing else sentence.end
    return Span(begin, max(end, health.end))
