"""Retrieval: does a search find what answers a question, from both its sides, and only where something does?

Cases: each question of evals/retrieval; each document, with what must hold of its passages; a search within
each guide; and probes, which put made-up values through the parts of a search and record what comes. A
probe moves when a weight, a threshold or a limit does, and not when the guides are cut anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import cast

from pydantic import JsonValue

from advisor.assembly import GUIDES, Workshop
from advisor.domain.evidence import Hit, Passage
from advisor.ports.embedding import Embedder
from corpus.catalog import digest_files, read_text
from evals.metrics import retrieval as metrics
from evals.metrics.registry import Metric
from evals.product import Product
from evals.results import CaseResult, Profile
from evals.retrieval_gold import Gold, found_ids, load_gold
from evals.retrieval_metrics import Case, every_question
from evals.retrieval_passages import (
    Document,
    halves,
    long_document,
    lost,
    misplaced,
    too_long,
    without_header,
    without_path,
)
from evals.retrieval_probes import probes
from evals.sections import ordered
from ingest.chunk import passages as cut
from ingest.generations import Collection
from ingest.index import OpenIndex
from ingest.lexical import stems

NAME = "retrieval"
KINDS = ("lexical", "paraphrased", "typo", "several", "named", "distant")
Given = tuple[Metric, Mapping[str, object]]
"""A metric, and what it is given."""

TOLERANCE = 0.002
"""Of a recorded number: another machine's last digits are no difference, a weight moved by a hundredth is."""


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """Every question in both profiles: a search takes milliseconds."""
    gold = load_gold()
    for case in ordered(every_question(), order):
        yield asked(case, product.advisor.search(case.question, metrics.DEPTH), gold)
    workshop = Workshop(product.settings(), lambda _: None)
    for document, passages in documents(product, workshop.embedder):
        yield checked(document, passages, workshop.embedder)
    yield from within_guides(product)
    for name, record in probes(product.advisor, workshop.embedder).items():
        yield CaseResult(section=NAME, id=f"probe: {name}", got=record, record=record)


# --- questions ------------------------------------------------------------------------------------------


def asked(case: Case, hits: Sequence[Hit], gold: Gold) -> CaseResult:
    """One question with the passages that a search gave for it, best first."""
    wanted = sorted(case.gold)
    told = [(hit.passage_id, hit.source_id, hit.text.partition("\n")[2]) for hit in hits]
    found = found_ids(gold, told, wanted)
    given: list[Given] = [(metrics.withheld, {"found": found})]
    if case.parts:
        parts = [sorted(part) for part in case.parts]
        ranks: dict[str, object] = {"found": found, "gold": wanted}
        given = [
            (metrics.id_based_context_precision, ranks),
            (metrics.id_based_context_recall, ranks),
            (metrics.ndcg_at_10, ranks),
            (metrics.mrr, ranks),
            (metrics.hit_at_5, {"found": found, "parts": parts}),
        ]
        if case.side is not None:
            side = metrics.found_by_meaning if case.side == "meaning" else metrics.found_by_words
            given.append((side, {"found": found, "parts": parts}))
    return _scored(
        f"{case.kind}: {case.question}",
        given,
        expected=cast(JsonValue, [sorted(part) for part in case.parts] or "nothing"),
        got=cast(
            JsonValue, [{"passage": hit.passage_id, "score": hit.score, "text": hit.text} for hit in hits[:5]]
        ),
    )


def _scored(name: str, given: Sequence[Given], expected: JsonValue, got: JsonValue) -> CaseResult:
    scored = {metric.name: metric.score(**values) for metric, values in given}
    return CaseResult(
        section=NAME,
        id=name,
        scores={key: one.value for key, one in scored.items()},
        why={key: one.why for key, one in scored.items() if one.why},
        expected=expected,
        got=got,
    )


# --- passages -------------------------------------------------------------------------------------------


