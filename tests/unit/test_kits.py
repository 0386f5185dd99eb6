"""Kits: data that stands on its passages, filled with the user's words and nothing else."""

import datetime as dt
import random
import re
from importlib.resources import files
from typing import Any

import pytest

from advisor.assembly import builtin_rulebook, builtin_verifier
from advisor.domain.case import Case
from advisor.domain.decision import FollowOn, Recommendation
from advisor.domain.facts import Fact, Statement, canonical_value, fold
from advisor.domain.kit import Kit, KitLine, KitPart
from advisor.domain.memo import Claim, Draft, PassageEvidence, Section, Table
from advisor.domain.vocabulary import FactKey
from advisor.errors import PlaybookError
from advisor.policy.decide import decide
from advisor.policy.grounding import Grounds, Verified, sweep
from advisor.policy.kits import fill, load_kits
from advisor.policy.kits.files import SLOT
from advisor.policy.rulebook import can_fire
from advisor.steps.citing import Numbering, section_markdown
from advisor.steps.kit import KitSections
from advisor.steps.phrasebook import load_phrasebook
from advisor.steps.wording import as_said

TODAY = dt.date(2026, 11, 20)
RULEBOOK = builtin_rulebook()
VERIFIER = builtin_verifier()
TARGETS = {target for move in RULEBOOK.moves for target in move.targets}
FOLDER = files("advisor").joinpath("playbook", "kits")
FILES = {f"kits/{e.name}": e.read_text("utf-8") for e in FOLDER.iterdir() if e.name.endswith(".yaml")}
KITS = load_kits(FILES, RULEBOOK.passages, TARGETS)
PHRASES = load_phrasebook("kit.yaml", files("advisor").joinpath("prompts", "kit.yaml").read_text("utf-8"))
LINES = [(part, line) for part in KITS.parts for line in (*part.lines, *part.rows)]

WORKFLOW = "read the maintenance tickets and send each to the right contractor"
OWNER = "Maria from support keeps it running"
HIRING = {"job_description", "sourcing", "screening", "interview_scorecard", "interview_questions"}
HIRING |= {"take_home", "plan_30_60_90"}

HIRED_LATER = FollowOn(
    condition="it lasts", role="ai_engineer", engagement="full_time", label="a full-time AI engineer",
    passage="arsum-hire-ai-engineer/the-simplest-rule/text-1", quote="hire full-time",
)  # fmt: skip
OPEN = ("task", "data", "within", "threshold", "owner")

Said = dict[FactKey, tuple[Any, str]]


def facts_of(said: Said) -> dict[FactKey, Fact]:
    """Facts as stated in one message: key → (value, words)."""
    return fold(
        Statement(key=key, value=canonical_value(key, value), said=words, message_id="m1")
        for key, (value, words) in said.items()
    )


def drawn(seed: int) -> dict[FactKey, Fact]:
    """Facts drawn by seed over the likely answers."""
    draw = random.Random(seed)
    said: Said = {}
    for question in RULEBOOK.questions:
        if question.answers and draw.random() < 0.6:
            answer = draw.choice(question.answers)
            said[question.fact] = (answer.value, answer.label)
    if "workflow" in said and draw.random() < 0.8:
        said["workflow"] = (WORKFLOW, WORKFLOW)
    return facts_of(said)


def decided(
    facts: dict[FactKey, Fact],
    role: str = "",
    engagement: str = "",
    then: tuple[FollowOn, ...] = (),
    **more: Any,
) -> Recommendation:
    """The decision for these facts; with another first move in it where one is named."""
    decision = decide(RULEBOOK, Case.from_facts(facts), TODAY)
    if not role:
        return decision
    first = decision.first.model_copy(update={"role": role, "engagement": engagement, **more})
    return decision.model_copy(update={"first": first, "then": then, "calculation": ()})


def kit_of(facts: dict[FactKey, Fact], role: str = "", engagement: str = "", **more: Any) -> Kit:
    return fill(KITS, decided(facts, role, engagement, **more), facts, TODAY, as_said)


def verified(kit: Kit, decision: Recommendation, facts: dict[FactKey, Fact]) -> tuple[Draft, Verified]:
    """The kit's sections, and what the verifier leaves of them."""
    draft = Draft(title="Memo", sections=KitSections(PHRASES).sections(kit))
    lines = {line.id: line for line in (*decision.calculation, *kit.calculation)}
    passages = {key: RULEBOOK.passages[key] for key in kit.passages}
    grounds = Grounds(passages, facts, lines, decision, TODAY, RULEBOOK.sources)
    return draft, VERIFIER.verify(draft, grounds)


