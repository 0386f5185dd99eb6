"""The memo, written from templates: every claim with the passage, fact or line it rests on."""

from collections.abc import Iterable, Mapping

from advisor.adapters.local_writer.costs import CostSections
from advisor.adapters.local_writer.disagreements import LocalDisagreements
from advisor.adapters.local_writer.first_move import FirstMove
from advisor.adapters.local_writer.lineage import DECIDED, rests_on
from advisor.domain.case import Case
from advisor.domain.decision import Flip, Recommendation, RuleFired
from advisor.domain.facts import Fact, Statement, Sureness
from advisor.domain.memo import (
    Claim,
    DecisionEvidence,
    Draft,
    Evidence,
    FactEvidence,
    OwnWording,
    PassageEvidence,
    Section,
    Table,
)
from advisor.domain.speaker import speakers
from advisor.domain.vocabulary import FACT_KEYS, FactKey, Role
from advisor.policy.contradictions import flip_to
from advisor.policy.disagreements import for_memo
from advisor.policy.grounding.attributing import name_shown
from advisor.policy.rulebook import Rulebook
from advisor.ports.language import MemoBrief
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import as_said, sentence, value_words

MOST_REASONS = 8
INTERESTS = ("Publisher", "Sells", "Rules behind this favour that")
MOST_NOTES = 7
FLIPS_OF_A_FACT = 2
FLIPS_OF_TWO = 3


