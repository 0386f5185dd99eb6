"""Verification: what has no lineage is caught, what has it passes, and nothing makes it fail."""

import datetime as dt
import time
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.domain.evidence import Citation, Locator, Passage, Source
from advisor.domain.facts import Fact
from advisor.domain.memo import (
    CalculationEvidence,
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
from advisor.policy.grounding import Grounds, sweep
from evals.grounding.cases import Cases, load_cases

FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUOTES = {
    "hire": "Full-time hiring takes 90–120 days from start to finish",
    "ship": "With under 60 days for the scope, an agency or a contractor is realistic",
    "pay": "A senior AI engineer costs $180K–280K base",
    "hourly": "A senior contractor costs $100–200/hr",
    "staff": "Staff talent costs $280K+ base",
    "not": "Do not hire a full-time AI engineer before the workflow is validated",
    "pilot": "A pilot of 4–6 weeks comes first",
    "data": "Messy data calls for a data engineer first",
    "save": "Model cascades save 40–60% of the cost",
}


def passage(name: str, text: str) -> Passage:
    locator = Locator(path="guide.md", headings=("Guide", "Section"))
    return Passage(
        id=name,
        source_id="guide",
        text=f"Guide › Section\n{text}.",
        body=text,
        locator=locator,
        content_hash=name,
    )


@cache
def cases() -> Cases:
    return load_cases()


def grounds() -> Grounds:
    known = cases().grounds
    source = Source(id="guide", title="Guide", publisher="P", sells="advice", url="https://guide.invalid/a")
    return Grounds(
        passages={name: passage(name, text) for name, text in QUOTES.items()},
        facts=known.facts,
        lines=known.lines,
        recommendation=known.recommendation,
        today=dt.date(2026, 11, 20),
        sources={"guide": source},
    )


def kinds(text: str, *evidence: Evidence) -> set[str]:
    return {fault.kind for fault in cases().verifier.check(Claim(text=text, evidence=evidence), grounds())}


def quoting(name: str) -> PassageEvidence:
    return PassageEvidence(passage=name, quote=QUOTES[name])


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        ((), "no_lineage"),
        ((PassageEvidence(passage="nowhere", quote="x y z"),), "dead_passage"),
        ((FactEvidence(fact="region_preference"),), "dead_fact"),
        ((CalculationEvidence(line="nothing"),), "dead_line"),
        ((PassageEvidence(passage="hire", quote=""),), "quote"),
        ((PassageEvidence(passage="hire", quote="Full-time hiring always takes"),), "quote"),
        ((PassageEvidence(passage="hire", quote="time hiring takes 9"),), "quote"),
        ((PassageEvidence(passage="hire", quote="takes 90"),), "quote"),
        ((PassageEvidence(passage="pay", quote="engineer costs $180K–28"),), "quote"),
    ],
)
def test_lineage_and_quotes(evidence: tuple[Evidence, ...], kind: str) -> None:
    assert kinds("Hiring somebody full-time takes 90 to 120 days.", *evidence) == {kind}


def test_a_decision_is_needed_to_rest_on_one() -> None:
    bare = Grounds({}, {}, {}, None, dt.date(2026, 11, 20))
    claim = Claim(text="Bring in an AI developer.", evidence=(DecisionEvidence(),))
    assert {fault.kind for fault in cases().verifier.check(claim, bare)} == {"no_decision"}


