"""The memo's first section: what to do first, with whom, for how long, at what cost, and when it is done."""

from collections.abc import Iterable, Mapping

from advisor.adapters.local_writer.lineage import DECIDED, of_lines, rests_on
from advisor.domain.case import Case
from advisor.domain.decision import Line, Recommendation, RuleFired
from advisor.domain.facts import Fact
from advisor.domain.memo import CalculationEvidence, Claim, Evidence, FactEvidence
from advisor.domain.vocabulary import LEVELS, FactKey, Level
from advisor.policy.rulebook import Rulebook
from advisor.ports.language import MemoBrief
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import amount, money

MOST_NOTES = 7


class FirstMove:
    """Writes the claims about the first move."""

    def __init__(self, phrases: Phrasebook, rulebook: Rulebook) -> None:
        self._phrases = phrases
        self._rulebook = rulebook

    def write(self, brief: MemoBrief) -> Iterable[Claim]:
        """The claims in order: what to do, what not yet, for how long and how much, when it is done."""
        recommendation, facts = brief.recommendation, brief.facts
        first = recommendation.first
        opening = "first_move_bring_in"
        if first.role == "none_yet":
            opening = "first_move"
        elif first.engagement == "full_time":
            opening = "first_move_hire"
        yield Claim(text=self._phrases.say(opening, label=first.label), evidence=DECIDED)
        said: list[Evidence] = []
        if first.engagement != "full_time":
            not_yet = self._not_yet(recommendation)
            said += not_yet.evidence
            yield not_yet
        lines = {line.id: line for line in recommendation.calculation}
        yield from self._duration(lines)
        yield from self._too_short(lines, facts)
        yield from self._hourly(lines)
        yield from self._sum(recommendation)
        yield from self._over_budget(recommendation, facts)
        yield from self._level(recommendation)
        yield Claim(text=self._phrases.say("done_when", criterion=first.exit_criterion), evidence=DECIDED)
        for note in recommendation.notes[:MOST_NOTES]:
            evidence = rests_on(note)
            if not set(evidence) <= set(said):
                yield Claim(text=note.text, evidence=evidence)

    def _not_yet(self, recommendation: Recommendation) -> Claim:
        """With the rule that told most against a full-time role, where one did."""
        first = self._rulebook.move(recommendation.first.id).targets
        against = min(
            (rule for rule in recommendation.rules_fired if _fits(rule, first)),
            key=lambda rule: rule.weights.get("full_time", 0),
            default=None,
        )
        if against is None or against.weights.get("full_time", 0) >= 0:
            return Claim(text=self._phrases.say("not_yet"), evidence=DECIDED)
        text = self._phrases.say("not_yet_because", why=against.why)
        return Claim(text=text, evidence=(*DECIDED, *rests_on(against)))

    def _duration(self, lines: dict[str, Line]) -> Iterable[Claim]:
        line = lines.get("weeks") or lines.get("duration_cut") or lines.get("duration")
        if line is not None:
            length = f"{amount(line.low)} to {amount(line.high)}"
            length = amount(line.high) if line.low == line.high else length
            text = self._phrases.say("duration", length=f"{length} {line.unit}")
            yield Claim(text=text, evidence=of_lines(line, lines.get("duration")))

    def _too_short(self, lines: dict[str, Line], facts: Mapping[FactKey, Fact]) -> Iterable[Claim]:
        line, deadline = lines.get("duration"), Case.from_facts(facts).timeline_days
        if line is not None and deadline is not None and deadline.high < line.low:
            evidence = (FactEvidence(fact="timeline_days"), CalculationEvidence(line=line.id))
            days, low = amount(deadline.high), amount(line.low)
            text = self._phrases.say("deadline_too_short", days=days, low=low)
            yield Claim(text=text, evidence=evidence)

    def _over_budget(self, recommendation: Recommendation, facts: Mapping[FactKey, Fact]) -> Iterable[Claim]:
        first, budget = recommendation.costs.of_first(), Case.from_facts(facts).budget_usd
        if first is None or budget is None or budget.currency != first.unit:
            return
        named = money(budget.high, first.unit)
        phrase, line = (
            ("over_budget", first.p10) if budget.high < first.p10.low else ("tight_budget", first.p50)
        )
        if budget.high < line.low:
            evidence = (FactEvidence(fact="budget_usd"), CalculationEvidence(line=line.id))
            text = self._phrases.say(phrase, budget=named, low=money(line.low, first.unit))
            yield Claim(text=text, evidence=evidence)

    def _hourly(self, lines: dict[str, Line]) -> Iterable[Claim]:
        cost, hours, rate = (lines.get(key) for key in ("cost", "hours", "rate"))
        if cost is not None and hours is not None and rate is not None:
            text = self._phrases.say(
                "budget_total",
                low=money(cost.low),
                high=_upper(cost),
                hours_low=amount(hours.low),
                hours_high=amount(hours.high),
                rate_low=money(rate.low),
                rate_high=_upper(rate),
            )
            yield Claim(text=text, evidence=of_lines(rate, hours, cost))

    def _sum(self, recommendation: Recommendation) -> Iterable[Claim]:
        """What the first move comes to with all its terms, as the simulation gives it."""
        first = recommendation.costs.of_first()
        if first is None:
            yield Claim(text=recommendation.first.cost_note, evidence=DECIDED)
            return
        low, middle, high = (money(line.low, first.unit) for line in (first.p10, first.p50, first.p90))
        text = self._phrases.say(f"budget_{first.id}", low=low, middle=middle, high=high)
        yield Claim(text=text, evidence=of_lines(first.p10, first.p50, first.p90))

    def _level(self, recommendation: Recommendation) -> Iterable[Claim]:
        """The seniority to look for, and the strongest word for it and against another."""
        level = recommendation.first.level
        if level is None:
            return
        yield Claim(text=self._phrases.say("level", level=level), evidence=DECIDED)
        spoken = [rule for rule in recommendation.rules_fired if set(rule.weights) & set(LEVELS)]
        speaking = sorted(spoken, key=lambda rule: -_for_level(rule, level))
        told: set[str] = set()
        for rule in speaking:
            if rule.publisher not in told and _for_level(rule, level) > 0:
                told.add(rule.publisher)
                yield Claim(text=self._phrases.say("reason", why=rule.why), evidence=rests_on(rule))


def _for_level(rule: RuleFired, level: Level) -> int:
    """How far a rule speaks for this level: its own weight, and what it takes from the others."""
    against = sum(-weight for name, weight in rule.weights.items() if name in LEVELS and weight < 0)
    return rule.weights.get(level, 0) * 2 + against


def _fits(rule: RuleFired, targets: tuple[str, ...]) -> bool:
    """Whether a rule may be told as a reason beside this move: it speaks for it, or for nothing."""
    supported = [target for target, weight in rule.weights.items() if weight > 0]
    return not supported or any(target in targets for target in supported)


def _upper(line: Line) -> str:
    """The upper end of an amount; "or more" where the guide leaves it open."""
    return f"{money(line.high)} or more" if line.open_ended else money(line.high)
