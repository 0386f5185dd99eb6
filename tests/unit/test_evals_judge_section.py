"""The section that asks a judge model: claims, cases, totals and notes, settings, command."""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.assembly import builtin_corpus
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.memo import (
    CalculationEvidence,
    Claim,
    DecisionEvidence,
    FactEvidence,
    PassageEvidence,
    Section,
)
from advisor.errors import SettingsError
from advisor.testing.openai_server import Fails, OpenAIServer, Request, Says, Step
from evals.judge.__main__ import main
from evals.judge.claims import (
    SUPPORTED_KINDS,
    ClaimsUnreadable,
    claim_context,
    kappa,
    load_claims,
)
from evals.judge.samples import claims_of_guides, load_judge_cases
from evals.judge.settings import UNMEASURED, JudgeSettings, load_judge_settings
from evals.originality import SEEDS, read_texts, shared_runs
from evals.product import Product
from evals.results import CaseResult, read_run
from evals.sections import judge as section
from tests.conversations.scripts import TODAY, local_language, parts
from tests.unit.judge_model import given, honest

KEY = "sk-judge-77ab20"
CASES = Path(__file__).parents[2] / "evals" / "cases"
CLAIMS = load_claims()
LABELS = {claim.claim: claim.supported for claim in CLAIMS}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No judge of the developer's own is asked."""
    for name in ("MODEL", "BASE_URL", "API_KEY"):
        monkeypatch.delenv(f"ADVISOR_JUDGE_{name}", raising=False)


def settings(server: OpenAIServer, **changed: Any) -> JudgeSettings:
    fixed: dict[str, Any] = {
        "model": "judge-1",
        "base_url": server.url,
        "api_key": KEY,
        "timeout": 5,
        "retries": 0,
    }
    return JudgeSettings(**{**fixed, "runs": 1, **changed})


def verdicts(says: Callable[[str], bool]) -> Callable[[Request], Step]:
    """A judge that answers on claims only."""

    def answer(request: Request) -> Step:
        [claim] = given(request)["statements"]
        return Says(
            {"statements": [{"statement": claim, "reason": "so it seems", "verdict": int(says(claim))}]}
        )

    return answer


def cases_of(
    script: Callable[[Request], Step],
    parts: Sequence[str] = ("claims",),
    limit: int | None = 12,
    **changed: Any,
) -> list[CaseResult]:
    with OpenAIServer(script) as server, Product() as product:
        chosen = settings(server, **changed)
        return list(section.run(product, "full", settings=chosen, parts=parts, limit=limit))


def test_a_hundred_claims_are_balanced_varied_and_find_their_passages() -> None:
    corpus = builtin_corpus()
    assert len(CLAIMS) == 100
    assert sum(claim.supported for claim in CLAIMS) == 50
    kinds = Counter(claim.kind for claim in CLAIMS)
    assert len(kinds) == 13
    assert min(kinds.values()) >= 4
    assert len({claim.claim for claim in CLAIMS}) == 100
    assert {support.passage.partition("/")[0] for claim in CLAIMS for support in claim.passages} == set(
        corpus.sources
    )
    for claim in CLAIMS:
        text = claim_context(corpus, claim)
        assert "Published by" in text
        assert claim.claim not in text