def part_of(kit: Kit, part_id: str) -> KitPart:
    """The part, which must be there."""
    found = kit.part(part_id)
    assert found is not None, f"no part {part_id}"
    return found


def texts(kit: Kit) -> list[str]:
    return [line.text for part in kit.parts for line in (*part.lines, *part.rows)]


def with_entries(kit: Kit) -> list[tuple[Any, KitLine]]:
    """The lines that come from the data, each with its entry; the reckoned ones are test_backplan's."""
    by_id = {(part.id, line.id): line for part, line in LINES}
    lines = [(part.id, line) for part in kit.parts for line in (*part.lines, *part.rows)]
    return [(by_id[part, line.id], line) for part, line in lines if (part, line.id) in by_id]


# --- the data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "line"), LINES, ids=[f"{part.id}-{line.id}" for part, line in LINES])
def test_every_line_with_its_blanks_open_says_what_its_passages_say(part: Any, line: Any) -> None:
    cells = tuple(SLOT.sub(lambda match: KITS.slots[match[1]].open, cell) for cell in line.templates)
    evidence = tuple(PassageEvidence(passage=one.passage, quote=one.quote) for one in line.rests_on)
    section = Section(id="x", heading="X", claims=(Claim(text=cells[0], evidence=evidence),))
    if line in part.rows:
        section = Section(id="x", heading="X", table=Table(header=part.header, rows=((cells, evidence),)))
    grounds = Grounds(RULEBOOK.passages, {}, {}, None, TODAY)
    assert VERIFIER.verify(Draft(title="Memo", sections=(section,)), grounds).faults == ()


def test_every_line_can_appear() -> None:
    assert [line.id for _, line in LINES if not can_fire(line, RULEBOOK.questions)] == []


def test_every_part_is_reached_by_some_case() -> None:
    reached = {part.id for seed in range(60) for part in kit_of(drawn(seed)).parts}
    assert reached == {part.id for part in KITS.parts}


FAULTS = [
    ("kits/brief.yaml", "{task}", "{task_of_mine}", "task_of_mine"),
    ("kits/brief.yaml", "The product feature to ship, or", "A dead quote, or", "dead quote"),
    ("kits/brief.yaml", "next-steps/list-1", "next-steps/list-9", "list-9"),
    ("kits/brief.yaml", "unless: [is_ordinary_software]", "unless: [is_magic]", "is_magic"),
    ("kits/security.yaml", "when: [it_is_regulated]", "when: [is_regulated_a_lot]", "is_regulated_a_lot"),
    ("kits/job.yaml", "goes_with: [data_engineer]", "goes_with: [data_wizard]", "data_wizard"),
    ("kits/job.yaml", "goes_with: [data_engineer]", "goes_with: [delivery_pod]", "can never appear"),
    ("kits/job.yaml", "id: output_ml\n", "id: output_ai\n", "stands there twice"),
    ("kits/job.yaml", '["Data infrastructure", "{infrastructure}"]', '["{infrastructure}"]', "1 cells"),
    ("kits/brief.yaml", "the budget: {budget}", "the budget: {place}", "no line uses the slot budget"),
    ("kits/plan.yaml", "from_day: 31", "from_day: 30", "begins on none"),
    ("kits/order.yaml", "- timeline\n", "", "timeline"),
    ("kits/slots.yaml", "fact: budget_usd", "fact: money", "wrong entry"),
    ("kits/slots.yaml", "fills: [ready, messy]", "fills: [spotless]", "spotless"),
    ("kits/slots.yaml", "unless: [the_workflow_is_vague]", "unless: [the_workflow_is_blue]", "is_blue"),
    ("kits/timeline.yaml", "low: 90, high: 120", "low: 80, high: 120", "does not hold"),
    ("kits/timeline.yaml", "stages: [find_out, write_brief]", "stages: [find_out, dream]", "dream"),
    ("kits/timeline.yaml", "goes_with: [discovery]", "goes_with: [pilot]", "goes with none_yet+discovery"),
    ("kits/timeline.yaml", "{begins}.", "{ends}.", "work_begins"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "says"), FAULTS, ids=[says for *_, says in FAULTS])
