"""Private data taken out of texts: each find becomes a typed placeholder, the same one wherever it recurs.

Patterns and the numbering plans of `phonenumbers` find what has a form. Names of people and firms are
learned where they are introduced ("my name is …", "we are … GmbH") and replaced everywhere. What was
named without any of that is not recognised: `left_over` lists the capitalised words for a person to judge.
Amounts, dates, durations and volumes stay.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Kind = str

_NAME_WORD = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+(?:[-'’][A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)?"
_PERSON = rf"{_NAME_WORD}(?:\s+(?:(?:van|von|de|der|den|da|di|del|la|le|bin|al)\s+)*{_NAME_WORD}){{0,2}}"
_FIRM_WORD = r"[A-ZÀ-ÖØ-Þ][\w&'’-]*"
_FIRM = rf"{_FIRM_WORD}(?:\s+(?:(?:&|and|und|et)\s+)?{_FIRM_WORD}){{0,3}}"
_LEGAL = (
    r"(?:GmbH(?:\s*&\s*Co\.?\s*KG)?|gGmbH|AG|KG|UG|SE|Inc|Corp|Corporation|LLC|LLP|Ltd|Limited|PLC|plc|Pty|"
    r"SAS|SARL|S\.A\.R\.L|S\.A|SA|SRL|S\.r\.l|SpA|S\.p\.A|BV|B\.V|NV|N\.V|Oy|Oyj|AB|ApS|A/S|sp\.\s?z\s?o\.\s?o|s\.r\.o)"
)
_SHORT = r"(?:\.(?=,|\s+(?-i:[a-z])))?"
"""The full stop of "Inc.", where it ends no sentence."""
_JOB = (
    r"(?i:cto|ceo|coo|cfo|cio|cpo|vp|founder|co-?founder|colleague|engineer|developer|dev|scientist|analyst|"
    r"boss|manager|lead|head|director|architect|contractor|freelancer|candidate|applicant|intern|recruiter|"
    r"consultant|lawyer|accountant|assistant|wife|husband|brother|sister|friend|partner|owner|"
    r"guy|person|teammate|admin|specialist|expert|designer|programmer|doctor|professor)"
)
_TLD = (
    r"(?:com|net|org|info|biz|io|ai|dev|app|co|eu|de|at|ch|fr|es|it|pt|nl|be|pl|cz|se|no|dk|fi|uk|ie|us|ca|in|"
    r"au|nz|jp|cn|br|mx|za|ru|ua|tr|gr|ro|hu|xyz|cloud|tech|online|shop|site|store|group|agency|example|test|"
    r"local|internal|lan|intranet|corp)"
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTHS}\s+\d{{4}}|{_MONTHS}\s+\d{{1,2}},?\s+\d{{4}})"
)

PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "key",
        re.compile(
            r"\b(?:sk|pk|rk)[-_](?:[\w-]{10,})|\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}|\bgh[a-z]_\w{16,}"
            r"|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bAIza[\w-]{20,}|\bhf_\w{16,}"
            r"|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?|\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9_]{32,}\b"
        ),
    ),
    (
        "key",
        re.compile(
            r"(?i:\b(?:password|passwd|passcode|pwd|secret|token|api[ _-]?key|pin)\b"
            r"(?:\s+(?:is|was)\s+|\s*[:=]\s*)|\bbearer\s+)(?P<what>(?=[^\s,;]*\d)[^\s,;]{4,})"
        ),
    ),
    ("mention", re.compile(r"<[@#!][^<>\s]+>|(?<![\w.@/])@(?=[A-Za-z])[\w.-]*\w")),
    (
        "e-mail",
        re.compile(r"(?:mailto:)?[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|\b[\w.+-]+\s?(?:\(at\)|\[at\])\s?[\w.-]+\w"),
    ),
    (
        "link",
        re.compile(
            r"\b(?:https?|ftp|sftp|ssh|wss?|postgres(?:ql)?|mysql|mongodb|redis|s3)://[^\s<>\"“”)\]]+", re.I
        ),
    ),
    (
        "link",
        re.compile(
            rf"(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+{_TLD}(?![\w-]|\.\w)(?::\d+)?(?:/[^\s<>\"“”)\]]*)?",
            re.I,
        ),
    ),
    (
        "link",
        re.compile(
            r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])(?::\d+)?"
        ),
    ),
    ("id number", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    (
        "date of birth",
        re.compile(
            rf"(?i:\b(?:born(?:\s+on)?|date\s+of\s+birth:?|dob:?|birthday(?:\s+is)?)\s+)(?P<what>{_DAY})",
            re.I,
        ),
    ),
    (
        "street",
        re.compile(
            rf"\b\d{{1,5}}[a-z]?\s+(?:{_NAME_WORD}\s+){{1,3}}"
            r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Square|Court|Place|Terrace|Close)\b"
            r"|\b[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|str\.|gasse|platz|allee|weg)\s+\d{1,4}[a-z]?\b"
            rf"|\b(?:\d{{1,4}},?\s+)?(?:rue|avenue|boulevard|calle|via|ul\.|ulica)\s+(?:(?:de|du|des|la|le|del)\s+)*{_NAME_WORD}(?:\s+{_NAME_WORD})?(?:\s+\d{{1,4}}\b)?"
        ),
    ),
)
"""What has a form, by type. Where there is a group `what`, it alone is replaced."""

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")
_CARD = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d.,]\d|\d)")
_CALLED = re.compile(
    r"(?i:\b(?:phone|telephone|tel|mobile|cell|call|whatsapp|fax|handy|sms)\b)\D{0,20}"
    r"(?P<what>\+?\d[\d ()./-]{5,18}\d)"
)
_REGIONS = (None, "US", "GB", "DE", "FR")
"""Numbering plans; None is numbers that begin with a plus. Others need their own grouping to be met."""

PEOPLE: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?i:\bmy\s+(?:full\s+)?name(?:\s+is|'s|’s)\s+|\bname:\s*)(?P<who>{_PERSON})"),
    re.compile(
        rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Frau|Mme|Monsieur|Madame|Sir|Señora?)\b\.?\s+(?P<who>{_PERSON})"
    ),
    re.compile(
        rf"(?i:\bi(?:'m|’m|\s+am)\s+)(?P<who>{_NAME_WORD}\s+{_NAME_WORD})(?=\s*[,.;:!(]|\s+(?:from|at|of|and|here)\b|$)"
    ),
    re.compile(
        rf"(?i:\bi(?:'m|’m|\s+am)\s+)(?P<who>{_NAME_WORD})(?=,?\s+(?:from|at|(?:the\s+|a\s+|an\s+)?{_JOB})\b)"
    ),
    re.compile(rf"(?i:\b(?:this|it)\s+is\s+)(?P<who>{_PERSON})(?=\s+(?:from|at|here|speaking)\b)"),
    re.compile(rf"(?i:\b(?:named|goes\s+by|signed|sincerely,?|regards,?|cheers,?)\s+)(?P<who>{_PERSON})"),
    re.compile(rf"\b{_JOB}(?:,|\s+is|\s+called|:)?\s+(?P<who>{_PERSON})"),
    re.compile(
        rf"\b(?P<who>{_NAME_WORD}(?:\s+{_NAME_WORD})?),?\s+(?:(?:is\s+)?(?:our|my|the|their)\s+)(?:[a-z]+\s+)?{_JOB}\b"
    ),
    re.compile(rf"\b(?P<who>{_NAME_WORD}\s+{_NAME_WORD})(?=,\s+(?:{_JOB}|who)\b)"),
)
"""Where a person is named."""

_PAIR = re.compile(rf"(?<![\w'’-])(?P<first>{_NAME_WORD})\s+(?P<second>{_NAME_WORD})(?!\w)")
"""Two names beside each other: a person, unless one of them is public."""

FIRMS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?P<who>{_FIRM}),?\s+{_LEGAL}(?!\w){_SHORT}"),
    re.compile(
        r"(?i:\b(?:company|firm|startup|start-up|agency|business|employer|client|customer|bank)"
        rf"(?:\s+is)?\s+(?:called|named)\s+)(?P<who>{_FIRM})"
    ),
    re.compile(
        rf"(?i:\b(?:we\s+are|we're|we’re)\s+)(?P<who>{_FIRM})(?=\s*,\s+(?:a|an|the|based|from|in)\b|\s+(?:from|based\s+in)\b)"
    ),
    re.compile(rf"(?i:\b(?:i\s+work|we\s+work|working|i'm|i’m|i\s+am)\s+(?:at|for)\s+)(?P<who>{_FIRM})"),
    re.compile(rf"(?i:\b(?:here\s+at|us\s+at|all\s+of\s+us\s+at|{_JOB}\s+(?:of|at))\s+)(?P<who>{_FIRM})"),
)
"""Where a firm is named."""

PUBLIC = frozenset(
    """
    AI ML LLM LLMs GPT ChatGPT API APIs OpenAI Anthropic Claude Gemini Google Microsoft Azure AWS
    Amazon Llama Mistral Python Java JavaScript TypeScript React Django Rust Go Kubernetes Docker
    Postgres PostgreSQL MySQL Snowflake Databricks Excel Slack Zapier Salesforce HubSpot Zendesk
    Jira Notion Power BI SAP Shopify Stripe Apple Android Linux Windows Europe Germany France Poland
    Spain Italy Portugal Romania Ukraine India Britain England Ireland America Africa Asia Austria
    Switzerland Netherlands Brazil Mexico Canada London Berlin Paris English German French Polish
    Spanish Italian Dutch European American Indian British Eastern Western Northern Southern United
    States Kingdom Central Latin South North West East HIPAA GDPR SOC FDA PCI ISO NIST MDR BaFin
    Series Seed CTO CEO COO CFO CIO CPO VP HR QA ETL RAG MLOps SaaS B2B B2C SMB I We Our The My He
    She They It This That There A An And But So If In On At For From With To Of No Yes Not Just Who
    What When Why How Which January February March April May June July August September October
    November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Senior Junior Data
    Full Part Time Remote Machine Learning Head Software Engineer Developer Scientist Product
    Research Support Sales Marketing Finance Legal Operations New York San Francisco Los Angeles
    Hong Kong Tel Aviv Las Vegas Bay Area Silicon Valley Middle Far
    """.split()
)
"""Words with a capital that name nobody: they decide, or anyone may know them."""


@dataclass(frozen=True)
class _Find:
    start: int
    end: int
    kind: Kind
    key: str


class PrivateData:
    """What is private in some texts that belong together, and the placeholder of each find.

    `texts` are all of them, so that a name introduced in one is known in the others; `speakers` are display
    names. With `keep_names` people and firms keep theirs.
    """

    def __init__(
        self, texts: Iterable[str], speakers: Iterable[str] = (), *, keep_names: bool = False
    ) -> None:
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._names: dict[str, tuple[Kind, str]] = {}
        self.replaced: Counter[Kind] = Counter()
        if keep_names:
            return
        for name in speakers:
            self._learn("person", name)
        kept = tuple(texts)
        for kind, patterns in (("firm", FIRMS), ("person", PEOPLE)):
            for match in (found for text in kept for one in patterns for found in one.finditer(text)):
                self._learn(kind, match["who"])
        for match in (found for text in kept for found in _PAIR.finditer(text)):
            words = {match["first"], match["second"]}
            if not words & PUBLIC and not any(word.casefold() in self._names for word in words):
                self._learn("person", match[0])

    def without(self, text: str) -> str:
        """The text with a placeholder for each find; `replaced` counts them by type."""
        parts: list[str] = []
        at = 0
        for find in _apart(self._finds(text)):
            number = self._numbers.setdefault((find.kind, find.key), self._next(find.kind))
            parts += [text[at : find.start], f"[{find.kind} {number}]"]
            self.replaced[find.kind] += 1
            at = find.end
        return "".join(parts) + text[at:]

    def _next(self, kind: Kind) -> int:
        return 1 + sum(one == kind for one, _ in self._numbers)

    def _learn(self, kind: Kind, name: str) -> None:
        """A name as a whole, and of a person each part of it, of a firm its first word."""
        words = re.sub(rf",?\s+{_LEGAL}\.?$", "", name.strip()).split()
        while words and (words[0] in PUBLIC or not words[0][0].isupper()):
            words.pop(0)
        while words and (words[-1] in PUBLIC or not words[-1][0].isupper()):
            words.pop()
        whole = " ".join(words)
        for part in (whole, *(words if kind == "person" else words[:1])):
            if part not in PUBLIC and len(part) > 1 and part[0].isupper():
                self._names.setdefault(part.casefold(), (kind, whole.casefold()))

    def _finds(self, text: str) -> Iterator[_Find]:
        for kind, pattern in PATTERNS:
            for match in pattern.finditer(text):
                group = "what" if "what" in pattern.groupindex else 0
                found = match[group].rstrip(".,;:!?") if kind == "link" else match[group]
                start = match.start(group)
                yield _Find(start, start + len(found), kind, found.casefold())
        yield from _accounts(text)
        yield from _phones(text)
        for name, (kind, key) in sorted(self._names.items(), key=lambda pair: -len(pair[0])):
            for match in re.finditer(
                rf"(?<!\w){re.escape(name)}(?:,?\s+{_LEGAL}(?!\w){_SHORT})?(?!\w)", text, re.IGNORECASE
            ):
                if text[match.start()].isupper() or kind == "firm":
                    yield _Find(*match.span(), kind, key)


def _apart(finds: Iterable[_Find]) -> Sequence[_Find]:
    """Finds that do not overlap, in order: the one that begins first wins, then the longer one."""
    kept: list[_Find] = []
    for find in sorted(finds, key=lambda one: (one.start, -one.end)):
        if not kept or find.start >= kept[-1].end:
            kept.append(find)
    return kept


def _accounts(text: str) -> Iterator[_Find]:
    """IBANs and card numbers whose check digits are right, so that no amount is taken for one."""
    for match in _IBAN.finditer(text):
        plain = re.sub(r"\s", "", match[0])
        if int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1:
            yield _Find(*match.span(), "account", plain.casefold())
    for match in _CARD.finditer(text):
        digits = [int(letter) for letter in match[0] if letter.isdigit()][::-1]
        if sum(sum(divmod(digit * (1 + at % 2), 10)) for at, digit in enumerate(digits)) % 10 == 0:
            yield _Find(*match.span(), "account", "".join(map(str, digits)))


def _phones(text: str) -> Iterator[_Find]:
    """Telephone numbers that a numbering plan knows, and whatever is said to be one."""
    import phonenumbers

    for region in _REGIONS:
        leniency = phonenumbers.Leniency.STRICT_GROUPING if region else phonenumbers.Leniency.VALID
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency):
            yield _Find(match.start, match.end, "phone", re.sub(r"\D", "", match.raw_string))
    for match in _CALLED.finditer(text):
        yield _Find(*match.span("what"), "phone", re.sub(r"\D", "", match["what"]))


def left_over(texts: Iterable[str]) -> list[str]:
    """Capitalised words that still stand inside sentences and may name someone, each once, in order."""
    found: Mapping[str, None] = dict.fromkeys(
        match[0]
        for text in texts
        for match in re.finditer(rf"(?<![\w\[])(?:{_FIRM_WORD})(?:\s+{_FIRM_WORD})*", text)
        if not all(word in PUBLIC for word in match[0].split()) and not _opens(text, match)
    )
    return list(found)


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether it is one word with a capital because it begins a sentence."""
    return (
        " " not in match[0] and re.search(r"(?:^|[.!?:\n]\s*|[\"“(]\s*)$", text[: match.start()]) is not None
    )
