"""One conversation as a case: its replies and its memo held against certificate, corpus and playbook."""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.disagreement import Position
from advisor.domain.facts import Fact
from advisor.domain.memo import Memo
from advisor.domain.reply import Reply
from advisor.policy.certificate import differences
from advisor.policy.disagreements import MOST_SHOWN, for_memo, ledger, touching
from advisor.policy.rulebook import Rulebook
from evals.dialogues import Held
from evals.grounding.lineage import Lineage
from evals.grounding.shown import Shown, Stated, memo_shown
from evals.grounding.tracing import shown
from evals.metrics import grounding as metrics
from evals.product import Product
from evals.results import CaseResult, Said
from evals.sections.grounding_findings import Findings, Tally
from evals.sections.grounding_shown import (
    answer_mispointing,
    invalid_citations,
    misflagged,
    misnumbered,
    mispointing,
    parted,
    reason_mispointing,
    said_untraced,
    silent_of_interests,
    without_lineage,
)

SECTIONS = ("first", "sure", "why", "flips", "lost", "interests", "kit")
"""What every memo has. The others depend on the case."""
PAIRS = 3
"""Flips of two facts that a memo shows at most."""


def dialogue_case(held: Held, product: Product) -> CaseResult:
    """How the replies and memos of one conversation came out; its record is where the guides differ."""
    findings = Findings()
    said: list[str] = []
    for reply, message in zip(
        held.replies, (text for who, text in held.transcript if who == "user"), strict=True
    ):
        said.append(message)
        look_at(reply, said, product, findings)
    scores, why = findings.scores()
    memos = [reply.memo for reply in held.replies if reply.memo is not None]
    return CaseResult(
        section="grounding",
        id=f"dialogue/{held.case}",
        scores=scores,
        why=why,
        record=topics_told(memos[-1], product.rulebook) if memos else None,
        transcript=tuple(Said.model_validate({"who": who, "text": text}) for who, text in held.transcript),
    )


def look_at(reply: Reply, said: Sequence[str], product: Product, findings: Findings) -> None:
    """Adds what is wrong with one reply, and with its memo, after these messages of the user."""
    corpus, rulebook = product.corpus, product.rulebook
    before, block, told = parted(reply)
    findings.add(metrics.quote_valid, invalid_citations(reply.citations, corpus))
    findings.add(metrics.verbatim_flag, misflagged(reply.citations, corpus.sources))
    findings.add(metrics.citations_numbered, misnumbered(reply.text, reply.citations))
    findings.add(metrics.numeral_lineage, said_untraced(reply, said, rulebook, corpus))
    findings.add(metrics.citation_precision, answer_mispointing(before, reply.citations))
    if reply.question is not None:
        findings.add(metrics.citation_precision, reason_mispointing(block, reply, rulebook))
    if reply.memo is not None:
        _look_at_memo(reply, reply.memo, told, product, findings)


def _look_at_memo(reply: Reply, memo: Memo, told: str, product: Product, findings: Findings) -> None:
    corpus, certificate = product.corpus, _as_saved(memo)
    lineage = Lineage(certificate, corpus.passages, corpus.sources, corpus.figures)
    in_chat = memo_shown(told, certificate["claims"])
    exported = memo_shown(memo.text, certificate["claims"])
    findings.add(metrics.quote_valid, invalid_citations(memo.citations, corpus))
    findings.add(metrics.verbatim_flag, misflagged(memo.citations, corpus.sources))
    findings.add(metrics.citations_numbered, misnumbered(memo.text, memo.citations))
    for text, citations in ((in_chat, reply.citations), (exported, memo.citations)):
        findings.add(metrics.citation_recall, without_lineage(text.stated))
        findings.add(metrics.citation_precision, mispointing(text.stated, citations))
        findings.add(metrics.numeral_lineage, _untraced(text, lineage))
        if list(text.sources) != [one.number for one in citations]:
            findings.add(metrics.citations_numbered, ["the list of sources is not that of the citations"])
    findings.add(metrics.interests_shown, silent_of_interests(told, reply.citations, corpus))
    findings.add(metrics.disagreements_shown, _unshown(memo, in_chat, reply, product.rulebook))
    findings.add(metrics.memo_complete, _missing(memo, certificate, told, in_chat, exported))
    findings.add(metrics.memo_replay, differences(certificate, product.rulebook, corpus.hash))


def topics_told(memo: Memo, rulebook: Rulebook) -> JsonValue:
    """The topics on which the memo shows the guides to differ, each as its positions' words.

    Told are those that come first whichever way ties are broken, so that the order of the file is free.
    """
    case, decision = _case(memo), memo.recommendation
    reversed_file = touching(tuple(reversed(ledger(rulebook))), decision, case)[:MOST_SHOWN]
    told = [
        one for one in for_memo(rulebook, decision, case) if one.id in {other.id for other in reversed_file}
    ]
    return sorted([sorted(_name(position) for position in topic.positions) for topic in told])  # pyright: ignore[reportReturnType]


def unnoticed_changes(memo: Memo, product: Product) -> list[str]:
    """The changes to a certificate that a replay does not name, each made to a copy of its own."""
    certificate = _as_saved(memo)
    return [
        f"a replay says nothing of {what}"
        for what, changed in _tampered(certificate)
        if not differences(changed, product.rulebook, product.corpus.hash)
    ]


