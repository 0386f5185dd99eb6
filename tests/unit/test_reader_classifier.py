"""The trained classifier of the local reader: it fits its data and keeps its floor."""

import numpy as np
import pytest

from advisor.adapters.embedder import OnnxEmbedder
from advisor.adapters.local_reader import LocalReader, load_reading
from advisor.adapters.local_reader.choosing import picked
from advisor.adapters.local_reader.classifier import Classifier, likeliest, load_trained
from advisor.adapters.local_reader.grams import letter_runs, marked, tokens, word_runs
from advisor.assembly import builtin_rulebook, question_choices
from advisor.domain.vocabulary import ENUMERATED, FactKey
from evals.understanding import FOLDER, READING, answered, lines, measure
from tests.unit.reading import TODAY, texts

FILE = READING / "classifier.npz"
PRECISION_FLOOR, RECALL_FLOOR, ANSWERS_FLOOR = 0.86, 0.69, 0.85
CHOICES = question_choices(builtin_rulebook())


@pytest.fixture(scope="module")
def classified(real_embedder: OnnxEmbedder) -> LocalReader:
    return LocalReader(load_reading(texts()), None, CHOICES, Classifier(FILE, real_embedder))


def test_it_was_trained_on_the_examples_of_the_checkout():
    from evals.train_reader import data_hash

    assert load_trained(FILE).data_hash == data_hash(), "run python -m evals.train_reader"


def test_it_was_trained_for_the_embedding_model_that_ships(real_embedder: OnnxEmbedder):
    assert load_trained(FILE).model == real_embedder.name


def test_it_is_small():
    assert FILE.stat().st_size < 2_000_000


def test_no_sentence_of_dev_was_trained_on():
    seen = {row["say"].lower() for file in (FOLDER / "train").glob("*.jsonl") for row in lines(file)}
    for name in ("phrasing", "answers"):
        dev = {row["say"].lower() for row in lines(FOLDER / "dev" / f"{name}.jsonl")}
        assert not [say for say in seen & dev if len(say.split()) > 3]  # "nobody yet" is anyone's


def test_it_keeps_its_floor_on_dev(classified: LocalReader):
    tally = measure(classified, lines(FOLDER / "dev" / "phrasing.jsonl"))
    precision, recall, _ = tally.scores(ENUMERATED)
    assert precision >= PRECISION_FLOOR
    assert recall >= RECALL_FLOOR


def test_it_keeps_its_floor_on_answers(classified: LocalReader):
    result = answered(classified, lines(FOLDER / "dev" / "answers.jsonl"))
    assert result.rate(ENUMERATED) >= ANSWERS_FLOOR


class OtherModel:
    """An embedding model that the file wasn't made for."""

    name = "other@1"

    def embed(self, _texts: object) -> np.ndarray:
        raise AssertionError("a foreign model must not be used")


def test_with_another_model_it_is_silent():
    reader = LocalReader(load_reading(texts()), None, CHOICES, Classifier(FILE, OtherModel()))
    cues = LocalReader(load_reading(texts()), None, CHOICES)
    for case in lines(FOLDER / "dev" / "phrasing.jsonl")[:20]:
        assert measure(reader, [case]).rows() == measure(cues, [case]).rows()


def test_the_chances_of_a_head_add_up():
    key: FactKey = "mistake_tolerance"
    head = np.array([[2, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]], dtype=np.float32)
    value, chance = likeliest(head, np.array([1, 0], dtype=np.float32), key)
    assert value == ENUMERATED[key][0]
    assert chance == pytest.approx(np.exp(2) / (np.exp(2) + 2 + np.exp(1)))
    assert likeliest(head, np.array([0, 1], dtype=np.float32), key, "nothing")[0] == "nothing"


@pytest.mark.parametrize(
    ("say", "wanted"),
    [
        ("nobody owns it, Ana does", "nobody owns_n it_n , ana does"),
        ("it isn't ours but theirs", "it isn't ours_n but theirs"),
        ("400 people since 2019", "#hundreds people since #year"),
        ("twelve thousand staff", "#thousands twelve thousand staff"),
        ("one person", "#one one person"),
    ],
)
def test_words_are_marked(say: str, wanted: str):
    assert " ".join(marked(tokens(say))) == wanted


def test_runs_are_of_words_and_letters():
    assert {"not", "ours_n", "ours", "not ours_n", "^ not ours_n"} <= word_runs("not ours")
    assert {" no", "not ", "not", "our", "ours "} <= letter_runs("not ours")


@pytest.mark.parametrize(
    ("say", "key", "value"),
    [
        ("the former", "core_ip", "yes"),
        ("the latter, i think", "durable_ownership", "no"),
        ("until 2031, so the former", "durable_ownership", "yes"),
        ("the middle one", "mistake_tolerance", "medium"),
        ("i'd say the second one", "several_disciplines", "no"),
        ("first", "post_launch_owner", "named"),
        ("the last one", "data_readiness", "none"),
        ("2", "buy_option", "no"),
        ("option c)", "data_readiness", "none"),
    ],
)
def test_a_choice_is_picked_by_its_place(say: str, key: FactKey, value: str):
    choice = picked(say, key, CHOICES[key])
    assert choice is not None
    assert choice.value == value


@pytest.mark.parametrize("say", ["not the former", "the first pilot failed", "the middle one", "the fifth"])
def test_other_words_pick_nothing(say: str):
    assert picked(say, "core_ip", CHOICES["core_ip"]) is None


def test_the_reader_can_be_asked_twice(classified: LocalReader):
    from evals.understanding import read

    said = "Nobody here could say whether a model is any good."
    assert read(classified, said, TODAY) == read(classified, said, TODAY)
