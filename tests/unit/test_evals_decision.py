"""The records of the decision: they change with what the policy decides by, and with nothing else."""

import copy
import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest

from advisor.assembly import builtin_corpus, builtin_kits, builtin_rulebook, playbook_files
from advisor.domain.case import Case
from advisor.policy import certificate
from advisor.policy.decide import scorer_for
from advisor.policy.playbook_files import Rule
from advisor.policy.predicates import PREDICATES, Predicate
from advisor.policy.rulebook import Rulebook, SpokenRule, load_rulebook
from advisor.steps.decide import recommendation
from evals.decisions.asking import answers, matters
from evals.decisions.comparing import differs
from evals.decisions.gold import GoldCase, accepted, called_wrong, gold_cases
from evals.decisions.implied import bracket, conversation
from evals.decisions.money import claim_records, cost_records, move_records
from evals.decisions.recorded import RecordedCase, recorded_cases, whole
from evals.decisions.replaying import flip_faults, replay_faults
from evals.decisions.truths import probes, tables
from evals.decisions.votes import Json, explained, record, voted
from evals.decisions.wanted import missing
from evals.metrics.decision import first_move_right
from evals.sections.decision import agreement_cases, totals

RULEBOOK, DATES = builtin_rulebook(), builtin_kits().timeline
CASES = recorded_cases()
SOME = next(case for case in CASES if case.full and len(case.facts) == 5)


def votes(rulebook: Rulebook) -> dict[str, Json]:
    """The records of all recorded cases."""
    found = voted(rulebook, [case.facts for case in CASES])
    return {c.id: record(rulebook, c.facts, one) for c, one in zip(CASES, found, strict=True)}


VOTES = votes(RULEBOOK)


def told(before: dict[str, Json], now: dict[str, Json]) -> list[str]:
    return [line for name in before if (line := differs(before[name], now[name]))]


def with_rule(place: int, **fields: object) -> Rulebook:
    """The playbook with one rule changed."""
    spoken = RULEBOOK.rules[place]
    weights = dict(spoken.weights)
    if "supports" in fields:
        weights = {target: -weight for target, weight in weights.items()}
    changed = SpokenRule(
        spoken.rule.model_copy(update=fields), spoken.source, weights, spoken.interested, spoken.facts
    )
    rules = (*RULEBOOK.rules[:place], changed, *RULEBOOK.rules[place + 1 :])
    return dataclasses.replace(RULEBOOK, rules=rules, hash=f"{place} {sorted(fields)}")


def read_with(**changed: Callable[[str], str]) -> Rulebook:
    """The playbook with some of its files' texts changed, names with `_yaml` for `.yaml`."""
    files, corpus = playbook_files(), builtin_corpus()
    for name, change in changed.items():
        key = name.replace("_yaml", ".yaml")
        text = change(files[key])
        assert text != files[key]
        files[key] = text
    return load_rulebook(files, corpus.passages, corpus.sources, corpus.figures)


# --- the committed cases ---------------------------------------------------------------------------------


def test_the_recorded_cases_show_every_condition_of_the_playbook() -> None:
    """If this fails, a rule or predicate came in: `python -m evals.decisions.propose --write`."""
    added, impossible = missing(RULEBOOK, [case.facts for case in CASES], probes())
    assert added == []
    # What no case can show excludes itself: rules of one ground that never meet.
    assert all("beside another on its ground" in what for what in impossible)


def test_every_move_comes_first_in_a_whole_decision() -> None:
    cases = [case.facts for case in CASES if case.full]
    assert {one.order[0] for one in voted(RULEBOOK, cases)} == set(range(len(RULEBOOK.moves)))


def test_a_condition_that_no_case_shows_is_missed() -> None:
    held = [case.facts for case in CASES if "data_readiness" not in case.facts]
    added, _ = missing(RULEBOOK, held, probes())
    assert added
    assert all("data_readiness" in facts for facts, _ in added)


