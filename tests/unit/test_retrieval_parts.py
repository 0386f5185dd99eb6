"""The small parts of retrieval: words, fusion, folding, spelling."""

from pathlib import Path

import numpy as np
import pytest

from advisor.adapters.fusion import fits, folded, fused, known_share
from advisor.adapters.spelling import mended
from ingest.lexical import LexicalIndex, stems, words
from ingest.sentences import sentences

# Words


def test_words_are_stemmed_without_stop_words():
    assert stems("How long does the hiring of engineers take, don't you think?") == [
        "long",
        "hire",
        "engin",
        "take",
        "think",
    ]
    assert words("It’s $180,000 a year") == ["180000", "year"]


def test_an_index_of_words_is_the_same_from_disk(tmp_path: Path):
    texts = ["hiring takes ninety days", "the cat sat", "", "cats and hiring"]
    built = LexicalIndex.build(texts)
    built.save(tmp_path / "bm25")
    opened = LexicalIndex.open(tmp_path / "bm25")
    for question in ("hire a cat", "nothing known", ""):
        assert np.array_equal(built.scores(stems(question)), opened.scores(stems(question)))
    assert list(opened.vocabulary) == list(built.vocabulary) == ["hiring", "cats", "days", "ninety", "takes"]
    assert opened.rarity("nineti") > opened.rarity("cat")
    assert opened.rarest > opened.rarity("nineti")
    assert not opened.knows("dog")


@pytest.mark.parametrize("texts", [[], [""], ["the of and", "?"]])
def test_an_index_without_words_answers_with_zeros(texts: list[str], tmp_path: Path):
    LexicalIndex.build(texts).save(tmp_path)
    assert LexicalIndex.open(tmp_path).scores(["hire"]).tolist() == [0.0] * len(texts)


def test_sentences_end_where_they_end():
    text = "It costs $1.5M, e.g. in the U.S. market. Dr. Who agreed! “Really?” He did… Version 2.0 came."
    assert sentences(text) == [
        "It costs $1.5M, e.g. in the U.S. market.",
        "Dr. Who agreed!",
        "“Really?”",
        "He did…",
        "Version 2.0 came.",
    ]


# Fusion


def test_fusion_weighs_both_sides_and_stays_in_0_to_1():
    scores = fused(np.array([0.9, 0.1, -0.5, 1.0]), np.array([0.0, 12.0, 0.0, 1e9]), rarest=5.0)
    assert scores[0] > scores[2]
    assert scores[1] > scores[2] == 0.0
    assert 0.99 < scores[3] <= 1.0


def test_a_question_of_unknown_words_needs_nearness():
    assert not fits(0.1, known=0.0)
    assert fits(0.1, known=0.9)
    assert fits(0.5, known=0.0)
    assert known_share(["a", "b"], lambda stem: 1.0, lambda stem: stem == "a") == 0.5
    assert known_share([], lambda stem: 1.0, lambda stem: True) == 0.0


def test_near_copies_fold_and_other_figures_do_not():
    long = (
        "the guide says that a senior engineer who owns the system in production for years costs $180K " * 2
    )
    near = long.replace("guide", "GUIDE").replace(" says", ", says")
    one_word = long.replace("senior", "junior")
    other_figure = long.replace("$180K", "$190K")
    assert folded([long, near, other_figure, one_word], str) == [long, other_figure, one_word]
    assert folded(["must be employed", "must not be employed"], str) == [
        "must be employed",
        "must not be employed",
    ]


# Spelling

VOCABULARY = ["engineer", "hiring", "senior", "pipeline", "offshore", "base"]


def pieces(text: str) -> int:
    known = {"a", "poland", "visa", "salary", "the", "engineers"}
    return 2 + sum(1 if word.lower() in known else 2 for word in text.split())


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("senoir enginer", "senior engineer"),
        ("ofshore hirring?", "offshore hiring?"),
        ("Poland visa", "Poland visa"),  # words that the model knows are no mistakes
        ("engineers", "engineers"),
        ("xyzzy plugh", "xyzzy plugh"),
        ("eng $180K–200K", "eng $180K–200K"),
        ("", ""),
    ],
)
def test_slips_are_mended_by_the_collections_words(asked: str, meant: str):
    assert mended(asked, VOCABULARY, pieces) == meant


def test_a_long_text_is_left_as_it_is():
    text = "senoir " * 100
    assert mended(text, VOCABULARY, pieces) == text
