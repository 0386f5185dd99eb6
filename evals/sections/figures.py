"""Figures: is a question for a number answered with the guides' numbers, all sides shown, and none made up?

Some questions are put to the whole advisor, each on a thread of its own; some to the lookup alone, which is
quicker; a grid of questions made of typed fields records what the lookup gives for each, known or not; and
probes record how like a question must be to a way of asking. The fast profile takes a fixed part of each.
"""

from collections.abc import Iterator, Mapping
from random import Random
from string import ascii_letters

from pydantic import JsonValue

from advisor.adapters.chroma_evidence import ChromaEvidence
from advisor.adapters.figure_lookup import asked_figures
from advisor.assembly import Workshop
from advisor.domain.evidence import Figure
from advisor.domain.reply import Reply
from evals.figure_grid import load_grid, outcome, told
from evals.figure_questions import Question, judge, load_questions, load_rows
from evals.knowledge_records import difference
from evals.metrics import figures as metrics
from evals.metrics.registry import Scored
from evals.product import TODAY, Product
from evals.results import CaseResult, Profile, Said
from evals.sections import ordered

NAME = "figures"

TURN = 8
"""Questions are dealt out in turns of eight, which takes from both halves alike."""
TALKED = frozenset((3, 4))
LOOKED_UP = frozenset((1, 6))
"""Places of a turn that the fast profile puts to the advisor, and to the lookup."""

PROBED = (
    "How many questions should we put to a vendor?",
    "How long does hiring an AI engineer take?",
    "How much faster does Groovy Web claim to deliver?",
    "How many kangaroos are there?",
)
STEPS = 100


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """Conversations, then lookups, then the grid and the probes."""
    questions, rows = ordered(load_questions(), order), load_rows()
    for question in questions:
        if profile == "full" or place(question) in TALKED:
            reply = product.advisor.reply_sync(f"figures-{question.id}", question.question, today=TODAY)
            yield talked(question, reply, rows)
    settings = product.settings()
    _ = product.advisor  # builds the index
    evidence = ChromaEvidence(
        settings.index, Workshop(settings, lambda _: None).embedder, product.corpus.figures
    )
    try:
        for question in questions:
            if profile == "full" or place(question) in LOOKED_UP:
                yield looked_up(question, evidence, rows)
        for text in ordered(load_grid().questions(), order):
            record = outcome(evidence.figures(text))
            yield CaseResult(section=NAME, id=f"grid: {text}", got=record, record=record)
    finally:
        evidence.close()
    for text in PROBED:
        record = near_enough(text, product.corpus.figures)
        yield CaseResult(section=NAME, id=f"probe: {text}", got=record, record=record)


def differs(before: JsonValue, now: JsonValue) -> str:
    """Which figures the lookup gives that it did not give before, or the other way round."""
    return difference(before, now)


def place(question: Question) -> int:
    """Where a question stands in its turn of eight, by the number in its id."""
    return int(question.id.lstrip(ascii_letters)) % TURN


def talked(question: Question, reply: Reply, rows: Mapping[str, Figure]) -> CaseResult:
    """One question, put to the advisor on a fresh thread."""
    verdict, conflict = judge(question, reply, rows)
    said = " ".join(reply.text.split())[:160]
    scored: dict[str, Scored] = {}
    if question.none is None:
        scored["figure_found"] = metrics.figure_found.score(verdict=verdict, said=said)
        if question.conflict:
            scored["conflict_shown"] = metrics.conflict_shown.score(shown=conflict, said=said)
    else:
        scored["declined_when_unknown"] = metrics.declined_when_unknown.score(verdict=verdict, said=said)
    return CaseResult(
        section=NAME,
        id=f"talk: {question.question}",
        scores={name: one.value for name, one in scored.items()},
        why={name: one.why for name, one in scored.items() if one.why},
        expected=expected(question, rows),
        got={"verdict": verdict, "conflict": conflict, "kind": reply.kind, "covered": reply.covered},
        transcript=(Said(who="user", text=question.question), Said(who="advisor", text=reply.text)),
    )


def expected(question: Question, rows: Mapping[str, Figure]) -> JsonValue:
    """The rows that answer a question, or that there are none."""
    if question.none is not None:
        return f"no guide gives it ({question.none})"
    return {"rows": [*told(rows[name] for name in question.rows)], "beside": len(question.conflict)}


def looked_up(question: Question, evidence: ChromaEvidence, rows: Mapping[str, Figure]) -> CaseResult:
    """One question, put to the lookup alone; what it gives is recorded as well."""
    finding = evidence.figures(question.question)
    given = told(finding.figures) if finding is not None else []
    if question.none is None:
        missed = [
            f"not given: {row}" for row in told(rows[name] for name in question.rows) if row not in given
        ]
    else:
        missed = [f"given although no guide has it: {row}" for row in given]
    scored = metrics.figure_looked_up.score(missed=missed)
    record = outcome(finding)
    return CaseResult(
        section=NAME,
        id=f"lookup: {question.question}",
        scores={"figure_looked_up": scored.value},
        why={"figure_looked_up": scored.why} if scored.why else {},
        expected=expected(question, rows),
        got=record,
        record=record,
    )


def near_enough(text: str, figures: tuple[Figure, ...]) -> JsonValue:
    """The least likeness of meaning, the same to every way of asking, at which a question gets a figure."""

    def answered(likeness: float) -> bool:
        finding = asked_figures(text, figures, lambda _, candidates: [likeness] * len(candidates))
        return finding is not None and bool(finding.figures)

    low, high = 0, STEPS + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if answered(middle / STEPS) else (middle + 1, high)
    by_words = asked_figures(text, figures)
    return {
        "least likeness": low / STEPS if low <= STEPS else "never",
        "by words alone": told(by_words.figures) != [] if by_words is not None else False,
    }
