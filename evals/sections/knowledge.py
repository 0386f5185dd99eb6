"""Knowledge: figures, sources, rules, kits, costs, disagreements, prompts and cues, entry by entry.

What must hold of an entry is scored; what it says, free of names, order and prose, is recorded. Measures
the data as the advisor loads it, without a search, a conversation or a model. An entry is named by what
it rests on, so that one with another id, or in another place of its file, is the same one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, cast

from pydantic import JsonValue

from advisor.assembly import builtin_kits
from advisor.domain.disagreement import Disagreement
from advisor.domain.evidence import Figure, Passage
from advisor.domain.lines import Line, Reference
from advisor.policy.costs.claims import check_claims
from advisor.policy.disagreements import FILE, ledger, not_compared, undisclosed
from advisor.policy.kits.files import SLOT, Kits, LineEntry, PartEntry
from advisor.policy.rulebook import Rulebook, SpokenRule
from corpus.builtin import Corpus
from evals.figures_check import holds
from evals.knowledge_files import Found, cues, packaged, phrases, prompts
from evals.knowledge_records import brief, cited, content, difference, numbered, section_of
from evals.metrics import METRICS, Scored
from evals.metrics import knowledge as metrics
from evals.product import Product
from evals.results import CaseResult, Profile
from evals.sections import ordered

NAME = "knowledge"

Entries = Iterator[tuple[str, Found]]


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """Every entry in both profiles: nothing here takes long."""
    corpus, rulebook, kits = product.corpus, product.rulebook, builtin_kits()
    parts: list[Entries] = [
        figures(corpus),
        sources(corpus),
        advice(rulebook, corpus.passages),
        questions(rulebook, corpus.passages),
        costs(rulebook, corpus.passages),
        disagreements(rulebook, corpus.passages),
        kit_parts(kits, corpus),
        prompts(),
        phrases(),
        cues(),
    ]
    for part in parts:
        yield from ordered(list(_cases(part)), order)


def differs(before: JsonValue, now: JsonValue) -> str:
    """What an entry says that it did not say before, one line."""
    return difference(before, now)


def _cases(entries: Entries) -> Iterator[CaseResult]:
    """Entries as cases; those of one name are numbered by content."""
    for label, record, found in numbered((name, found.record, found) for name, found in entries):
        scored = {metric.name: _score(metric.name, tuple(faults)) for metric, faults in found.faults}
        yield CaseResult(
            section=NAME,
            id=label,
            scores={key: one.value for key, one in scored.items()},
            why={key: one.why for key, one in scored.items() if one.why},
            got=record,
            record=record,
        )


@cache
def _score(name: str, faults: tuple[str, ...]) -> Scored:
    """Most entries have no fault: each metric is asked once about that."""
    return METRICS[name].score(faults=list(faults))


def _unquoted(references: Iterable[Reference], passages: Mapping[str, Passage]) -> list[str]:
    """Quotes that do not stand in their passage."""
    found: list[str] = []
    for reference in references:
        passage = passages.get(reference.passage)
        quote = " ".join(reference.quote.split())
        if passage is None:
            found.append(f"there is no passage {reference.passage}")
        elif not quote or quote not in " ".join(passage.text.split()):
            found.append(f"“{quote}” does not stand in {reference.passage}")
    return found


def _found(record: JsonValue, references: Iterable[Reference], passages: Mapping[str, Passage]) -> Found:
    return Found(record, ((metrics.quote_in_passage, _unquoted(references, passages)),))


def _where(references: Sequence[Reference | None]) -> str:
    """What an entry is called: the section that it rests on first."""
    first = next((one for one in references if one is not None), None)
    return section_of(first.passage) if first else "no passage"


# --- figures and sources --------------------------------------------------------------------------------


def figures(corpus: Corpus) -> Entries:
    """A case for each row, and one for each source: how many rows of each metric it has."""
    counted: dict[str, Counter[str]] = {}
    for figure in corpus.figures:
        counted.setdefault(figure.source_id, Counter())[figure.metric] += 1
        reference = Reference(passage=figure.passage, quote=figure.quote)
        source, passage = corpus.sources.get(figure.source_id), corpus.passages.get(figure.passage)
        dated: list[str] = []
        if source is None or figure.date != source.date:
            dated.append(f"is of {figure.date}, its source of {source.date if source else 'nobody'}")
        if passage is None or passage.source_id != figure.source_id:
            dated.append(f"{figure.passage} is no passage of {figure.source_id}")
        told = [] if holds(figure, figure.quote) else [f"“{figure.quote}” does not hold {brief(figure)}"]
        faults = (
            (metrics.quote_in_passage, _unquoted([reference], corpus.passages)),
            (metrics.figure_in_quote, told),
            (metrics.figure_dated, dated),
        )
        yield f"figure: {figure.source_id}: {figure.quote}", Found(_row(figure), faults)
    for source_id, metric_counts in counted.items():
        yield f"figures of {source_id}", Found(dict(sorted(metric_counts.items())))


def _row(figure: Figure) -> JsonValue:
    """A row; `about` comes first, so that rows of one quote keep their order when a number changes."""
    told = {"id", "label", "passage", "quote", "metric", "role", "level", "region"}
    row: dict[str, JsonValue] = figure.model_dump(mode="json", exclude=told)
    of = (figure.metric, figure.role, figure.level, figure.region)
    return {
        "about": ", ".join(part or "any" for part in of),
        "section": section_of(figure.passage),
        **row,
    }


def sources(corpus: Corpus) -> Entries:
    """The registry."""
    for source in corpus.sources.values():
        record: dict[str, Any] = source.model_dump(mode="json", exclude={"id", "title", "left_out"})
        record["favours"] = sorted(source.favours)
        yield f"source: {source.id}", Found(record)


# --- what is advised ------------------------------------------------------------------------------------


def advice(rulebook: Rulebook, passages: Mapping[str, Passage]) -> Entries:
    """Rules, notes, sequences, moves, contradictions and weights."""
    figures = rulebook.figures
    grounds = Counter((spoken.source.publisher, spoken.rule.ground) for spoken in rulebook.rules)
    for spoken in rulebook.rules:
        name = f"rule: {spoken.source.id}: {spoken.rule.row}"
        same = grounds[(spoken.source.publisher, spoken.rule.ground)]
        yield name, _found(_rule(spoken, same), spoken.rule.rests_on, passages)
    for note in rulebook.notes:
        record = content(note.model_dump(mode="json"), figures)
        yield f"note: {_where(note.rests_on)}", _found(record, note.rests_on, passages)
    for sequence in rulebook.sequences:
        move = rulebook.move(sequence.move)
        dumped = sequence.model_dump(mode="json") | {"move": f"{move.role}+{move.engagement}"}
        yield (
            f"sequence: {_where([sequence.rests_on])}",
            _found(content(dumped, figures), [sequence.rests_on], passages),
        )
    for move in rulebook.moves:
        cited = [one for one in (move.duration_rests_on, move.cost.rests_on) if one is not None]
        record = content(move.model_dump(mode="json"), figures)
        yield f"move: {move.role}+{move.engagement}", _found(record, cited, passages)
    for entry in rulebook.contradictions:
        yield (
            f"contradiction: {' and '.join(sorted(entry.facts))}",
            Found(content(entry.model_dump(mode="json"), figures)),
        )
    yield "weights", Found(content(rulebook.weights.model_dump(mode="json"), figures))


def _rule(spoken: SpokenRule, same_ground: int) -> JsonValue:
    rule = spoken.rule
    record: dict[str, Any] = {
        "when": sorted(rule.when),
        "unless": sorted(rule.unless),
        "supports": dict(sorted(rule.supports.items())),
        "opposes": dict(sorted(rule.opposes.items())),
        "interested": spoken.interested,
        "rules on its ground": same_ground,
        "rests_on": sorted(cited(one.passage, one.quote) for one in rule.rests_on),
    }
    return record


def questions(rulebook: Rulebook, passages: Mapping[str, Passage]) -> Entries:
    """How each fact is asked for, and the order of the facts in a memo."""
    for question in rulebook.questions:
        cited = [] if question.rests_on is None else [question.rests_on]
        record = content(question.model_dump(mode="json"), rulebook.figures)
        yield f"question: {question.fact}", _found(record, cited, passages)
    yield "order of the questions", Found([question.fact for question in rulebook.questions])


# --- costs and disagreements ----------------------------------------------------------------------------


def costs(rulebook: Rulebook, passages: Mapping[str, Passage]) -> Entries:
    """Terms, settings, and vendors' claims as they come out when worked out again."""
    book, figures = rulebook.costs, rulebook.figures
    for route, terms in (("hire", book.hire), ("project", book.project), ("offshore", book.offshore)):
        for term in terms:
            record = content(term.model_dump(mode="json"), figures)
            yield f"cost: {route}: {term.named_by.quote}", _found(record, [term.named_by], passages)
    rest = book.model_dump(mode="json", exclude={"hire", "project", "offshore", "claims"})
    yield "costs", _found(content(rest, figures), [one for _, one in book.references()], passages)
    for claim in check_claims(rulebook):
        record: JsonValue = {
            "claimed": _span(claim.claimed),
            "worked out": [_span(line) for line in (*claim.workings, *claim.compared)],
            "verdict": claim.verdict,
            "rests_on": cited(claim.rests_on.passage, claim.rests_on.quote),
        }
        yield f"claim: {claim.source_id}: {claim.kind}", _found(record, [claim.rests_on], passages)


