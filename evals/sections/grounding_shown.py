"""What is wrong with what a user gets: citations, markers, numerals, interests, held against the corpus.

Looks at texts, citations and certificates of replies; asks neither verifier nor renderer.
"""

import re
from collections.abc import Iterable, Sequence

from advisor.assembly import builtin_phrases
from advisor.domain.evidence import Citation
from advisor.domain.facts import Fact
from advisor.domain.reply import Reply
from advisor.policy.rulebook import Rulebook
from corpus.builtin import Corpus
from evals.grounding.shown import MARKER, Stated, cited_pieces
from evals.grounding.tracing import held, in_days, shown, untraced
from evals.sections.grounding_findings import Tally

_WORD = re.compile(r"[a-z]{4,}")
_TITLE = re.compile(r"(?:^|\n)(?=# )")
_QUESTION = re.compile(r"(?:^|\n)\*\*[^\n]*\*\*\n")
_EMPTY = frozenset(
    "that with this from have they them their what when which will would there where your".split()
)


def parted(reply: Reply) -> tuple[str, str, str]:
    """A reply's text before the memo or the question, its question with choices and reason, and its memo."""
    before, memo = reply.text, ""
    if reply.memo is not None:
        start = _TITLE.search(before)
        before, memo = (before[: start.start()], before[start.end() :]) if start else ("", before)
    block = _QUESTION.search(before) if reply.question is not None else None
    return (before[: block.start()], before[block.start() :], memo) if block else (before, "", memo)


def invalid_citations(citations: Iterable[Citation], corpus: Corpus) -> list[str]:
    """Citations whose quote is not in its passage, or which the registry knows otherwise."""
    wrong: list[str] = []
    for one in citations:
        passage, source = corpus.passages.get(one.passage_id), corpus.sources.get(one.source_id)
        if passage is None or source is None or passage.source_id != one.source_id:
            wrong.append(f"[{one.number}] names a passage that the corpus does not hold")
            continue
        if not one.quote.strip() or _plain(one.quote) not in _plain(passage.text):
            wrong.append(f"[{one.number}] quotes “{one.quote}”, which its passage does not hold")
        told = (one.publisher, one.sells, one.title, one.date, one.url)
        if told != (source.publisher, source.sells, source.title, source.date, source.url):
            wrong.append(f"[{one.number}] tells of {one.source_id} otherwise than the registry: {told}")
        if passage.locator.headings[-1] not in one.section:
            wrong.append(f"[{one.number}] names the section “{one.section}”, which is not its passage's")
    return wrong


def misflagged(citations: Iterable[Citation], digests: Iterable[str]) -> list[str]:
    """Citations that call a quote of a digest verbatim, or one of another document ours."""
    ours = frozenset(digests)
    return [
        f"[{one.number}] {'is marked as verbatim' if one.verbatim else 'is marked as ours'}: {one.line()}"
        for one in citations
        if one.verbatim == (one.source_id in ours) or ("our words" in one.line()) == one.verbatim
    ]


def misnumbered(text: str, citations: Sequence[Citation]) -> list[str]:
    """Gaps in the numbers, markers that point to nothing, and citations that no marker points to."""
    numbers = [one.number for one in citations]
    pointed = {int(number) for number in MARKER.findall(text)}
    wrong = [] if numbers == list(range(1, len(numbers) + 1)) else [f"the numbers run {numbers}"[:100]]
    wrong += [f"[{number}] points to no citation" for number in sorted(pointed - {*numbers})]
    return [*wrong, *(f"no marker points to [{number}]" for number in sorted({*numbers} - pointed))]


def mispointing(stated: Iterable[Stated], citations: Sequence[Citation]) -> Tally:
    """The markers of a memo's claims that are not the passages and quotes which the claim rests on."""
    by_number = {one.number: one for one in citations}
    markers, wrong = 0, list[str]()
    for one in stated:
        if one.claim is None:
            continue
        rests_on = {(e["passage"], e["quote"]) for e in one.claim["evidence"] if e["kind"] == "passage"}
        computed = any(e["kind"] in ("calculation", "decision") for e in one.claim["evidence"])
        for number in one.numbers:
            markers += 1
            cited = by_number.get(number)
            if cited is None or (cited.passage_id, cited.quote) not in rests_on:
                wrong.append(f"[{number}] is not what “{one.text}” rests on")
            elif not computed and not _shares(one.text, f"{cited.quote} {cited.section}"):
                wrong.append(f"[{number}] says nothing of “{one.text}”")
    return Tally(markers, tuple(wrong))


def without_lineage(stated: Iterable[Stated]) -> Tally:
    """The statements of a memo's text that no claim accounts for, or that lack a marker they need."""
    looked_at, wrong = 0, list[str]()
    for one in stated:
        evidence = one.claim["evidence"] if one.claim is not None else ()
        if evidence and all(e["kind"] == "own" for e in evidence):
            continue  # the advisor's own words claim nothing; their numerals are traced all the same
        looked_at += 1
        needs = len({(e["passage"], e["quote"]) for e in evidence if e["kind"] == "passage"})
        if not evidence or len(set(one.numbers)) < needs:
            wrong.append(one.text)
    return Tally(looked_at, tuple(wrong))