def test_a_fault_in_a_file_is_refused_by_name(name: str, old: str, new: str, says: str) -> None:
    assert old in FILES[name]
    with pytest.raises(PlaybookError) as raised:
        load_kits({**FILES, name: FILES[name].replace(old, new, 1)}, RULEBOOK.passages, TARGETS)
    assert says in str(raised.value)


def test_buying_a_platform_brings_a_trial_and_nothing_of_hiring() -> None:
    ids = {part.id for part in kit_of({}, "none_yet", "buy_platform").parts}
    assert "product_trial" in ids
    assert not ids & (HIRING | {"vendor_questions", "red_flags"})
    bought = decided({}, "none_yet", "buy_platform", then=(HIRED_LATER,))
    assert not {part.id for part in fill(KITS, bought, {}, TODAY, as_said).parts} & HIRING


def test_a_contractor_brings_all_that_hiring_takes_and_an_agency_the_vendor_questions() -> None:
    contractor = {part.id for part in kit_of({}, "ai_developer", "contractor").parts}
    agency = {part.id for part in kit_of({}, "delivery_pod", "agency").parts}
    assert contractor >= HIRING
    assert "vendor_questions" in agency - contractor
    assert not agency & HIRING


def test_a_hire_that_follows_brings_its_parts_marked_and_undated() -> None:
    facts = facts_of({"value_proven": ("no", "not yet proven"), "timeline_days": (200, "in 200 days")})
    kit = kit_of(facts, "none_yet", "pilot", then=(HIRED_LATER,))
    plan = part_of(kit, "plan_30_60_90")
    assert (plan.follows, len(plan.header)) == (True, 2)
    assert not part_of(kit, "timeline").follows
    heading = next(s.heading for s in KitSections(PHRASES).sections(kit) if s.id == "kit_plan_30_60_90")
    assert heading == "Kit: 30-60-90 plan, for the move that follows"


def test_the_plan_of_a_first_hire_is_dated() -> None:
    plan = part_of(kit_of({}, "ai_engineer", "full_time"), "plan_30_60_90")
    assert [row.cells[-1][:13] for row in plan.rows] == ["21 February 2", "23 March 2027", "22 April 2027"]


def test_the_level_of_the_first_move_stands_in_the_job_description() -> None:
    for level, words in (("mid", "2–4 years"), ("senior", "4–7 years"), ("staff", "7+ years")):
        job = part_of(kit_of({}, "ai_engineer", "full_time", level=level), "job_description")
        assert [words in row.text for row in job.rows if row.id.startswith("level_")] == [True]
    none = part_of(kit_of({}, "ai_engineer", "full_time", level=None), "job_description")
    assert not any(row.id.startswith("level_") for row in none.rows)


ADDED = [
    ("regulated", "yes", {"audit_trail", "from_the_first_day", "technical_owner"}, "audit"),
    ("mistake_tolerance", "low", {"low_confidence"}, "person for review"),
    ("work_type", "rag_sensitive", {"sources", "permissions"}, "permissions govern"),
    ("work_type", "custom_models_serving", {"drift", "serving_owner"}, "data drift"),
]


@pytest.mark.parametrize(("fact", "value", "ids", "says"), ADDED, ids=[str(row[1]) for row in ADDED])
def test_what_the_work_is_adds_its_security_questions(
    fact: FactKey, value: str, ids: set[str], says: str
) -> None:
    plain = part_of(kit_of({}, "ai_engineer", "contractor"), "security_questions")
    facts = facts_of({fact: (value, "so it is")})
    more = part_of(kit_of(facts, "ai_engineer", "contractor"), "security_questions")
    assert len(plain.rows) == 8
    added = {row.id for row in more.rows} - {row.id for row in plain.rows}
    assert added == ids
    assert any(says in row.text for row in more.rows if row.id in added)


def test_regulated_work_adds_to_the_job_the_scorecard_and_the_take_home() -> None:
    facts = facts_of({"regulated": ({"value": "yes", "regimes": ["HIPAA"]}, "we are under HIPAA")})
    plain, more = kit_of({}, "ai_engineer", "full_time"), kit_of(facts, "ai_engineer", "full_time")
    for part_id in ("job_description", "interview_scorecard", "take_home"):
        before, after = part_of(plain, part_id), part_of(more, part_id)
        assert len(after.rows) > len(before.rows)
    assert "“we are under HIPAA”" in " ".join(texts(more))