def _span(line: Line) -> str:
    return f"{line.low:g}–{line.high:g} {line.unit}"


def disagreements(rulebook: Rulebook, passages: Mapping[str, Passage]) -> Entries:
    """The topics of the ledger as they are read from the figures, and whether one is missing."""
    topics = ledger(rulebook)
    for topic in topics:
        told = [Reference(passage=one.passage, quote=one.quote) for one in topic.positions]
        first = section_of(topic.how_rests_on[0].passage)
        found = _found(_topic(topic, rulebook), [*told, *topic.how_rests_on], passages)
        yield f"disagreement: {topic.kind}: {first}", found
    left_alone = not_compared(packaged("advisor", "playbook", FILE))
    pairs = undisclosed(rulebook.figures.values(), topics, left_alone)
    faults = [f"no topic holds both {brief(one)} and {brief(other)}" for one, other in pairs]
    yield (
        "disagreements",
        Found(cast(JsonValue, sorted(left_alone)), ((metrics.disagreements_listed, faults),)),
    )


def _topic(topic: Disagreement, rulebook: Rulebook) -> JsonValue:
    positions = [
        {
            "position": brief(one.figure) if one.figure is not None else cited(one.passage, one.quote),
            "interested": one.interested,
            "claim": one.claim,
            "compared": one.compared,
        }
        for one in topic.positions
    ]
    record: dict[str, object] = {
        "reconciled": topic.reconciled,
        "positions": positions,
        "covers": list(topic.covers),
        "spread": None if topic.spread is None else topic.spread.model_dump(mode="json"),
        "touches": [touch.model_dump(mode="json") for touch in topic.touches],
        "rests_on": [one.model_dump(mode="json") for one in topic.how_rests_on],
    }
    return content(record, rulebook.figures)