def answer_without_lineage(before: str) -> Tally:
    """The paragraphs, items and rows of a covered answer that carry no marker; fixed phrases aside."""
    phrases = builtin_phrases()
    own = {phrases.say("figures_of_one"), phrases.say("figures_no_city")}
    pieces = [one for one in cited_pieces(before) if one.text not in own]
    return Tally(len(pieces), tuple(one.text for one in pieces if not one.numbers))


def answer_mispointing(before: str, citations: Sequence[Citation]) -> Tally:
    """The markers of an answer whose quote, where it is first pointed to, is not what is said there."""
    by_number = {one.number: one for one in citations}
    met: set[int] = set()
    wrong: list[str] = []
    for one in cited_pieces(before):
        for number in dict.fromkeys(one.numbers):
            if number in met:
                continue
            met.add(number)
            cited = by_number.get(number)
            if cited is None or not _supports(cited, one.text):
                wrong.append(f"[{number}] is not what “{one.text}” rests on")
    return Tally(len(met), tuple(wrong))


def reason_mispointing(block: str, reply: Reply, rulebook: Rulebook) -> Tally:
    """The markers of why a question is asked, held against what the playbook rests the question on."""
    numbers = [int(number) for number in MARKER.findall(block)]
    entry = rulebook.question(reply.question.fact) if reply.question is not None else None
    quote = entry.rests_on.quote if entry is not None and entry.rests_on is not None else None
    by_number = {one.number: one for one in reply.citations}
    quotes = {number: by_number[number].quote if number in by_number else "" for number in numbers}
    wrong = [f"[{n}] is not what the question rests on" for n, told in quotes.items() if told != quote]
    if quote is not None and not numbers:
        wrong.append("the question names no passage that it rests on")
    return Tally(max(len(numbers), len(wrong)), tuple(wrong))


def said_untraced(reply: Reply, said: Sequence[str], rulebook: Rulebook, corpus: Corpus) -> list[str]:
    """The numerals of a reply's text, its memo aside, in no passage cited, nothing said, no fact."""
    before, block, _ = parted(reply)
    grounds = [*said, *_cited_texts(reply.citations, corpus), *_of_facts(reply.facts.values())]
    if reply.question is not None:
        asked = rulebook.question(reply.question.fact)
        grounds += [asked.text, asked.why, *(answer.label for answer in asked.answers)]
    grounds += [answer.label for question in rulebook.questions for answer in question.answers]
    spans = [days for text in said for days in in_days(text)]
    return untraced(MARKER.sub("", f"{before}\n{block}"), grounds, spans)


def presented(reply: Reply, corpus: Corpus, said: str) -> list[str]:
    """The figures of an answer that stand in no passage which it cites and were not asked about."""
    before, _, _ = parted(reply)
    return untraced(MARKER.sub("", before), [said, *_cited_texts(reply.citations, corpus)])


def silent_of_interests(text: str, citations: Sequence[Citation], corpus: Corpus) -> Tally:
    """The cited publishers for whom a text does not show what the registry says that they sell."""
    cited = {one.source_id for one in citations}
    sellers = {
        corpus.sources[key].publisher: corpus.sources[key].sells for key in cited if key in corpus.sources
    }
    silent = [f"{name}, {sells}" for name, sells in sorted(sellers.items()) if not sells or sells not in text]
    return Tally(len(sellers), tuple(silent))


def _supports(cited: Citation, text: str) -> bool:
    """Whether a quote is what a piece of an answer says: half its words of content, or one of its figures."""
    figures = shown(cited.quote)
    if figures and held([text]) & figures.keys():
        return True
    words = _content(cited.quote)
    return not words or 2 * len(words & _content(text)) >= min(len(words), len(_content(text)))


def _shares(text: str, quote: str) -> bool:
    return bool(_content(text) & _content(quote) or shown(text).keys() & held([quote]))


def _content(text: str) -> set[str]:
    """The words of content, each by its first five letters, so that endings do not tell them apart."""
    return {word[:5] for word in _WORD.findall(text.lower()) if word not in _EMPTY}


def _cited_texts(citations: Iterable[Citation], corpus: Corpus) -> list[str]:
    texts: list[str] = []
    for one in citations:
        passage = corpus.passages.get(one.passage_id)
        texts += [one.quote, passage.text if passage else "", one.date or "", one.sells]
        texts += [figure.label for figure in corpus.figures if figure.passage == one.passage_id]
    return texts


def _of_facts(facts: Iterable[Fact]) -> list[str]:
    texts: list[str] = []
    for fact in facts:
        texts.append(fact.said or "")
        value = fact.value
        parts = value.values() if isinstance(value, dict) else [value]
        texts += [f"{part:.0f}" if isinstance(part, float) else str(part) for part in parts]
    return texts


def _plain(text: str) -> str:
    return " ".join(text.split())
