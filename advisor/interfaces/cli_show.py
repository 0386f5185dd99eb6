"""What a person sees of a decision, of the facts and of hits: lines and tables, nothing computed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from advisor.domain.decision import Alternative, Flip, Line, Recommendation, RuleFired
from advisor.domain.evidence import Hit
from advisor.domain.facts import Fact
from advisor.domain.vocabulary import FactKey
from advisor.interfaces.cli_output import Screen
from advisor.policy.rulebook import Rulebook
from advisor.steps.wording import as_said, line_range, value_words


def show_facts(facts: Mapping[FactKey, Fact], rulebook: Rulebook, screen: Screen) -> None:
    """Each fact with its value and the words it was taken from."""
    if not facts:
        screen.line("Nothing is known yet.")
        return
    rows = [
        (rulebook.question(key).label, value_words(rulebook, key, fact.value), _source(fact))
        for key, fact in facts.items()
    ]
    screen.table(("fact", "value", "from"), rows)


def _source(fact: Fact) -> str:
    if fact.status == "assumed":
        return "assumed"
    doubt = "" if fact.sure == "sure" else ", not sure"
    return f"you said “{as_said(fact.said)}”{doubt}" if fact.said else fact.status


def show_explanation(decision: Recommendation, rulebook: Rulebook, screen: Screen) -> None:
    """Why this move leads: rules, runner-up, flips, what is still worth asking, calculation."""
    screen.line(f"First move: {decision.first.label}")
    screen.line(f"{decision.confidence.capitalize()}; reckoned from {decision.date}.")
    _scores(decision, screen)
    _rules(decision.rules_fired, screen)
    _flips("What would change it", decision.flips, screen)
    _flips("What would change it, two facts at once", decision.flips_of_two, screen)
    _publishers(decision, screen)
    _still_open(decision, rulebook, screen)
    _calculation(decision.calculation, screen)
    screen.line()
    screen.line(f"Playbook {decision.playbook_hash[:12]}")


def _scores(decision: Recommendation, screen: Screen) -> None:
    screen.heading("Scores")
    screen.line(
        f"{decision.first.label} leads {decision.runner_up.label} by {decision.margin}% of its own score."
    )
    rows = [(decision.first.label, str(decision.score), "")]
    rows += [(other.label, str(other.score), _reason(other)) for other in decision.alternatives]
    screen.table(("move", "score", "why it lost"), rows)


def _reason(other: Alternative) -> str:
    return f"{other.reason} ({other.rule})" if other.rule else other.reason


def _rules(rules: Iterable[RuleFired], screen: Screen) -> None:
    screen.heading("Rules fired")
    rows = [
        (rule.id, rule.row, _weights(rule), rule.publisher, "yes, weighs less" if rule.interested else "no")
        for rule in rules
    ]
    if not rows:
        screen.line("None: nothing that was said decides yet.")
        return
    screen.table(("rule", "row of the guide", "weights", "publisher", "sells what it favours"), rows)


def _weights(rule: RuleFired) -> str:
    return ", ".join(f"{target} {weight:+d}" for target, weight in rule.weights.items())


def _flips(heading: str, flips: Iterable[Flip], screen: Screen) -> None:
    rows = [(flip.phrase, flip.label) for flip in flips]
    screen.heading(heading)
    if rows:
        screen.table(("if …", "then first"), rows)
    else:
        screen.line("Nothing that was tried.")


def _publishers(decision: Recommendation, screen: Screen) -> None:
    if not decision.without:
        return
    screen.heading("Without a publisher")
    rows = [(one.publisher, one.sells, "stays" if one.survives else one.label) for one in decision.without]
    screen.table(("publisher", "sells", "first move without it"), rows)


def _still_open(decision: Recommendation, rulebook: Rulebook, screen: Screen) -> None:
    screen.heading("Still worth asking")
    if decision.next_question is None:
        screen.line("Nothing: no open answer is likely to change the first move.")
        return
    question = rulebook.question(decision.next_question)
    screen.line(f"{question.text} ({decision.next_question})")
    screen.line(f"The chance that an open answer changes the first move is {decision.chance_of_change:.0%}.")


def _calculation(lines: Sequence[Line], screen: Screen) -> None:
    screen.heading("Calculation")
    if not lines:
        screen.line("There is no figure to reckon with for this move.")
        return
    rows = [(line.label, line_range(line), line.formula, line.passage or line.origin) for line in lines]
    screen.table(("term", "range", "how", "from"), rows)


def show_hits(hits: Sequence[Hit], screen: Screen) -> None:
    """Passages, best first, each with its place."""
    if not hits:
        screen.notice("Nothing here fits that.")
        return
    for number, hit in enumerate(hits, start=1):
        if number > 1:
            screen.line()
        screen.line(f"{number}. {hit.source_id} · {_place(hit)} · {hit.score:.2f}")
        screen.line(_indented(hit.text))


def _place(hit: Hit) -> str:
    where = hit.locator
    parts = [where.section() or where.path]
    parts += [f"page {where.page}"] if where.page else []
    parts += [f"row {where.row}"] if where.row else [f"line {where.line}"]
    return ", ".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines() if line.strip())


def show_report(report: Mapping[str, object], screen: Screen) -> None:
    """What an ingest did with each file."""
    files = cast(list[dict[str, object]], report["files"])
    rows = [(str(f["path"]), str(f["outcome"]), str(f["passages"]), str(f["reason"])) for f in files]
    if rows:
        screen.table(("file", "outcome", "passages", "reason"), rows)
    removed = cast(list[str], report["removed"])
    for path in removed:
        screen.line(f"{path} is gone from its folder and left the collection.")
    screen.line(
        f"Collection {report['collection']}: {report['passages']} passages, {report['embedded']} embedded "
        f"now, {report['reused']} taken over, in {report['seconds']} s."
    )