def documents(product: Product, embedder: Embedder) -> Iterator[tuple[Document, list[Passage]]]:
    """Each digest with its passages in the index, then a long document of our own, cut for the same model."""
    index = OpenIndex(Collection(product.settings().index, GUIDES).opened())
    held: dict[str, list[Passage]] = {}
    for passage in index.passages.stream():
        held.setdefault(passage.source_id, []).append(passage)
    index.close()
    for source_id, name in digest_files().items():
        title = product.corpus.sources[source_id].title
        yield Document(source_id, title, read_text(name)), held.get(source_id, [])
    long = long_document()
    yield long, cut(long.text, long.id, f"{long.id}.md", long.title, embedder.count, embedder.window)


def checked(document: Document, passages: Sequence[Passage], embedder: Embedder) -> CaseResult:
    """What must hold of the passages of a document."""
    faults = [
        (metrics.sentences_whole, halves(document, passages)),
        (metrics.passages_short, too_long(passages, embedder.count, embedder.window)),
        (metrics.rows_with_header, without_header(document, passages)),
        (metrics.passages_located, misplaced(document, passages)),
        (metrics.headings_in_text, without_path(passages)),
        (metrics.nothing_lost, lost(document, passages)),
    ]
    return _scored(
        f"passages of {document.id}",
        [(metric, {"faults": found}) for metric, found in faults],
        expected="no fault",
        got=cast(JsonValue, [fault for _, found in faults for fault in found[:20]]),
    )


def within_guides(product: Product) -> Iterator[CaseResult]:
    """A search in each guide alone."""
    for source_id in digest_files():
        hits = product.advisor.search("What does an AI engineer cost?", 4, sources=[source_id])
        scores = [hit.score for hit in hits]
        faults = [f"{hit.passage_id} is not of {source_id}" for hit in hits if hit.source_id != source_id]
        if len(hits) != 4:
            faults.append(f"{len(hits)} passages instead of 4")
        if scores != sorted(scores, reverse=True):
            faults.append("the best does not come first")
        if len({hit.passage_id for hit in hits}) < len(hits):
            faults.append("a passage comes twice")
        yield _scored(
            f"search in {source_id}",
            [(metrics.search_scope_kept, {"faults": faults})],
            expected="4 passages of this guide, best first",
            got=[hit.passage_id for hit in hits],
        )


# --- over all cases -------------------------------------------------------------------------------------


def totals(cases: Sequence[CaseResult]) -> dict[str, float]:
    """hit@5 by kind of question, and the share of a question's stems that its gold passages hold."""
    found: dict[str, float] = {}
    for kind in KINDS:
        hits = [case.scores[metrics.hit_at_5.name] for case in cases if case.id.startswith(f"{kind}: ")]
        if hits:
            found[f"hit_at_5_{kind}"] = sum(hits) / len(hits)
    return found | word_overlap()


def word_overlap() -> dict[str, float]:
    """By kind, the mean share of a question's stems that occur in its gold passages: how much words help."""
    gold, shares = load_gold(), dict[str, list[float]]()
    for case in every_question():
        if case.parts:
            held = set(stems(" ".join(" ".join(run) for name in case.gold for run in gold.runs[name])))
            asked_for = set(stems(case.question))
            shares.setdefault(case.kind, []).append(len(asked_for & held) / len(asked_for))
    return {f"word_overlap_{kind}": sum(found) / len(found) for kind, found in shares.items()}


def differs(before: JsonValue, now: JsonValue) -> str:
    """What a probe gives that it did not give before, one line."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return "" if before == now else "nothing to compare with"
    changed = [name for name in {**before, **now} if not _alike(before.get(name), now.get(name))]
    if not changed:
        return ""
    name = changed[0]
    more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
    return f"{name}: {now.get(name)}, was {before.get(name)}{more}"


def _alike(before: JsonValue, now: JsonValue) -> bool:
    if isinstance(before, float | int) and isinstance(now, float | int):
        return abs(before - now) <= TOLERANCE
    return before == now
