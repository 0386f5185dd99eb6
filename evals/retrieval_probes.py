"""Made-up values put through the parts of a search, with what comes of them: how sides are weighed, when
nothing fits, which slips are mended, what counts as the same passage, how alike two sentences are.

Each record is flat: what was put in, in words, with what came out.
"""

import numpy as np
from pydantic import JsonValue

from advisor.adapters.fusion import fits, folded, fused, known_share
from advisor.adapters.spelling import mended
from advisor.assembly import Advisor
from advisor.ports.embedding import Embedder
from ingest.lexical import LexicalIndex, stems

Record = dict[str, JsonValue]

TEXTS = (
    "An agency sends a team for a fixed price and hands the system over.",
    "A contractor works by the hour; the hourly rate is $120 at most.",
    "Hiring an engineer takes 1,200 hours of interviews, hiring and more hiring.",
    "Data must be cleaned before anybody builds on it.",
)
QUERIES = ("hiring engineers", "the hourly rates of contractors", "cleaning 1200 agencies", "penguins")
VOCABULARY = ("pipeline", "engineer", "salary", "agency", "rate", "data", "contract", "hiring", "model")
PIECES = frozenset(("what", "is", "the", "of", "an", "raise", "a"))
TYPED = (
    "what is the salry of an enginer",
    "what is the slaary of an egineerr",
    "what is the raet of an agnecy",
    "what is the data of an xata",
    "what is the rat of an aent",
    "what is the contrakkt of an pipelynnnes",
    "what is the raise of an modle",
    "what is the contrkt of an slarry",
)
PAIRS = (
    ("What does a senior engineer earn?", "Pay of experienced developers"),
    ("What does a senior engineer earn?", "Bread is baked in an oven"),
    ("Who owns it after launch?", "Responsibility once the system is live"),
    ("How long does hiring take?", "The search for staff runs for months"),
)


def probes(advisor: Advisor, embedder: Embedder) -> dict[str, Record]:
    """Each probe by name."""
    return {
        "weighing": weighing(),
        "nothing fits": nothing_fits(),
        "words": words(),
        "spelling": spelling(),
        "near duplicates": near_duplicates(),
        "likeness": likeness(embedder),
        "reach of a search": reach(advisor),
    }


def weighing() -> Record:
    """The score for some likenesses and BM25 scores, in a collection whose rarest word weighs 6."""
    record: Record = {}
    for cosine in (-0.2, 0.0, 0.3, 0.6, 1.0):
        for bm25 in (0.0, 3.0, 9.0, 24.0):
            (score,) = fused(np.array([cosine]), np.array([bm25]), 6.0)
            record[f"likeness {cosine:g} with BM25 {bm25:g}"] = round(float(score), 4)
    return record


def nothing_fits() -> Record:
    """The least score of a best passage that is given at all, by the share of words known."""
    record: Record = {}
    for known in (0.0, 0.25, 0.5, 0.75, 1.0):
        steps = (step / 200 for step in range(201))
        record[f"least score with {known:.0%} of the words known"] = next(s for s in steps if fits(s, known))
    weights = {"rare": 4.0, "known": 1.0, "unknown": 3.0}
    share = known_share(list(weights), weights.__getitem__, lambda stem: stem != "unknown")
    return record | {
        "share of words known, by rarity": round(share, 4),
        "of no words": known_share([], len, bool),
    }


def words() -> Record:
    """BM25 scores of four sentences, and the stems behind them."""
    index = LexicalIndex.build(TEXTS)
    record: Record = {}
    for query in QUERIES:
        record[f"stems of “{query}”"] = list(stems(query))
        for number, score in enumerate(index.scores(stems(query)), start=1):
            record[f"“{query}” in sentence {number}"] = round(float(score), 4)
    return record | {
        "rarest word of four sentences": round(index.rarest, 4),
        "rarity of hiring": round(index.rarity("hire"), 4),
        "first words of the vocabulary": list(index.vocabulary[:3]),
    }


def spelling() -> Record:
    """What is made of words with slips; short ones, known ones and long texts included."""
    known = {*VOCABULARY, *PIECES}

    def count(text: str) -> int:
        return 2 + sum(1 if word in known else 2 for word in text.split())

    record: Record = {f"“{text}”": mended(text, VOCABULARY, count) for text in TYPED}
    for length in (30, 39, 42, 60):
        text = " ".join(["salry", *["data"] * (length - 1)])
        record[f"first of {length} words"] = mended(text, VOCABULARY, count).split()[0]
    return record


def near_duplicates() -> Record:
    """In a passage of a hundred words, how many may differ for it to count as the same one."""
    passage = [f"w{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(100)]

    def kept(differing: int) -> int:
        other = [*passage[: 100 - differing], *["other"] * differing]
        return len(folded([" ".join(passage), " ".join(other)], str))

    apart = next(number for number in range(101) if kept(number) == 2)
    figures = folded([" ".join([*passage, "180"]), " ".join([*passage, "190"])], str)
    return {"words that differ, from which both are kept": apart, "kept where a figure differs": len(figures)}


def likeness(embedder: Embedder) -> Record:
    """How alike the model finds some pairs of sentences, and how much of a text it reads."""
    vectors = embedder.embed([text for pair in PAIRS for text in pair])
    record: Record = {
        f"“{one}” and “{other}”": round(float(vectors[2 * at] @ vectors[2 * at + 1]), 4)
        for at, (one, other) in enumerate(PAIRS)
    }
    return record | {
        "pieces read": embedder.window,
        "pieces of “unanswerable questions”": embedder.count("unanswerable questions"),
    }


def reach(advisor: Advisor) -> Record:
    """How far into a question a search reads, how many passages it gives, and when it gives none."""
    question = "What does a senior AI engineer earn in the US?"
    record: Record = {
        f"found behind {blanks} blanks": bool(advisor.search(" " * blanks + question))
        for blanks in (0, 3500, 5000)
    }
    return record | {f"given of {k}": len(advisor.search(question, k)) for k in (0, 1, 10, 25)}