class LocalMemos:
    """Writes memos from a brief. The rulebook is asked only for how facts and moves are called."""

    def __init__(self, phrases: Phrasebook, rulebook: Rulebook) -> None:
        self._phrases = phrases
        self._rulebook = rulebook
        self._first = FirstMove(phrases, rulebook)
        self._costs = CostSections(phrases)
        self._differences = LocalDisagreements(phrases)

    def write(self, brief: MemoBrief) -> Draft:
        """The whole memo as claims with evidence, first move first."""
        recommendation = brief.recommendation
        topics = for_memo(self._rulebook, recommendation, Case.from_facts(brief.facts))
        sections = (
            Section(id="first", heading="Do this first", claims=tuple(self._first.write(brief))),
            Section(id="then", heading="Then", claims=tuple(self._then(recommendation)), listed=True),
            Section(id="sure", heading="How sure", claims=(self._sure(recommendation),)),
            Section(
                id="facts",
                heading="The situation as understood",
                claims=tuple(self._facts(brief)),
                listed=True,
            ),
            Section(id="why", heading="Why", claims=tuple(self._why(brief)), listed=True),
            Section(id="flips", heading="What would change this", table=self._flips(recommendation)),
            Section(
                id="lost", heading="What lost, and why", claims=tuple(self._lost(recommendation)), listed=True
            ),
            Section(
                id="interests",
                heading="Who says so, and what they sell",
                claims=tuple(self._about_interests(recommendation)),
                table=self._interests(recommendation),
            ),
            *self._differences.sections(topics),
            *self._costs.write(recommendation.costs, recommendation),
            Section(
                id="assumed",
                heading="Assumed, because nobody said",
                claims=tuple(self._assumed(recommendation)),
                listed=True,
            ),
        )
        return Draft(title=self._title(brief), sections=tuple(s for s in sections if s.claims or s.table))

    def _title(self, brief: MemoBrief) -> str:
        workflow = brief.facts.get("workflow")
        if workflow is None or workflow.status != "stated" or not workflow.said:
            kind = brief.facts.get("work_type")
            if kind is None or kind.value is None or kind.value == "unclear":
                return self._phrases.say("memo_title_plain")
            return self._phrases.say(
                "memo_title_kind", kind=value_words(self._rulebook, "work_type", kind.value)
            )
        return self._phrases.say("memo_title", work=as_said(workflow.said))

    def _then(self, recommendation: Recommendation) -> Iterable[Claim]:
        for move in recommendation.then:
            evidence = PassageEvidence(passage=move.passage, quote=move.quote)
            text = self._phrases.say("then", condition=sentence(move.condition), label=move.label)
            yield Claim(text=text, evidence=(evidence, DecisionEvidence()))

    def _sure(self, recommendation: Recommendation) -> Claim:
        phrase = f"sure_{recommendation.confidence}"
        label, margin = recommendation.runner_up.label, recommendation.margin
        return Claim(text=self._phrases.say(phrase, label=label, margin=margin), evidence=DECIDED)

    def _facts(self, brief: MemoBrief) -> Iterable[Claim]:
        several = len(speakers(brief.facts.values())) > 1
        for key in FACT_KEYS:
            fact = brief.facts.get(key)
            if fact is None:
                continue
            label = sentence(self._label(key))
            if fact.status == "unknown" or fact.said is None:
                yield Claim(
                    text=self._phrases.say("fact_line_unknown", label=label), evidence=(OwnWording(),)
                )
                continue
            if (other := brief.disputed.get(key)) is not None:
                yield from self._two_said(key, fact, other, brief)
                continue
            if several and fact.by is not None:
                by = self._by(fact.by, fact.sure)
                text = self._phrases.say("fact_line_by", label=label, said=as_said(fact.said), by=by)
            else:
                phrase = "fact_line_hedged" if fact.sure == "hedged" else "fact_line"
                text = self._phrases.say(phrase, label=label, said=as_said(fact.said))
            yield Claim(text=text, evidence=(FactEvidence(fact=key),))

    def _two_said(self, key: FactKey, fact: Fact, other: Statement, brief: MemoBrief) -> Iterable[Claim]:
        """A fact that two people stated in two ways: what was taken, and what the other would lead to."""
        text = self._phrases.say(
            "fact_line_disputed",
            label=sentence(self._label(key)),
            said=as_said(fact.said or ""),
            by=self._by(fact.by or "", fact.sure),
            other=as_said(other.said),
            other_by=self._by(other.by or "", other.sure),
        )
        said = (FactEvidence(fact=key), FactEvidence(fact=key, message_id=other.message_id))
        yield Claim(text=text, evidence=said)
        values = {each: held.value for each, held in brief.facts.items()}
        flip = flip_to(self._rulebook, values, brief.recommendation.flips, key, other.value)
        if flip is not None:
            text = self._phrases.say("disputed_flip", phrase=flip.phrase, label=flip.label)
            yield Claim(text=text, evidence=DECIDED)

    def _by(self, by: str, sure: Sureness) -> str:
        """Who said something, as it stands behind the words."""
        name = name_shown(by)
        return self._phrases.say("not_sure", by=name) if sure == "hedged" else name

    def _why(self, brief: MemoBrief) -> Iterable[Claim]:
        quoted: set[FactKey] = set()
        for rule in reasons_for_first(brief.recommendation, self._rulebook)[:MOST_REASONS]:
            passages = rests_on(rule)
            said = self._stated(rule, brief, quoted)
            if said is None:
                yield Claim(text=self._phrases.say("reason", why=rule.why), evidence=passages)
                continue
            quoted.add(said)
            words = as_said(brief.facts[said].said or "")
            text = self._phrases.say("reason_said", why=rule.why, said=words)
            yield Claim(text=text, evidence=(FactEvidence(fact=said), *passages))

    def _stated(self, rule: RuleFired, brief: MemoBrief, quoted: set[FactKey]) -> FactKey | None:
        """The first fact behind the rule that the user put into words and that was not quoted yet."""
        for key in rule.facts:
            fact = brief.facts.get(key)
            if key not in quoted and fact is not None and fact.value is not None and fact.said:
                return key
        return None

    def _flips(self, recommendation: Recommendation) -> Table | None:
        flips = shown_flips(recommendation)
        if not flips:
            return None
        rows = tuple(((flip.phrase, flip.label), DECIDED) for flip in flips)
        return Table(header=("If …", "then the first move is"), rows=rows)

    def _lost(self, recommendation: Recommendation) -> Iterable[Claim]:
        rules = {rule.id: rule for rule in recommendation.rules_fired}
        for other in recommendation.alternatives:
            rule = rules.get(other.rule)
            label = sentence(other.label)
            if rule is None:
                yield Claim(text=self._phrases.say("lost_plain", label=label), evidence=DECIDED)
                continue
            passages = rests_on(rule)
            text = self._phrases.say("lost", label=label, reason=other.reason)
            yield Claim(text=text, evidence=(DecisionEvidence(), *passages))

    def _interests(self, recommendation: Recommendation) -> Table | None:
        """Each publisher behind the advice, and what it sells."""
        rows: list[tuple[tuple[str, ...], tuple[Evidence, ...]]] = []
        for one in recommendation.interests:
            favours = self._phrases.say("interest_favours" if one.favoured else "interest_none")
            rows.append(((sentence(one.publisher), one.sells, favours), DECIDED))
        return Table(header=INTERESTS, rows=tuple(rows)) if rows else None

    def _about_interests(self, recommendation: Recommendation) -> Iterable[Claim]:
        interests = recommendation.interests
        if not recommendation.without and len(interests) == 1:
            text = self._phrases.say("sole_publisher", publisher=interests[0].publisher)
            yield Claim(text=text, evidence=DECIDED)
        if any(one.favoured for one in interests):
            yield Claim(text=self._phrases.say("interest_marked"), evidence=DECIDED)
        for left in recommendation.without:
            phrase = "survives" if left.survives else "does_not_survive"
            values = {"publisher": left.publisher} | ({} if left.survives else {"label": left.label})
            yield Claim(text=self._phrases.say(phrase, **values), evidence=DECIDED)

    def _assumed(self, recommendation: Recommendation) -> Iterable[Claim]:
        for assumption in recommendation.assumptions:
            flips = "; ".join(f"if {flip.phrase}, {flip.label}" for flip in assumption.flips[:3])
            taken = sentence(assumption.taken)
            yield Claim(text=self._phrases.say("assumed_flip", taken=taken, flips=flips), evidence=DECIDED)

    def _label(self, key: FactKey) -> str:
        return self._rulebook.question(key).label