def test_typographic_quotes_and_spaces_do_not_matter() -> None:
    quote = "Full-time  hiring takes 90-120 days\nfrom start"
    assert (
        kinds("Full-time hiring takes 90 to 120 days.", PassageEvidence(passage="hire", quote=quote)) == set()
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Full-time hiring takes 90–120 days.", "hire"),
        ("Full-time hiring takes ninety to one hundred and twenty days.", "hire"),
        ("Full-time hiring takes between 90 and 120 days.", "hire"),
        ("Full-time hiring takes at least 90 days.", "hire"),
        ("Full-time hiring takes up to 120 days.", "hire"),
        ("A scope with under 60 days is for a contractor or an agency [2].", "ship"),
        ("A senior AI engineer costs $180,000 to $280,000 base a year.", "pay"),
        ("A senior AI engineer costs $180–280K base.", "pay"),
        ("A senior contractor costs $100 to $200 an hour.", "hourly"),
        ("Staff talent starts at $280K base.", "staff"),
        ("A four-to-six-week pilot comes first.", "pilot"),
        ("One senior contractor costs $100–200 an hour.", "hourly"),
        ("Model cascades save 40 to 60 percent of the cost.", "save"),
    ],
)
def test_figures_that_stand_pass(text: str, name: str) -> None:
    assert kinds(text, quoting(name)) == set()


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Full-time hiring takes 90–130 days.", "hire", "numeral"),
        ("Full-time hiring takes 120–90 days.", "hire", "numeral"),
        ("Full-time hiring takes 90–120 weeks.", "hire", "numeral"),
        ("Full-time hiring takes 90 days.", "hire", "numeral"),
        ("Full-time hiring takes 90–120 working days.", "hire", "numeral"),
        ("Full-time hiring takes at most 90 days.", "hire", "comparison"),
        ("Full-time hiring takes a hundred days.", "hire", "numeral"),
        ("Full-time hiring takes 90–120 days, twice what it was.", "hire", "numeral"),
        ("Full-time hiring takes 90–120 days, half of it notice.", "hire", "numeral"),
        ("Full-time hiring took 90–120 days in 2019.", "hire", "numeral"),
        ("With over 60 days for the scope, an agency or a contractor is realistic.", "ship", "comparison"),
        ("A senior AI engineer costs €180K–280K base.", "pay", "numeral"),
        ("A senior AI engineer costs 180K–280K days.", "pay", "numeral"),
        ("A senior AI engineer costs $180M–280M base.", "pay", "numeral"),
        ("A senior contractor costs $100–200 a day.", "hourly", "numeral"),
        ("A senior contractor costs $100–200+ an hour.", "hourly", "numeral"),
        ("Staff talent costs $280K base.", "staff", "numeral"),
        ("Staff talent costs at most $280K base.", "staff", "comparison"),
        ("Model cascades save 40–60x of the cost.", "save", "numeral"),
        ("Model cascades save two thirds of the cost.", "save", "numeral"),
        ("A pilot of ４–７ weeks comes first.", "pilot", "numeral"),
        ("A pilot of ٤–٧ weeks comes first.", "pilot", "numeral"),
        ("A pilot of 4–6² weeks comes first.", "pilot", "numeral"),
        ("A pilot of 4–6 weeks comes first, says GPT-9.", "pilot", "numeral"),
    ],
)
def test_figures_that_do_not_stand_are_caught(text: str, name: str, kind: str) -> None:
    assert kind in kinds(text, quoting(name))


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("A senior ML engineer costs $180K–280K base.", "pay", "name"),
        ("Messy data calls for an ML engineer first.", "data", "name"),
        ("A contractor or a full-time hire is realistic with under 60 days for the scope.", "ship", "name"),
        ("Hire a full-time AI engineer before the workflow is validated.", "not", "polarity"),
        ("Messy data never calls for a data engineer first.", "data", "polarity"),
        ("Messy data calls for a data engineer last.", "data", "comparison"),
        ("Ready data calls for a data engineer first.", "data", "comparison"),
        ("A pilot of 4–6 weeks does not come first.", "pilot", "polarity"),
        ("The moon is made of green cheese and bread.", "pilot", "off_topic"),
        ("A pilot of 4–6 weeks comes first. The moon is made of green cheese.", "pilot", "off_topic"),
        ("A pilot of 4–6 weeks comes first. It costs $9,000.", "pilot", "numeral"),
    ],
)
def test_names_polarity_and_topic(text: str, name: str, kind: str) -> None:
    assert kind in kinds(text, quoting(name))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hire a full-time ML engineer.", "name"),
        ("Do first: buy a platform.", "name"),
        ("Do not bring in an AI developer as a senior contractor.", "name"),
        ("If you serve your own models, bring in an agency.", "name"),
        ("Bring in an AI developer as a senior contractor for 8 to 12 weeks.", "numeral"),
        ("The runner-up is 40% behind.", "numeral"),
        ("If nobody must own it for years, an AI engineer on contract-to-hire comes first.", "polarity"),
        ("Bring in an AI developer as a junior contractor.", "comparison"),
    ],
)
def test_the_decision_is_told_as_it_is(text: str, kind: str) -> None:
    assert kind in kinds(text, DecisionEvidence())