# --- kits -----------------------------------------------------------------------------------------------


def kit_parts(kits: Kits, corpus: Corpus) -> Entries:
    """Each part with its lines and rows, the blanks, the timeline, and the order of the parts."""
    for part in kits.parts:
        references = [one for line in (*part.lines, *part.rows) for one in line.rests_on]
        yield f"kit: {part.id}", _found(_part(part), references, corpus.passages)
    for slot in kits.slots.values():
        record = cast(dict[str, JsonValue], content(slot.model_dump(mode="json"), {}, ("hollow",)))
        yield f"blank: {slot.id}", Found({**record, "hollow words": len(slot.hollow)})
    stages = {
        stage.id: content(stage.model_dump(mode="json", include={"length", "of_the_move"}), {})
        for stage in kits.timeline.stages
    }
    lengths = [one.length.rests_on for one in (*kits.timeline.stages, *kits.timeline.others)]
    for plan in kits.timeline.plans:
        record: JsonValue = {
            "stages": [stages[name] for name in plan.stages],
            "work begins": plan.stages.index(plan.work_begins),
        }
        yield f"timeline: {', '.join(sorted(plan.goes_with)) or 'any'}", Found(record)
    rest = [content(one.model_dump(mode="json"), {}, ("stage",)) for one in kits.timeline.others]
    cited = [one for one in lengths if one is not None]
    yield "timeline", _found(rest, cited, corpus.passages)
    yield "order of the kit", Found([part.id for part in kits.parts])


def _part(part: PartEntry) -> JsonValue:
    dumped = part.model_dump(mode="json", exclude={"lines", "rows"})
    record = cast(dict[str, JsonValue], content(dumped, {}))
    return {
        **record,
        "columns": len(part.header),
        "dated": part.dated_header is not None,
        "lines": _lines(part.lines),
        "rows": _lines(part.rows),
    }


def _lines(lines: Sequence[LineEntry]) -> list[JsonValue]:
    """What lines depend on and rest on, with the blanks in them; what they say is prose."""
    told: list[dict[str, object]] = [
        {**line.model_dump(mode="json"), "blanks": [n for text in line.templates for n in SLOT.findall(text)]}
        for line in lines
    ]
    return cast(list[JsonValue], content(told, {}))
