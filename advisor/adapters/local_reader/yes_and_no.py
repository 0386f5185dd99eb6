"""Short answers: a yes or a no that stands for itself, and words that speak of what was asked."""

import re

_LEAD_IN = (
    "well|oh|hmm+|honestly|actually|so|sadly|unfortunately|luckily|god|hell|i'd say|i think|i guess|for us"
)
_HEAD = (
    "yes|yeah|yep|yup|ya|aye|sure|right|correct|exactly|indeed|absolutely|definitely|certainly|of course|"
    "no|nope|nah|naw|never|not|none|nothing"
)
_UNDERLINING = (
    "yes|no|oh|really|at all|definitely|absolutely|of course|sure|certainly|indeed|always|not|never|yet|"
    "so far|sir|mate|i think|i guess|i believe|probably|for sure|luckily|sadly|ever|"
    "that i know of|that we know of|as far as i know|as far as we know|to my knowledge|exactly|"
    "sorry|i'm afraid"
)
_ALONE = re.compile(rf"\W*(?:(?:{_LEAD_IN})\W+)*(?:{_HEAD})\b(?:\W+(?:{_UNDERLINING})\b)*", re.IGNORECASE)
_ECHO = re.compile(
    r"\W*(?:we|it|they|there|he|she|i|that|this|you) (?:really |already |just |definitely )?"
    r"(?:do|does|is|are|am|can|has|have|did|will|would|must|should|was|were|could)(?:n't| not)?(?: so)?\W*"
)
_AMOUNT = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|millions?|billions?|"
    r"few|some|many|lots?|little|small|low|high|tiny|huge)\b"
)
_WORD = re.compile(r"[a-z]{4,}")
_COMMON = frozenset(
    "that this have with what does from they them there will would your ours about some such once must "
    "someone inside here just like".split(" ")
)


def answers_alone(sentence: str) -> bool:
    """Whether the sentence is a yes or a no and words that only underline or echo it."""
    head = _ALONE.match(sentence)
    if head is None:
        return False
    rest = sentence[head.end() :]
    # "Yes, and we have ten weeks" answers and goes on; "yes, but" may take it back.
    return not re.search(r"\w", rest) or bool(_ECHO.fullmatch(rest) or re.match(r"\W+and\b", rest))


def speaks_of(sentence: str, question: str) -> bool:
    """Whether a sentence shares a word that means something with the question; both in lower case."""
    return bool(_content(sentence) & _content(question))


def names_an_amount(text: str) -> bool:
    """Whether a text in lower case says how much: a digit, a number word, "lots"."""
    return _AMOUNT.search(text) is not None


def _content(text: str) -> frozenset[str]:
    # Cut to their beginnings, so that forms of a word agree.
    return frozenset(word[:5] for word in _WORD.findall(text) if word not in _COMMON)