@pytest.mark.parametrize(
    "text",
    [
        "You want it for $5.",
        "You should hire an ML engineer.",
        "Studies show that this works.",
        "Agencies are the safest choice.",
        "Your data is messy.",
        "Contractors cost less.",
    ],
)
def test_own_wording_claims_nothing(text: str) -> None:
    assert kinds(text, OwnWording()) == {"own_wording"}


@pytest.mark.parametrize(
    "text", ["Shall I draft the brief?", "Tell me if any of that is off.", "Here is what I read."]
)
def test_own_wording_may_offer(text: str) -> None:
    assert kinds(text, OwnWording()) == set()


MARKUP = [
    *(
        "<script>x</script>",
        "<b>",
        "<!channel>",
        "@channel",
        "@here",
        "![](https://x.invalid/i.png)",
        "&#60;",
    ),
    *(
        "[a](https://evil.invalid)",
        "https://evil.invalid/q",
        "www.evil.com",
        "evil.com/a",
        "javascript:alert(1)",
    ),
    *("\n", "\r", "\t", "\u2028", "|", "```", "{{ x }}", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad"),
    *("\x00", "\x1b[31m", "\u0336", "\ue000", "\U000e0041", "&lt;b&gt;", "\\", "${x}", "mailto:a@b.c"),
    *("𝒩<i>", "ａ＠ｂ", "＜script＞"),
]


@pytest.mark.parametrize("dirt", MARKUP)
def test_markup_is_caught_anywhere(dirt: str) -> None:
    assert "markup" in kinds(f"A pilot of 4–6 weeks {dirt} comes first.", quoting("pilot"))


@pytest.mark.parametrize("start", ["# ", "> ", "- ", "1. ", "* "])
def test_a_claim_starts_no_block(start: str) -> None:
    assert "markup" in kinds(f"{start}A pilot of 4–6 weeks comes first.", quoting("pilot"))


def test_the_address_of_the_cited_source_may_stand() -> None:
    text = "A pilot of 4–6 weeks comes first (https://guide.invalid/a)."
    assert "markup" not in kinds(text, quoting("pilot"))


def test_a_word_in_mixed_script_hides_no_name() -> None:
    assert "markup" in kinds(
        "A pilot of 4–6 weeks comes first, not an аgency.", quoting("pilot")
    )  # Cyrillic а


def section(*claims: Claim, **more: Any) -> Section:
    return Section(id="why", heading="Why", claims=claims, **more)


def test_verify_keeps_what_stands_and_drops_the_rest() -> None:
    good = Claim(text="A pilot of 4–6 weeks comes first [7].", evidence=(quoting("pilot"),))
    bad = Claim(text="A pilot of 4–9 weeks comes first.", evidence=(quoting("pilot"),))
    rows = ((("pilot", "4–6 weeks"), (quoting("pilot"),)), (("pilot", "4–9 weeks"), (quoting("pilot"),)))
    draft = Draft(
        title="Hire <b>now</b>",
        sections=(
            section(good, bad, table=Table(header=("what", "how long"), rows=rows)),
            section(bad),
            Section(id="x", heading="Hire a full-time ML engineer", claims=(good,)),
        ),
    )
    verified = cases().verifier.verify(draft, grounds())
    assert verified.draft.title == "Memo"
    assert [s.heading for s in verified.draft.sections] == ["Why", "X"]
    first = verified.draft.sections[0]
    assert [claim.text for claim in first.claims] == ["A pilot of 4–6 weeks comes first."]
    assert first.table is not None
    assert [cells for cells, _ in first.table.rows] == [("pilot", "4–6 weeks")]
    assert {fault.kind for fault in verified.faults} == {"numeral", "markup", "own_wording"}


def test_the_sweep_finds_what_a_renderer_adds() -> None:
    claim = Claim(text="A pilot of 4–6 weeks comes first.", evidence=(quoting("pilot"),))
    draft = Draft(title="Memo", sections=(section(claim),))
    citation = Citation(
        number=1, passage_id="pilot", source_id="guide", title="Guide", publisher="P", sells="advice",
        date="2026-05-29", section="S", quote=QUOTES["pilot"], verbatim=True, url=None,
    )  # fmt: skip
    text = f"# Memo\n20 November 2026 · playbook 3f2a\n\n1. {claim.text} [1]\n\n- [1] {citation.line()}\n"
    templates = ("playbook 3f2a",)
    assert sweep(text, draft, (citation,), templates, dt.date(2026, 11, 20)) == ()
    for extra in ("It costs $5,000.", "See [2].", "In 4–7 weeks.", "As of 2025.", "Twice that."):
        assert sweep(f"{text}\n{extra}", draft, (citation,), templates, dt.date(2026, 11, 20)), extra


correct = st.sampled_from(
    [case.claim for case in load_cases().cases if case.claim.evidence[0].kind == "passage"]
)
SPACES = st.sampled_from([" ", "  ", "\u00a0", "\u2009"])
FORMS = st.sampled_from(
    ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "⁰¹²³⁴⁵⁶⁷⁸⁹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "०१२३४५६७८९"]
)
UNITS = st.sampled_from([" days", "%", "K", " times", " employees", "", " per hour"])


@FAST
@given(
    claim=correct,
    number=st.integers(3000, 89999),
    form=FORMS,
    space=SPACES,
    unit=UNITS,
    place=st.integers(0, 30),
)
def test_no_inserted_figure_gets_past(
    claim: Claim, number: int, form: str, space: str, unit: str, place: int
) -> None:
    digits = str(number).translate(dict(zip(map(ord, "0123456789"), form, strict=True)))
    words = claim.text.split(" ")
    text = " ".join((*words[:place], f"{space}{digits}{unit}{space}", *words[place:]))
    changed = Claim(text=text, evidence=claim.evidence)
    assert cases().verifier.check(changed, cases().grounds)


@FAST
@given(claim=correct, dirt=st.sampled_from(MARKUP), place=st.integers(0, 200))
def test_no_inserted_markup_gets_past(claim: Claim, dirt: str, place: int) -> None:
    place = min(place, len(claim.text))
    changed = Claim(text=f"{claim.text[:place]}{dirt}{claim.text[place:]}", evidence=claim.evidence)
    assert changed.text.strip() == claim.text or cases().verifier.check(changed, cases().grounds)


@FAST
@given(
    claim=correct,
    name=st.sampled_from(["offshore team", "consultancy", "freelancer", "contract-to-hire"]),
    upper=st.booleans(),
)
def test_no_inserted_name_gets_past(claim: Claim, name: str, upper: bool) -> None:
    cited = " ".join(
        cases().grounds.passages[one.passage].text for one in claim.evidence if one.kind == "passage"
    )
    if name.split()[0][:7] in cited.lower() or "marketplace" in cited.lower() or "partner" in cited.lower():
        return
    shown = name.upper() if upper else name
    changed = Claim(text=f"{claim.text.rstrip('.')}, best with {shown}.", evidence=claim.evidence)
    assert cases().verifier.check(changed, cases().grounds)


@FAST
@given(text=st.text(max_size=300), quote=st.text(max_size=60), title=st.text(max_size=60))
def test_nothing_makes_it_raise_and_only_faultless_claims_remain(text: str, quote: str, title: str) -> None:
    evidence: tuple[Evidence, ...] = (
        PassageEvidence(passage="hire", quote=quote),
        DecisionEvidence(),
        OwnWording(),
    )
    for some in (
        evidence,
        evidence[:1],
        evidence[1:2],
        evidence[2:],
        (quoting("hire"),),
        (FactEvidence(fact="workflow"),),
    ):
        claim = Claim(text=text, evidence=some)
        draft = Draft(
            title=title, sections=(section(claim, table=Table(header=(title,), rows=(((text,), some),))),)
        )
        verified = cases().verifier.verify(draft, grounds())
        for kept in verified.draft.sections:
            for one in kept.claims:
                assert not cases().verifier.check(one, grounds())


@pytest.mark.parametrize(
    "said", ["x" * 50000, "1" + "0" * 500, "-".join("ab" * 900), "1 - " * 800, "a, " * 900]
)
def test_hostile_shapes_are_read_in_bounded_time(said: str) -> None:
    facts = {"volume": Fact(value=said, said=said, message_id="m", status="stated")}
    known = Grounds({}, facts, {}, None, dt.date(2026, 11, 20))  # type: ignore[arg-type]
    claim = Claim(text=f"Your volume is {said[:550]}.", evidence=(FactEvidence(fact="volume"),))
    started = time.process_time()
    cases().verifier.check(claim, known)
    assert time.process_time() - started < 2
