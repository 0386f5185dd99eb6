"""The figures section: verdicts on hand-made replies, lookups by content, the grid, and the probes."""

import pytest

from advisor.adapters import figure_lookup
from advisor.assembly import builtin_corpus
from advisor.domain.evidence import Figure
from advisor.domain.reply import Reply
from advisor.ports.evidence import Finding
from evals.figure_grid import Grid, GridAsk, load_grid, outcome, told
from evals.figure_questions import Question, load_questions, load_rows
from evals.metrics import figures as metrics
from evals.sections import figures as section

ASKED = Question(
    id="q900",
    half="dev",
    question="What does a senior AI engineer charge per hour in the US?",
    rows=["arsum-hire-senior-contractor-hourly"],
    numbers=[100, 200],
    conflict=["consultancy-ai-engineer-fractional-hourly"],
)
UNKNOWN = Question(id="u900", half="dev", question="What does a CTO earn in Chile?", none="plain")


class Lookup:
    """Stands in for the evidence: gives one finding."""

    def __init__(self, finding: Finding | None) -> None:
        self._finding = finding

    def figures(self, question: str) -> Finding | None:
        return self._finding


def rows() -> dict[str, Figure]:
    return load_rows()


def looked_up(question: Question, finding: Finding | None):
    return section.looked_up(question, Lookup(finding), rows())  # pyright: ignore[reportArgumentType]


def reply(text: str, covered: bool | None) -> Reply:
    return Reply(thread="t", message_id="m", kind="answer", text=text, covered=covered)


def test_the_kept_rows_are_those_of_the_questions_and_of_the_corpus():
    kept = rows()
    named = {name for one in load_questions() for name in (*one.rows, *one.conflict)}
    assert kept.keys() == named
    assert set(told(kept.values())) <= set(told(builtin_corpus().figures))


def test_the_fast_part_takes_from_both_halves_and_kinds():
    fast = [one for one in load_questions() if section.place(one) in section.TALKED]
    assert {one.half for one in fast} == {"dev", "held_out"}
    assert len([one for one in fast if one.none]) >= 10
    assert len([one for one in fast if one.conflict]) >= 10
    assert section.TALKED.isdisjoint(section.LOOKED_UP)


def test_a_false_answer_and_a_missing_figure_are_told():
    wrong = section.talked(ASKED, reply("It is $5 an hour.", True), rows())
    assert wrong.scores == {"figure_found": 0.0, "conflict_shown": 0.0}
    assert wrong.why["figure_found"].startswith("wrong: It is $5")
    made_up = section.talked(UNKNOWN, reply("A CTO earns $90,000.", True), rows())
    assert made_up.scores == {"declined_when_unknown": 0.0}
    honest = section.talked(UNKNOWN, reply("No guide says.", False), rows())
    assert honest.scores == {"declined_when_unknown": 1.0}


def test_a_lookup_is_compared_by_content_and_not_by_id():
    row = rows()[ASKED.rows[0]]
    found = looked_up(ASKED, Finding(figures=(row.model_copy(update={"id": "other", "label": "x"}),)))
    assert found.scores == {"figure_looked_up": 1.0}
    altered = looked_up(ASKED, Finding(figures=(row.model_copy(update={"low": 110}),)))
    assert altered.scores == {"figure_looked_up": 0.0}
    assert "100–200 USD per hour" in altered.why["figure_looked_up"]
    assert section.differs(found.record, altered.record) == (
        "answer: gone arsum-hire-ai-engineer, pay_hourly ai_engineer senior us: 100–200 USD per hour; "
        "new arsum-hire-ai-engineer, pay_hourly ai_engineer senior us: 110–200 USD per hour"
    )
    assert looked_up(UNKNOWN, Finding(figures=(row,))).scores == {"figure_looked_up": 0.0}
    assert looked_up(UNKNOWN, None).scores == {"figure_looked_up": 1.0}


def test_each_outcome_reads_differently():
    row = rows()[ASKED.rows[0]]
    records = [
        outcome(None),
        outcome(Finding()),
        outcome(Finding(figures=(row,))),
        outcome(Finding(nearest=(row,))),
    ]
    assert len({str(record) for record in records}) == 4


def test_the_grid_puts_each_question_once():
    questions = load_grid().questions()
    assert len(questions) == len(set(questions)) >= 50
    assert "What does one senior AI engineer charge per hour offshore?" in questions
    assert "How long does it take to hire one AI engineer?" in questions
    ask = GridAsk(ask="Pay of {who} {place}?", roles=("a",), levels=("x",), regions=("nowhere",))
    with pytest.raises(KeyError):
        Grid(roles={"a": "b"}, levels={"x": ""}, regions={}, asks=(ask,)).questions()


def test_a_moved_threshold_of_the_lookup_is_told(monkeypatch: pytest.MonkeyPatch):
    text, rows = section.PROBED[0], builtin_corpus().figures
    before = section.near_enough(text, rows)
    assert section.near_enough(text, rows) == before
    monkeypatch.setattr(figure_lookup, "NEAR_ENOUGH", 0.52)
    assert "least likeness" in section.differs(before, section.near_enough(text, rows))
    assert section.near_enough("How many kangaroos are there?", rows) == {
        "least likeness": "never",
        "by words alone": False,
    }


def test_metrics_say_what_went_wrong():
    assert metrics.figure_found.score(verdict="found", said="x").why == ""
    assert metrics.conflict_shown.score(shown=False, said="x").why == "no other guide's figure in: x"