FILLED: list[tuple[Said, tuple[str, ...]]] = [
    ({}, OPEN),
    ({"workflow": (WORKFLOW, WORKFLOW)}, ("data", "threshold", "owner")),
    ({"workflow": (WORKFLOW, WORKFLOW), "data_readiness": ("messy", "a mess")}, ("threshold", "owner")),
    ({"data_readiness": ("none", "we have none")}, OPEN),
    ({"post_launch_owner": ("named", OWNER)}, ("task", "data", "within", "threshold")),
    ({"post_launch_owner": ("named", "There is a name.")}, OPEN),
    ({"post_launch_owner": ("none", "nobody")}, OPEN),
    ({"workflow": ("not sure yet", "not sure yet")}, OPEN),
    ({"mistake_tolerance": ("low", "0 errors")}, OPEN),
]


@pytest.mark.parametrize(("said", "left"), FILLED)
def test_the_open_blanks_of_the_brief_are_those_that_nobody_filled(said: Said, left: tuple[str, ...]) -> None:
    kit = kit_of(facts_of(said), "ai_developer", "contractor")
    assert part_of(kit, "system_brief").open_blanks == left
    assert texts(kit)[0].count("(open:") == len(left)
    line = next(line for line in kit.calculation if line.id == "kit.blanks")
    assert (line.low, line.high) == (len(left), len(left))


def test_a_fact_that_is_unknown_or_without_words_fills_nothing() -> None:
    unknown = {"workflow": Fact(value=None, said="no idea", message_id="m1", status="unknown")}
    wordless = {"post_launch_owner": Fact(value="named", said=None, message_id=None, status="stated")}
    assumed = {"data_readiness": Fact(value="ready", said=None, message_id=None, status="assumed")}
    for facts in (unknown, wordless, assumed):
        brief = part_of(kit_of(facts, "ai_developer", "contractor"), "system_brief")  # type: ignore[arg-type]
        assert len(brief.open_blanks) == 5


def test_what_was_said_is_never_read_as_a_blank() -> None:
    facts = facts_of({"workflow": ("fill {owner}", "fill {owner}"), "post_launch_owner": ("named", OWNER)})
    kit = fill(KITS, decided(facts), facts, TODAY, shown=str)
    assert "“fill {owner}”" in texts(kit)[0]


def test_a_workflow_given_as_a_value_alone_is_the_users_own_text() -> None:
    held = Fact(value=WORKFLOW, said=None, message_id=None, status="stated")
    assert f"“{WORKFLOW}”" in texts(kit_of({"workflow": held}, "ai_developer", "contractor"))[0]


SAID: Said = {
    "workflow": (WORKFLOW, WORKFLOW), "data_readiness": ("messy", "three exports that never agree"),
    "timeline_days": (72, "live by end of January"), "budget_usd": (80000, "eighty grand"),
    "regulated": ({"value": "yes", "regimes": ["SOC 2"]}, "SOC 2 applies"),
    "company_stage": ("series_a", "we closed our A"), "volume": ("900 a day", "900 a day"),
    "existing_team": ("four backend devs", "four backend devs"), "region_preference": ("Berlin", "in Berlin"),
    "post_launch_owner": ("named", OWNER), "mistake_tolerance": ("low", "a wrong contractor costs us a day"),
}  # fmt: skip


def test_the_users_words_stand_in_the_kit_and_nothing_else_is_filled() -> None:
    """With the stated words put back as blanks, every line is its template with the blanks as written."""
    facts = facts_of(SAID)
    kit = kit_of(facts, "ai_developer", "contractor", level="mid")
    assert part_of(kit, "technical_brief").open_blanks == ("sources", "user", "metric", "retention")
    everything = " ".join(texts(kit))
    for _, words in SAID.values():
        assert words in everything
    checked = 0
    for entry, line in with_entries(kit):
        for template, cell in zip(entry.templates, line.cells, strict=False):
            pattern, at = "", 0
            for slot in SLOT.finditer(template):
                words = KITS.slots[slot[1]]
                told = [re.escape(one) for one in (words.text, words.open, words.told) if one]
                shown = "|".join(told).replace(r"\{said\}", "(.+?)")
                pattern += re.escape(template[at : slot.start()]) + f"(?:{shown})"
                at = slot.end()
            found = re.fullmatch(pattern + re.escape(template[at:]), cell)
            assert found, cell
            for put in filter(None, found.groups()):
                assert put.removesuffix(" …") in " | ".join(said for _, said in SAID.values())
                checked += 1
    assert checked > 10