def shown_flips(recommendation: Recommendation) -> list[Flip]:
    """What a memo shows: what nobody said first, then what was said, few for each; then pairs.

    All of them stand in the certificate and in `advisor explain`.
    """
    open_facts = {assumption.fact for assumption in recommendation.assumptions}
    order = sorted(recommendation.flips, key=lambda flip: not open_facts.issuperset(flip.changes))
    counts: dict[FactKey, int] = {}
    shown: list[Flip] = []
    for flip in order:
        (fact,) = flip.changes
        counts[fact] = counts.get(fact, 0) + 1
        if counts[fact] <= FLIPS_OF_A_FACT:
            shown.append(flip)
    return [*shown, *recommendation.flips_of_two[:FLIPS_OF_TWO]]


ROLE_WORDS: Mapping[Role, str] = {
    "ai_engineer": "AI engineer",
    "ml_engineer": "ML engineer",
    "mlops_engineer": "MLOps",
    "ai_developer": "AI developer",
    "data_engineer": "data engineer",
    "data_scientist": "data scientist",
}


def _speaks_of_another(rule: RuleFired, role: Role) -> bool:
    """Whether a rule's sentence names roles, and not the one that comes first."""
    named = {one for one, word in ROLE_WORDS.items() if word.casefold() in rule.why.casefold()}
    return bool(named) and role not in named and role in ROLE_WORDS


def reasons_for_first(recommendation: Recommendation, rulebook: Rulebook) -> list[RuleFired]:
    """The fired rules that speak for the first move, the strongest of each ground, strongest first."""
    targets = rulebook.move(recommendation.first.id).targets
    strongest: dict[tuple[str, str], tuple[int, RuleFired]] = {}
    for rule in recommendation.rules_fired:
        pull = sum(rule.weights.get(target, 0) for target in targets)
        key = (rule.publisher, rule.ground)
        if _speaks_of_another(rule, recommendation.first.role):
            continue
        if pull > 0 and (key not in strongest or pull > strongest[key][0]):
            strongest[key] = (pull, rule)
    return [rule for _, rule in sorted(strongest.values(), key=lambda pair: -pair[0])]