def test_every_gold_case_is_read() -> None:
    golds = list(gold_cases("worked", "dev", "independent_1"))
    assert len(golds) == 98 + 60 + 100
    move = RULEBOOK.moves[0]
    gold = GoldCase(set="s", id="1", facts={}, roles=(move.role,), engagements=("pilot",), wrong=(move.role,))
    assert not accepted(gold, move)
    assert called_wrong(gold, move) == (move.role,)


# --- what must change a record ---------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(0, len(RULEBOOK.rules), 9))
def test_a_rule_turned_round_or_freed_of_a_condition_changes_a_record(place: int) -> None:
    rule: Rule = RULEBOOK.rules[place].rule
    assert told(VOTES, votes(with_rule(place, supports=rule.opposes, opposes=rule.supports)))
    for part in ("when", "unless"):
        for name in getattr(rule, part):
            rest = tuple(other for other in getattr(rule, part) if other != name)
            assert told(VOTES, votes(with_rule(place, **{part: rest}))), f"{rule.id} without {name}"


def test_a_lost_vote_is_told_with_facts_publisher_and_first_move() -> None:
    dropped = dataclasses.replace(RULEBOOK, rules=RULEBOOK.rules[1:], hash="dropped")
    line = told(VOTES, votes(dropped))[0]
    publisher = RULEBOOK.rules[0].source.publisher
    assert re.match(r"\w+ .+: (support of|objection of) \d+ (for|to) \S+ \(.+\) gone", line)
    assert publisher in line