HOSTILE = [
    "**bold** _it_ `code` # head\n\n| a | b |\n- item\r\n> quote",
    "<!everyone> <@U123> @channel <script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} {task} {owner} {said} ${HOME} %s {0}",
    'read “tickets” and «send» "them" „on‟ ‹now›',
    "[click](http://evil.example/x) ![i](https://evil.example/y.png)",
    "tickets\u202e\u200b\u2066 reversed\x07",
    "&lt;b&gt; &amp; AT&T &#60;i&#62;",
    "a b " * 1250,
    "x" * 5000,
    "1. First thing! Then 2 more; 3) end. (open: nothing)",
    "hire a full-time AI engineer for $1M, not a contractor, never",
    "***", "“”",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(words: str) -> None:
    values = {key: (value, words) for key, (value, _) in SAID.items()}
    for key in ("workflow", "existing_team", "region_preference", "volume"):
        values[key] = (words, words)
    facts = facts_of(values)
    decision = decided(facts)
    kit = fill(KITS, decision, facts, TODAY, as_said)
    for entry, line in with_entries(kit):
        if line.cells == entry.templates:
            continue  # nobody's words are in it
        assert "49" not in line.text, "rendered as a template"
        assert line.text.count("“") == line.text.count("”")
        assert not re.search(r"[\n\r<>|`*_#\[\]{}\\~@\u200b\u202e]|&(?:\w{2,}|#)", " ".join(line.cells))
        assert all(len(cell) <= 600 and len(cell.split()) <= 60 for cell in line.cells)
    draft, left = verified(kit, decision, facts)
    assert left.faults == ()
    assert len(left.draft.sections) == len(draft.sections)


@pytest.mark.parametrize("seed", range(40))
def test_nothing_of_a_filled_kit_is_cut(seed: int) -> None:
    facts, move = drawn(seed), RULEBOOK.moves[seed % len(RULEBOOK.moves)]
    for decision in (decided(facts), decided(facts, move.role, move.engagement, level="mid")):
        kit = fill(KITS, decision, facts, TODAY, as_said)
        draft, left = verified(kit, decision, facts)
        assert left.faults == ()
        assert left.draft == draft


def test_the_same_case_gives_the_same_kit_bit_for_bit() -> None:
    for seed in range(10):
        assert kit_of(drawn(seed)).model_dump_json() == kit_of(drawn(seed)).model_dump_json()


def test_the_chat_gets_the_brief_the_open_blanks_and_the_names_of_the_rest() -> None:
    facts = facts_of({"workflow": (WORKFLOW, WORKFLOW), "data_readiness": ("messy", "a mess")})
    section = KitSections(PHRASES).sections(kit_of(facts, "ai_developer", "contractor"))[0]
    assert section.id == "kit"
    brief, names = section.claims
    assert f"it does “{WORKFLOW}”" in brief.text
    assert names.text.startswith("One-sentence brief with 2 blanks open · technical brief")
    assert "take-home assignment · security questions · red flags · 30-60-90 plan" in names.text


def test_ordinary_software_gets_no_ai_brief() -> None:
    facts = facts_of({"work_type": ("non_ai_software", "a plain web shop")})
    kit = kit_of(facts, "software_engineer", "contractor")
    part_of(kit, "job_description")
    assert kit.part("system_brief") is None
    assert KitSections(PHRASES).sections(kit)[0].claims[0].text.startswith("Technical brief")


def test_a_rendered_kit_shows_no_figure_that_was_not_verified() -> None:
    facts = facts_of({**SAID, "timeline_days": ({"min": 60, "max": 400}, "some time next year")})
    kit = kit_of(facts, "ai_engineer", "full_time", level="senior")
    decision = decided(facts, "ai_engineer", "full_time", level="senior")
    _, left = verified(kit, decision, facts)
    assert left.faults == ()
    numbering = Numbering(RULEBOOK.passages, RULEBOOK.sources)
    text = "\n\n".join(section_markdown(section, numbering) for section in left.draft.sections)
    assert sweep(text, left.draft, numbering.all(), today=TODAY) == ()
