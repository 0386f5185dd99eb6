"""One claim against its evidence: lineage, quotes, figures, names, polarity, comparisons, topic, markup."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from advisor.domain.memo import Claim, DecisionEvidence, Evidence
from advisor.domain.vocabulary import FactKey
from advisor.policy.grounding.attributing import as_attributed, by_name, unattributed
from advisor.policy.grounding.comparing import comparison_faults
from advisor.policy.grounding.deciding import decision_faults, nearest, parts
from advisor.policy.grounding.folding import fold, sentences, without_markers
from advisor.policy.grounding.grounds import Fault, Grounds
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.markup import markup_faults
from advisor.policy.grounding.naming import Name, is_role, mentions, named
from advisor.policy.grounding.negation import EITHER, text_signs
from advisor.policy.grounding.numerals import Quantity
from advisor.policy.grounding.owning import own_wording_faults
from advisor.policy.grounding.polarity import adverse_faults, polarity_faults
from advisor.policy.grounding.rewording import Rewording, strays
from advisor.policy.grounding.saying import says_nothing_more, without_said
from advisor.policy.grounding.support import Support, resolve
from advisor.policy.grounding.topic import miscited, off_topic, rarity, stems
from advisor.policy.grounding.tracing import Held, Untraced, untraced

MOST_WORDS = 60  # of a claim; it is one sentence
MOST_CHARACTERS = 600
_SUPPOSING = re.compile(r"\b(?:if|unless|until|whether|otherwise)\b", re.IGNORECASE)
_COLUMN_UNITS = frozenset(("hours", "days", "weeks", "months", "quarters", "years", "percent", "%"))


@dataclass(frozen=True)
class Checked:
    """A claim or a table row on its way: what is shown, and folded for reading."""

    shown: str
    parts: tuple[str, ...]  # the text, or the cells
    folded: str
    header: tuple[str, ...] = ()

    @property
    def with_header(self) -> str:
        """The cells behind their headers: "if …: someone must own it | then first move: …"."""
        if not self.header:
            return self.folded
        pairs = zip(self.header, self.parts, strict=False)
        return fold(" | ".join(f"{head}: {cell}" for head, cell in pairs))


class Examination:
    """Checks the claims of one draft; what they all rest on is read once."""

    def __init__(self, lexicon: Lexicon, grounds: Grounds) -> None:
        self._lexicon = lexicon
        self._grounds = grounds
        self._rare = rarity(grounds.passages.values(), lexicon)
        self._decision: Support | Fault | None = None

    def faults(self, checked: Checked, evidence: Sequence[Evidence]) -> tuple[Fault, ...]:
        """Everything wrong with a claim or a row; empty when it stands."""
        supports, found = self._supports(checked, evidence)
        if found:
            return found
        if not supports:
            own = own_wording_faults(checked.folded, self._lexicon)
            return tuple(Fault(checked.shown, "own_wording", detail) for detail in own)
        checked = _said_by_nobody(checked, supports)
        return (
            *self._figures(checked, supports),
            *self._names(checked, supports),
            *self._sense(checked, supports),
        )

    def wording_faults(self, claim: Claim, points: Sequence[Claim]) -> tuple[Fault, ...]:
        """Everything wrong with a claim that says `points`, or else its quotes, in other words."""
        checked = of_claim(claim)
        supports, found = self._supports(checked, claim.evidence)
        if found:
            return found
        if not points:
            return self._answering(checked, supports)
        astray = tuple(Fault(claim.text, "stray", one) for one in strays(claim.evidence, points))
        if astray or not supports:
            return astray
        rewording = Rewording(claim.text, points, supports, self._grounds, self._lexicon)
        return tuple(rewording.faults((date_held(self._grounds),), self._rare))

    def _answering(self, checked: Checked, supports: Sequence[Support]) -> tuple[Fault, ...]:
        """Everything wrong with a sentence of an answer, which says its quotes in other words."""
        if not supports or any(support.kind != "passage" for support in supports):
            return (Fault(checked.shown, "stray", "an answer rests on passages alone"),)
        rewording = Rewording(checked.shown, (), supports, self._grounds, self._lexicon)
        held: frozenset[str] = frozenset()
        for support in supports:
            held |= stems(support.around, self._lexicon)
        return (
            *self._figures(checked, supports),
            *self._names(checked, supports),
            *rewording.faults((), self._rare),
            *self._elsewhere(checked, supports, held),
        )

    def _supports(
        self, checked: Checked, evidence: Sequence[Evidence]
    ) -> tuple[list[Support], tuple[Fault, ...]]:
        """What the evidence gives, and all that is wrong with it or with how the claim is written."""
        shown = checked.shown
        if not evidence:
            return [], (Fault(shown, "no_lineage", "names nothing that it rests on"),)
        if any(len(part.split()) > MOST_WORDS or len(part) > MOST_CHARACTERS for part in checked.parts):
            return [], (Fault(shown[:MOST_CHARACTERS], "length", f"has more than {MOST_WORDS} words"),)
        supports: list[Support] = []
        found: list[Fault] = []
        for one in evidence:
            match self._resolved(shown, one):
                case Fault() as fault:
                    found.append(fault)
                case Support() as support:
                    supports.append(support)
                case None:
                    pass
        addresses = _addresses(evidence, self._grounds)
        cited = " ".join(f"{support.around} {as_attributed(support)}" for support in supports)
        for part in checked.parts:
            if part or not checked.header:
                found.extend(Fault(shown, "markup", one) for one in markup_faults(part, addresses, cited))
        return supports, tuple(found)

    def _resolved(self, shown: str, evidence: Evidence) -> Support | Fault | None:
        if not isinstance(evidence, DecisionEvidence):
            return resolve(shown, evidence, self._grounds, self._lexicon)
        if self._decision is None:
            self._decision = resolve(shown, evidence, self._grounds, self._lexicon)
        if isinstance(self._decision, Fault):
            return Fault(shown, self._decision.kind, self._decision.detail)
        return self._decision

    def _figures(self, checked: Checked, supports: Sequence[Support]) -> tuple[Fault, ...]:
        held = [one for support in supports for one in support.held]
        held.append(date_held(self._grounds))
        cited: frozenset[str] = frozenset()
        for support in supports:
            cited |= stems(support.window, self._lexicon)
        found: list[Fault] = []
        for index, part in enumerate(checked.parts):
            folded, _ = without_said(fold(without_markers(part)), supports)
            if checked.header:
                folded = _with_unit(folded, checked.header[index] if index < len(checked.header) else "")
            wrong = untraced(folded, held, cited, cell=bool(checked.header))
            found.extend(of_figure(checked.shown, one) for one in wrong if not is_label(one, self._lexicon))
        return tuple(found)

    def _names(self, checked: Checked, supports: Sequence[Support]) -> tuple[Fault, ...]:
        spoken = mentions(checked.folded, self._lexicon)
        if not spoken:
            return ()
        held: frozenset[Name] = frozenset()
        further: frozenset[Name] = frozenset()
        headings: frozenset[Name] = frozenset()
        for support in supports:
            if support.kind == "decision":
                continue
            held |= named(support.window, self._lexicon)
            further |= named(support.around, self._lexicon)
            headings |= named(support.headings, self._lexicon)
        # A passage that names no role itself takes the one in its headings.
        for roles in (True, False):
            if not any(is_role(name) == roles for name in held):
                held |= frozenset(name for name in headings if is_role(name) == roles)
        decides = any(support.kind == "decision" for support in supports)
        decided = self._grounds.recommendation if decides else None
        if decided is not None:
            wrong = decision_faults(
                checked.with_header, decided, self._grounds.sources.values(), self._lexicon, held
            )
            return tuple(Fault(checked.shown, "name", detail) for detail in wrong)
        signs = text_signs(checked.folded, self._lexicon).of
        absent = [
            mention
            for mention in spoken
            if mention.name not in held
            and not (mention.name in further and EITHER in signs.get(f"@{mention.name}", frozenset()))
        ]
        # A form for two names (AI/ML engineer) needs only one of them.
        carried = {(mention.start, mention.end) for mention in spoken if mention not in absent}
        return tuple(
            Fault(checked.shown, "name", f"nothing cited names “{mention.form}”")
            for mention in absent
            if (mention.start, mention.end) not in carried
        )

    def _sense(self, checked: Checked, supports: Sequence[Support]) -> tuple[Fault, ...]:
        lexicon, shown = self._lexicon, checked.shown
        decided = any(support.kind == "decision" for support in supports)
        window: frozenset[str] = frozenset()
        around: frozenset[str] = frozenset()
        for support in supports:
            window |= stems(support.around if support.kind == "fact" else support.window, lexicon)
            around |= stems(support.around, lexicon)
        found: list[Fault] = []
        if all(support.adverse for support in supports):
            quotes = [support.quote for support in supports]
            found.extend(
                Fault(shown, "polarity", one) for one in adverse_faults(checked.folded, quotes, lexicon)
            )
        folded, quoted = without_said(checked.folded, supports)
        folded = _without_quoted(folded, supports)
        supports = [support for support in supports if support not in quoted] or supports
        if quoted and says_nothing_more(folded):
            return tuple(found)
        if not decided:
            texts = [support.said for support in supports]
            figures = [held.quantity for support in supports for held in support.held]
            adverse = all(support.adverse for support in supports)
            wrong = polarity_faults(folded, texts, lexicon, figures, names=not adverse)
            found.extend(Fault(shown, "polarity", one) for one in wrong)
        found.extend(Fault(shown, "polarity", one) for one in self._facts(folded, supports))
        windows = [support.window for support in supports]
        surroundings = [support.around for support in supports]
        if not decided:
            compared = comparison_faults(folded, windows, surroundings, lexicon)
            found.extend(Fault(shown, "comparison", one) for one in compared)
        else:
            found.extend(self._as_decided(checked, supports))
        found.extend(
            Fault(shown, "off_topic", one)
            for one in off_topic(checked.folded, window, around, self._rare, lexicon)
        )
        return (*found, *self._elsewhere(checked, supports, window | around))

    def _elsewhere(
        self, checked: Checked, supports: Sequence[Support], held: frozenset[str]
    ) -> Iterable[Fault]:
        """What another passage than those cited says far better; `held` are the stems of those."""
        if all(support.kind == "passage" for support in supports):
            cited = frozenset(support.passage for support in supports)
            others = self._grounds.passages.values()
            for one in miscited(checked.folded, cited, held, others, self._rare, self._lexicon):
                yield Fault(checked.shown, "off_topic", one)

    def _as_decided(self, checked: Checked, supports: Sequence[Support]) -> Iterable[Fault]:
        """A claim that rests on the decision is compared with what comes nearest to it there."""
        figures = [held.quantity for support in supports for held in support.held]
        others = tuple(support.said for support in supports if support.kind != "decision")
        told = tuple(text for support in supports for text in support.statements)
        for sentence in (part for one in sentences(checked.with_header) for part in parts(one)):
            near = (*nearest(sentence, told, self._lexicon), *others)
            for one in polarity_faults(sentence, near, self._lexicon, figures, names=False):
                yield Fault(checked.shown, "polarity", one)
            for one in comparison_faults(sentence, near, (), self._lexicon):
                yield Fault(checked.shown, "comparison", one)

    def _facts(self, folded: str, supports: Sequence[Support]) -> tuple[str, ...]:
        """Where a claim says yes for a fact that is no, or no for one that is yes."""
        cited = [support.fact for support in supports if support.fact is not None]
        if len(cited) != len(supports) or len(cited) != 1:
            return ()  # beside other evidence, a sentence may well speak of more than the fact
        (key, fact) = cited[0]
        return _yes_or_no(folded, key, fact.value, self._lexicon)


def _yes_or_no(folded: str, key: FactKey, value: JsonValue, lexicon: Lexicon) -> tuple[str, ...]:
    value = value.get("value") if isinstance(value, dict) else value
    if key not in lexicon.facts or value not in ("yes", "no"):
        return ()
    topic, yes, no = lexicon.facts[key]
    for sentence in sentences(folded):
        signs = text_signs(sentence, lexicon)
        if _SUPPOSING.search(sentence) or not topic.search(sentence):
            continue
        negated = len(signs.cues) % 2 == 1
        if value == "yes" and (negated or (no.search(sentence) and not yes.search(sentence))):
            return (f"says no of {key}, which is yes",)
        if value == "no" and not negated and not no.search(sentence):
            return (f"says yes of {key}, which is no",)
    return ()


def _said_by_nobody(checked: Checked, supports: Sequence[Support]) -> Checked:
    """What is left to check without the names of those who said the facts it quotes."""
    if not any(by_name(support) for support in supports):
        return checked
    parts = tuple(unattributed(fold(without_markers(part)), supports) for part in checked.parts)
    return replace(checked, parts=parts, folded=unattributed(checked.folded, supports))


def of_claim(claim: Claim) -> Checked:
    return Checked(claim.text, (claim.text,), fold(without_markers(claim.text)))


def of_row(cells: tuple[str, ...], header: tuple[str, ...]) -> Checked:
    shown = " | ".join(cells)
    return Checked(shown, cells, fold(without_markers(shown)), header or ("",))


def of_figure(shown: str, one: Untraced) -> Fault:
    """The fault of a figure without lineage."""
    return Fault(shown, one.kind, one.detail)


def is_label(one: Untraced, lexicon: Lexicon) -> bool:
    """Whether a figure is part of a name that anyone may use: B2B, P50."""
    return one.quantity.kind == "label" and one.quantity.unit in lexicon.labels


def _without_quoted(folded: str, supports: Sequence[Support]) -> str:
    """A folded claim without what it sets in quote marks and its evidence says word for word."""
    for support in supports:
        if support.quote:
            folded = re.sub(rf'"{re.escape(support.quote)}\.?"', "", folded, flags=re.IGNORECASE)
    return folded


def date_held(grounds: Grounds) -> Held:
    """The memo's own date, which any claim may name."""
    day = grounds.today
    return Held(Quantity(0, 0, "date", "", 0, 0, date=(day.year, day.month, day.day)))


def _addresses(evidence: Sequence[Evidence], grounds: Grounds) -> frozenset[str]:
    """The addresses of the cited sources."""
    found: set[str] = set()
    for one in evidence:
        passage = grounds.passages.get(one.passage) if one.kind == "passage" else None
        source = grounds.sources.get(passage.source_id) if passage else None
        if source and source.url:
            found.add(source.url)
    return frozenset(found)


def _with_unit(folded: str, header: str) -> str:
    """A bare figure in a cell with the unit that its column's head gives."""
    unit = next((word for word in fold(header).lower().split() if word.strip("(),") in _COLUMN_UNITS), "")
    bare = folded and all(character.isdigit() or character in " -,." for character in folded)
    return f"{folded} {unit.strip('(),')}" if unit and bare else folded