def _tampered(certificate: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    def copied() -> dict[str, Any]:
        return copy.deepcopy(dict(certificate))

    for part, name, other in (("first", "role", "data_scientist"), ("runner_up", "score", -1)):
        changed = copied()
        changed["decision"][part][name] = other
        yield f"another {name} of {part}", changed
    changed = copied()
    changed["decision"]["margin"] += 1
    yield "another margin", changed
    changed = copied()
    rule = changed["decision"]["rules_fired"][0]
    rule["weights"] = {target: weight + 1 for target, weight in rule["weights"].items()}
    yield "another weight of a rule", changed
    changed = copied()
    changed["claims"].pop()
    yield "a claim taken out", changed
    changed = copied()
    changed["claims"][0]["text"] += " It costs $7."
    yield "a claim added to", changed
    changed = copied()
    passage = next(iter(changed["passages"]))
    changed["passages"][passage] += " And more."
    yield "another passage", changed
    changed = copied()
    changed["facts"].pop(next(iter(changed["facts"])))
    yield "a fact taken out", changed
    changed = copied()
    changed["corpus"] = "0" * 64
    yield "another corpus", changed


def _untraced(text: Shown, lineage: Lineage) -> list[str]:
    found: list[str] = []
    for one in text.stated:
        if one.claim is not None:
            found += [f"{numeral} in “{one.text}”" for numeral in lineage.untraced(one.claim)]
        else:
            found += [f"{numeral} in “{one.text}”" for numeral in shown(one.text).values()]
    return found


def _unshown(memo: Memo, told: Shown, reply: Reply, rulebook: Rulebook) -> Tally:
    """The positions in play that no row shows with publisher, figure, interest and marker."""
    rows = [one for one in told.stated if " | " in one.text]
    quotes = {one.number: (one.passage_id, one.quote) for one in reply.citations}
    topics = for_memo(rulebook, memo.recommendation, _case(memo))
    missing = [
        f"{position.publisher} on {topic.subject}"
        for topic in topics
        for position in topic.positions
        if not any(_shows(row, position, quotes) for row in rows)
    ]
    return Tally(sum(len(topic.positions) for topic in topics), tuple(missing))


def _shows(row: Stated, position: Position, quotes: Mapping[int, tuple[str, str]]) -> bool:
    cited = {quotes.get(number) for number in row.numbers}
    text = row.text.casefold()
    if (position.passage, position.quote) not in cited or position.publisher.casefold() not in text:
        return False
    figure = position.figure
    ends = [float(end) for end in (figure.low, figure.high) if end is not None] if figure else []
    return position.sells in row.text and (not ends or shown(row.text).keys() >= set(ends))


def _missing(memo: Memo, certificate: Mapping[str, Any], told: str, in_chat: Shown, exported: Shown) -> Tally:
    """What the memo owes and shows nowhere: by the decision in the chat, by the certificate anywhere."""
    decision = memo.recommendation
    owed = [
        decision.first.label,
        decision.first.exit_criterion,
        decision.runner_up.label,
        *(move.label for move in decision.then),
        *(other.label for other in decision.alternatives),
        *(flip.phrase for flip in decision.flips_of_two[:PAIRS]),
        *(left.publisher for left in decision.without),
        *(one.sells for one in decision.interests),
        *(assumption.taken for assumption in decision.assumptions),
    ]
    lower = told.casefold()
    missing = [one for one in owed if one.rstrip(".").casefold() not in lower]
    facts = {fact for flip in decision.flips for fact in flip.changes}
    flipped = {fact for flip in decision.flips if flip.phrase in told for fact in flip.changes}
    missing += [f"what a change of {fact} flips" for fact in sorted(facts - flipped)]
    amounts = shown(told).keys()
    priced = [(one.id, line.low) for one in decision.costs.estimates for line in (one.p10, one.p50, one.p90)]
    missing += [f"{low:,.0f} of the route {route}" for route, low in priced if low not in amounts]
    claimed = [(str(claim["section"]), str(claim["text"])) for claim in certificate["claims"]]
    missing += [f"section {name}" for name in SECTIONS if name not in {section for section, _ in claimed}]
    chat, memo_file = ({one.text for one in text.stated} for text in (in_chat, exported))
    missing += [
        f"{section}: {text}"
        for section, text in claimed
        if (not section.startswith("kit_") and text not in chat)
        or (section != "kit" and text not in memo_file)
    ]
    looked_at = len(owed) + len(facts) + len(priced) + len(SECTIONS) + len(claimed)
    return Tally(looked_at, tuple(missing))


def _case(memo: Memo) -> Case:
    held: Mapping[str, Any] = memo.certificate["facts"]  # pyright: ignore[reportAssignmentType]
    return Case.from_facts({key: Fact.model_validate(fact) for key, fact in held.items()})  # pyright: ignore[reportArgumentType]


def _as_saved(memo: Memo) -> dict[str, Any]:
    """The certificate as a file of it would be read."""
    return json.loads(json.dumps(memo.certificate))


def _name(position: Position) -> str:
    return f"{position.source_id}: {' '.join(position.quote.split())}"


def topics_difference(before: Iterable[Iterable[str]], now: Iterable[Iterable[str]]) -> str:
    """The first topic that only one of two records holds, one line; empty when they are the same."""
    then, told = {tuple(one) for one in before}, {tuple(one) for one in now}
    for topic in sorted(then - told):
        return f"the memo no longer shows that guides differ: {'; '.join(topic)[:160]}"
    for topic in sorted(told - then):
        return f"the memo shows another difference among guides: {'; '.join(topic)[:160]}"
    return ""