@pytest.mark.parametrize(
    "name", ["must_ship_within_60_days", "runs_at_high_volume", "product_and_data_are_mature"]
)
def test_a_predicate_turned_round_changes_its_table(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(RULEBOOK, probes())
    kept = PREDICATES[name]
    turned = Predicate(name, kept.reads, lambda case: not kept.test(case), kept.borders)
    monkeypatch.setitem(PREDICATES, name, turned)
    assert any(name in line for line in told(before, tables(RULEBOOK, probes())))


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize("name", [p.name for p in PREDICATES.values() if "timeline_days" in p.borders])
def test_a_border_moved_by_one_day_is_seen(name: str, by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(RULEBOOK, probes())
    kept = PREDICATES[name]

    def late(case: Case) -> bool:
        held = case.timeline_days
        moved = None if held is None else dataclasses.replace(held, low=held.low - by, high=held.high - by)
        return kept.test(dataclasses.replace(case, timeline_days=moved))

    monkeypatch.setitem(PREDICATES, name, Predicate(name, kept.reads, late, kept.borders))
    (line,) = told(before, tables(RULEBOOK, probes()))
    assert name in line


def test_a_predicate_under_another_name_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables(RULEBOOK, probes())
    kept = PREDICATES["it_is_core_ip"]
    monkeypatch.delitem(PREDICATES, "it_is_core_ip")
    monkeypatch.setitem(PREDICATES, "core", Predicate("core", kept.reads, kept.test, kept.borders))
    assert told(before, tables(RULEBOOK, probes())) == []


@pytest.mark.parametrize(
    ("file", "before", "now"),
    [
        ("costs_yaml", "high: 0.32", "high: 0.36"),
        ("costs_yaml", "hours_a_week: 40", "hours_a_week: 38"),
        ("costs_yaml", "within_months: 12", "within_months: 9"),
        ("moves_yaml", "duration_days: [28, 42]", "duration_days: [28, 49]"),
        ("moves_yaml", "prior: 6", "prior: 7"),
    ],
)
def test_a_figure_of_ours_changes_what_moves_last_or_cost(file: str, before: str, now: str) -> None:
    def money(rulebook: Rulebook) -> dict[str, Json]:
        moves = dict(move_records(rulebook, voted(rulebook, [SOME.facts]), DATES))
        priced = {f"costs {name}": one for name, one in cost_records(rulebook)}
        claims = {f"claim {name}": one for name, one in claim_records(rulebook)}
        return {**moves, **priced, **claims}

    changed = read_with(**{file: lambda text: text.replace(before, now)})
    assert told(money(RULEBOOK), money(changed))


def decided(rulebook: Rulebook, case: RecordedCase) -> Json:
    found = recommendation(conversation(case.facts, "2026-11-20"), rulebook)
    return whole(rulebook, case.facts, found, DATES)


def test_a_border_of_sureness_shows_in_a_whole_decision() -> None:
    at_border = next(case for case in CASES if case.shows.startswith("a lead of 25 %"))
    changed = read_with(weights_yaml=lambda text: text.replace("settled_margin: 25", "settled_margin: 26"))
    assert "settled → leaning" in differs(decided(RULEBOOK, at_border), decided(changed, at_border))


def test_a_worse_question_is_told_and_one_as_good_is_not() -> None:
    before = decided(RULEBOOK, SOME)
    by_worth = sorted(before["worth"], key=lambda fact: -before["worth"][fact])
    worse, near = copy.deepcopy(before), copy.deepcopy(before)
    worse["ask"] = by_worth[-1]
    assert "next question" in differs(before, worse)
    near["ask"] = by_worth[1]
    near["worth"][by_worth[1]] = before["worth"][by_worth[1]] = before["worth"][by_worth[0]] - 0.02
    assert differs(before, near) == ""


def test_asking_less_at_the_same_chance_is_told() -> None:
    before = decided(RULEBOOK, SOME)
    silent = {**before, "ask": None}
    assert "next question" in differs(before, silent)
    rarer = {**silent, "chance": before["chance"] - 0.02}
    assert differs(before, rarer) == ""


# --- what must not ---------------------------------------------------------------------------------------


def test_other_names_reasons_orders_and_seeds_change_no_record() -> None:
    """Rules renamed, reworded and turned back to front, their grounds renamed, both seeds others."""
    rules = [
        SpokenRule(
            spoken.rule.model_copy(
                update={
                    "id": f"r{n}",
                    "why": f"Reason {n}.",
                    "ground": f"{spoken.rule.ground}_too",
                    "row": "?",
                }
            ),
            spoken.source,
            spoken.weights,
            spoken.interested,
            spoken.facts,
        )
        for n, spoken in enumerate(RULEBOOK.rules)
    ]
    seeded = read_with(
        weights_yaml=lambda text: re.sub(r"seed: \d+", "seed: 5", text),
        costs_yaml=lambda text: re.sub(r"seed: \d+", "seed: 6", text),
    )
    changed = dataclasses.replace(seeded, rules=tuple(reversed(rules)), hash="renamed")
    assert told(VOTES, votes(changed)) == []
    assert told(dict(cost_records(RULEBOOK)), dict(cost_records(changed))) == []
    for case in [case for case in CASES if case.full][::7]:
        assert differs(decided(RULEBOOK, case), decided(changed, case)) == ""


# --- invariants and asking -------------------------------------------------------------------------------


def test_a_score_that_its_votes_do_not_make_up_is_named() -> None:
    (one,) = voted(RULEBOOK, [SOME.facts])
    assert explained(RULEBOOK, SOME.facts, one) == ""
    spoilt = dataclasses.replace(one, scores=(one.scores[0] + 1, *one.scores[1:]))
    assert "its votes come to" in explained(RULEBOOK, SOME.facts, spoilt)
    turned = dataclasses.replace(one, order=(one.order[1], one.order[0], *one.order[2:]))
    assert "leads" in explained(RULEBOOK, SOME.facts, turned)


def test_a_flip_that_does_not_flip_is_named() -> None:
    found = recommendation(conversation(SOME.facts, "2026-11-20"), RULEBOOK)
    assert flip_faults(RULEBOOK, SOME.facts, found.flips, found.first.id) == []
    other = next(move for move in RULEBOOK.moves if move.id not in {flip.move for flip in found.flips})
    wrong = found.flips[0].model_copy(update={"move": other.id})
    assert len(flip_faults(RULEBOOK, SOME.facts, [wrong], found.first.id)) == 1


def test_a_flip_whose_words_name_the_wrong_side_is_named() -> None:
    flip = next(
        flip
        for case in CASES
        if case.full and "timeline_days" in case.facts
        for flip in recommendation(conversation(case.facts, "2026-11-20"), RULEBOOK).flips
        if "under" in flip.phrase
    )
    turned = flip.model_copy(update={"phrase": flip.phrase.replace("under", "at least")})
    assert not [one for one in flip_faults(RULEBOOK, {}, [flip], "") if "is said of" in one]
    assert [one for one in flip_faults(RULEBOOK, {}, [turned], "") if "is said of" in one]


def test_a_part_that_no_replay_compares_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = recommendation(conversation(SOME.facts, "2026-11-20"), RULEBOOK)
    monkeypatch.setattr(certificate, "_broken_seals", lambda body, seals: [])
    assert "flips can be changed unnoticed" in replay_faults(RULEBOOK, RULEBOOK, SOME.facts, found)
    monkeypatch.setattr(certificate, "DECIDED", tuple(p for p in certificate.DECIDED if p != "rules_fired"))
    assert "rules_fired is not in the certificate" in replay_faults(RULEBOOK, RULEBOOK, SOME.facts, found)


def test_a_replay_with_another_playbook_is_no_replay() -> None:
    found = recommendation(conversation(SOME.facts, "2026-11-20"), RULEBOOK)
    assert replay_faults(read_with_same(), RULEBOOK, SOME.facts, found) == []
    other = read_with(weights_yaml=lambda text: text.replace("strong: 40", "strong: 44"))
    assert replay_faults(other, RULEBOOK, SOME.facts, found)


def read_with_same() -> Rulebook:
    corpus = builtin_corpus()
    return load_rulebook(playbook_files(), corpus.passages, corpus.sources, corpus.figures)


def test_a_question_that_can_change_nothing_is_idle() -> None:
    scorer = scorer_for(RULEBOOK)
    everything: dict[str, Any] = next(case.facts for case in CASES if case.full and len(case.facts) >= 16)
    told_all = {key: value for key, value in everything.items() if key != "volume"}
    assert matters(scorer, Case(), "work_type", ())
    firsts = {
        voted(RULEBOOK, [{**told_all, "volume": v}])[0].order[0] for v in ("500 a day", "2 million a day")
    }
    assert matters(scorer, Case.of(told_all), "volume", tuple(told_all)) == (len(firsts) > 1)


def test_a_perfect_user_is_asked_nothing_twice_and_loses_little() -> None:
    gold = next(gold_cases("worked"))
    found = answers(RULEBOOK, gold.facts, {})
    assert len(set(found.asked)) == len(found.asked) > 0
    assert found.repeated == ()
    assert 0 <= found.regret <= 1


def test_a_bracket_holds_the_border_whatever_the_sample() -> None:
    pairs = [(n / 100, n >= 6) for n in (1, 4, 5, 7, 20)]
    assert bracket(pairs) == [0.05, 0.07]
    before = {"k": "implied", "from chance": [0.05, 0.07]}
    assert differs(before, {"k": "implied", "from chance": [0.0575, 0.06]}) == ""
    assert "chance" in differs(before, {"k": "implied", "from chance": [0.08, 0.09]})


def test_half_a_point_is_for_a_move_that_is_neither_accepted_nor_wrong() -> None:
    given = {"roles": ["ai_engineer"], "engagements": ["pilot"], "wrong": ["agency"]}
    assert first_move_right.score(role="ai_engineer", engagement="pilot", **given).value == 1
    assert first_move_right.score(role="ai_developer", engagement="pilot", **given).value == 0.5
    assert first_move_right.score(role="ai_engineer", engagement="agency", **given).value == 0


def test_the_agreement_of_each_set_is_totalled() -> None:
    found = totals(list(agreement_cases(RULEBOOK)))
    assert found["agreement_worked"] == 1.0
    assert 0.9 <= found["agreement_dev"] < 1.0