def test_a_passage_that_was_cut_anew_is_found_by_its_words() -> None:
    corpus, claim = builtin_corpus(), CLAIMS[0]
    moved = claim.passages[0].model_copy(update={"passage": claim.passages[0].passage + "-2"})
    assert claim_context(corpus, claim.model_copy(update={"passages": (moved,)})) == claim_context(
        corpus, claim
    )
    gone = moved.model_copy(update={"quote": "these words stand nowhere"})
    with pytest.raises(ClaimsUnreadable, match="stands in no passage"):
        claim_context(corpus, claim.model_copy(update={"passages": (gone,)}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "negation", "supported": True}, "belies the label"),
        ({"passages": []}, "line 2"),
        ({}, "twice"),
    ],
)
def test_a_wrong_file_of_claims_is_refused(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    good = json.loads((CASES / "judge_claims.jsonl").read_text("utf-8").splitlines()[0])
    (tmp_path / "claims.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(good | change) + "\n")
    with pytest.raises(ClaimsUnreadable, match=words):
        load_claims(tmp_path / "claims.jsonl")


def test_the_words_are_ours() -> None:
    if SEEDS.is_dir():  # the guides do not come with the checkout
        ours = read_texts([CASES / "judge_claims.jsonl", CASES / "judge_questions.yaml"])
        assert shared_runs(ours, read_texts(SEEDS.iterdir())) == []


def test_kappa_takes_chance_away() -> None:
    labels = [True, True, False, False]
    assert kappa(labels, [True] * 4) == 1.0
    assert kappa(labels, [True, True, False, False]) == 0.0  # always "supported": half right by chance
    assert kappa(labels, [False] * 4) == -1.0
    assert kappa([True, True], [True, False]) is None


def test_a_judge_that_agrees_is_fit() -> None:
    cases = cases_of(verdicts(LABELS.__getitem__), runs=2)
    sums = section.totals(cases)
    assert (sums["kappa"], sums["kappa_spread"], sums["accuracy"]) == (1.0, 0.0, 1.0)
    assert (sums["requests"], sums["judge_agreement_failed_runs"]) == (24.0, 0.0)
    assert sums["prompt_tokens"] > 0
    assert section.gates(cases, JudgeSettings(model="judge-1"))
    assert section.notes(cases, JudgeSettings(model="judge-1"))[0].endswith(": fit")


def test_a_judge_that_believes_everything_is_unfit_and_binds_nothing() -> None:
    cases = cases_of(verdicts(lambda claim: True))
    sums = section.totals(cases)
    assert sums["kappa"] == 0.0
    kinds = {claim.kind for claim in CLAIMS[:12]}
    for kind in kinds:
        assert sums[f"agreement_{kind}"] == float(kind in SUPPORTED_KINDS)
    assert not section.gates(cases, JudgeSettings(model="judge-1"))
    assert "unfit" in section.notes(cases, JudgeSettings(model="judge-1"))[0]
    wrong = next(case for case in cases if case.scores["judge_agreement"] == 0.0)
    assert "the judge says otherwise: so it seems" in wrong.why["judge_agreement"]


def test_a_judge_that_gives_no_verdict_disagrees() -> None:
    cases = cases_of(lambda request: Says({"statements": []}), runs=2)
    sums = section.totals(cases)
    assert (sums["accuracy"], sums["kappa"], sums["judge_agreement_failed_runs"]) == (0.0, -1.0, 24.0)
    assert not section.gates(cases, JudgeSettings(model="judge-1"))


def test_without_a_judge_nothing_is_measured_and_that_is_said() -> None:
    with Product() as product:
        assert list(section.run(product, "full")) == []
        assert section.notes() == [UNMEASURED]
        assert not section.gates([])
        with OpenAIServer() as server:  # fails on any request
            assert list(section.run(product, "fast", settings=settings(server))) == []


def test_the_cases_can_be_read_and_their_ids_are_single() -> None:
    cases = load_judge_cases()
    assert len(cases.questions) >= 30
    assert len(cases.consultations) >= 3


class InMemory(Product):
    """The product with the local language on evidence in memory: no index has to be built."""

    @cached_property
    def advisor(self) -> Any:
        database = self.home / "conversations.sqlite"
        made = dataclasses.replace(parts(database), language=local_language())
        advisor = AdvisorCore(made, database, _no_ingest, lambda: TODAY)
        self._opened.append(advisor)  # pyright: ignore[reportArgumentType] - closed like any other
        return advisor


def _no_ingest(paths: object, collection: str) -> dict[str, object]:
    raise AssertionError(f"nothing is ingested here: {paths} {collection}")


def test_answers_and_memos_of_the_product_are_judged() -> None:
    with InMemory() as product, OpenAIServer(honest) as server:
        chosen = settings(server)
        found = list(section.run(product, "full", settings=chosen, parts=("answers", "memos"), limit=1))
    by_id = {case.id: case for case in found}
    assert set(by_id) == {"answer/q01", "memo/m1"}
    answer, memo = by_id["answer/q01"], by_id["memo/m1"]
    assert set(answer.scores) == {metric.name for metric in section.MEASURED.values()}
    assert set(memo.scores) == {"judged_faithfulness"}
    assert [said.who for said in answer.transcript] == ["user", "advisor"]
    got: Any = answer.got
    assert "90–120 days" in got["judged"]
    assert "[1]" in answer.transcript[1].text
    assert "[1]" not in got["judged"]  # nor the question that is still open
    assert "Why I ask" not in got["judged"]
    assert all("Published by" in text for text in got["contexts"])
    assert got["spent"]["requests"] == 10
    assert got["runs"]["judged_context_recall"]["values"] == [answer.scores["judged_context_recall"]]
    told: Any = memo.got
    assert told["contexts"][-1].startswith("The user said: ")


def test_of_a_memo_only_what_rests_on_guides_and_facts_is_judged() -> None:
    passage, fact = PassageEvidence(passage="p/q/text-1", quote="q"), FactEvidence(fact="timeline_days")
    claims = (
        Claim(text="The guides say so.", evidence=(passage,)),
        Claim(text="You said so, and the guides do.", evidence=(fact, passage)),
        Claim(text="So this is the move.", evidence=(DecisionEvidence(), passage)),
        Claim(text="That makes ten weeks.", evidence=(CalculationEvidence(line="weeks"), passage)),
        Claim(text="You said so.", evidence=(fact,)),
    )
    sections = (
        Section(id="why", heading="Why", claims=claims),
        Section(id="kit", heading="Kit", claims=claims[:1]),
    )
    kept = claims_of_guides(SimpleNamespace(sections=sections))  # pyright: ignore[reportArgumentType]
    assert kept == list(claims[:2])


def test_settings_tell_what_is_wrong_and_never_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_judge_settings().configured
    assert not load_judge_settings(model=" ").configured
    assert not load_judge_settings(model="None").configured
    with pytest.raises(SettingsError, match="no key is set"):
        _ = load_judge_settings(model="judge-1").key
    assert load_judge_settings(model="judge-1", base_url="http://127.0.0.1:1/v1").key == "none"
    monkeypatch.setenv("ADVISOR_JUDGE_API_KEY", f"{KEY} two words")
    with pytest.raises(SettingsError, match="ADVISOR_JUDGE_API_KEY can't be used") as told:
        load_judge_settings()
    assert KEY not in str(told.value)
    assert told.value.__cause__ is None
    with pytest.raises(ValidationError) as bare:
        JudgeSettings()
    assert KEY not in str(bare.value)
    monkeypatch.setenv("ADVISOR_JUDGE_API_KEY", KEY)
    monkeypatch.setenv("ADVISOR_JUDGE_BASE_URL", "ftp://judge")
    with pytest.raises(SettingsError, match="ADVISOR_JUDGE_BASE_URL"):
        load_judge_settings()
    monkeypatch.setenv("ADVISOR_JUDGE_BASE_URL", f"https://user:{KEY}@judge.example:8443/v1")
    chosen = load_judge_settings()
    assert chosen.host == "judge.example:8443"
    assert KEY not in repr(chosen.api_key)


def test_the_command_says_unmeasured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert UNMEASURED in capsys.readouterr().out


def test_the_command_measures_and_writes_a_run_without_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADVISOR_JUDGE_MODEL", "judge-1")
    monkeypatch.setenv("ADVISOR_JUDGE_API_KEY", KEY)
    written = tmp_path / "run.json"
    with OpenAIServer(verdicts(LABELS.__getitem__)) as server:
        monkeypatch.setenv("ADVISOR_JUDGE_BASE_URL", server.url)
        assert main(["--part", "claims", "--limit", "6", "-o", str(written)]) == 0
    run = read_run(written)
    assert len(run.cases) == 6
    assert len(server.requests) == 18
    assert run.totals["judge.accuracy"].value == 1.0
    assert run.versions["judge"] == "judge-1"
    told = capsys.readouterr()
    assert KEY not in written.read_text("utf-8") + told.out + told.err
    assert "judge.kappa" in told.out


def test_the_command_ends_on_a_judge_that_can_not_be_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADVISOR_JUDGE_MODEL", "judge-1")
    monkeypatch.setenv("ADVISOR_JUDGE_API_KEY", KEY)
    with OpenAIServer(lambda request: Fails(401, f"unknown: {KEY}")) as server:
        monkeypatch.setenv("ADVISOR_JUDGE_BASE_URL", server.url)
        assert main(["--part", "claims"]) == 2
    assert len(server.requests) <= 4  # those under way at once
    told = capsys.readouterr()
    assert "can't be asked: it does not accept the key" in told.err.replace("\n", " ")
    assert KEY not in told.out + told.err
