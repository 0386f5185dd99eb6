"""A memo as a page: what a user or a document said stays text, and every number leads to its source."""

import base64
import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from advisor.domain.memo import Memo
from advisor.interfaces.documents.formats import render
from tests.unit.documents import HOSTILE, hostile, sample_memos

VOID = {"meta", "br", "col"}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def each(self, name: str, attribute: str) -> list[str]:
        return [held[attribute] or "" for tag, held in self.seen if tag == name and attribute in held]

    def ids(self) -> list[str]:
        return [held["id"] or "" for _, held in self.seen if "id" in held]


@pytest.fixture(scope="module")
def memos(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Memo, ...]:
    return sample_memos(prepared_home, model_cache, tmp_path_factory.getbasetemp())


def test_nothing_said_becomes_markup(memos: tuple[Memo, ...]) -> None:
    page = render(hostile(memos[0]), "html").decode()
    tags = Tags(page)
    assert not {tag for tag, _ in tags.seen} & {"script", "img", "iframe", "link", "object", "form", "base"}
    assert not [name for _, held in tags.seen for name in held if name.startswith("on") or name == "src"]
    outward = [link for link in tags.each("a", "href") if not link.startswith("#")]
    assert outward == [
        f"https://example.org/{number}?a=1&b=2" for number in range(2, len(HOSTILE) + 1) if not number % 2
    ]
    assert "javascript:" not in "".join(tags.each("a", "href"))


def test_the_page_needs_no_other_file(memos: tuple[Memo, ...]) -> None:
    for memo in memos:
        page = render(memo, "html").decode()
        assert "default-src 'none'" in page
        assert "http" not in page.replace("http-equiv", "")
        assert "@media print" in page
        assert "prefers-color-scheme: dark" in page
        assert re.findall(r"url\((?!#)", page) == []


def test_numbers_lead_to_their_source_and_back(memos: tuple[Memo, ...]) -> None:
    for memo in memos:
        tags = Tags(render(memo, "html").decode())
        ids = tags.ids()
        assert len(ids) == len(set(ids))
        links = tags.each("a", "href")
        assert {link.removeprefix("#") for link in links} <= set(ids)
        for one in memo.citations:
            assert f"#s{one.number}" in links
            assert f"#r{one.number}" in links


def test_headings_step_down_one_at_a_time(memos: tuple[Memo, ...]) -> None:
    for memo in memos:
        tags = Tags(render(memo, "html").decode())
        levels = [int(tag[1]) for tag, _ in tags.seen if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_each_drawing_is_told_in_words(memos: tuple[Memo, ...]) -> None:
    tags = Tags(render(memos[0], "html").decode())
    told = [held for _, held in tags.seen if held.get("role") == "img"]
    assert len(told) == sum(tag == "svg" for tag, _ in tags.seen) == 2 * 5
    assert any("$49,000 ($32,000 to $92,000)" in (held["aria-label"] or "") for held in told)
    assert all(held.get("aria-label") for held in told)


def test_a_script_that_not_every_machine_has_brings_its_letters(memos: tuple[Memo, ...]) -> None:
    plainly = render(memos[0], "html").decode()
    assert "@font-face" not in plainly
    assert "font-src" not in plainly
    page = render(hostile(memos[0]), "html").decode()
    assert "font-src data:" in page
    assert re.findall(r"url\(\"(\w+:\w+)", page) == ["data:font"] * 5
    for family, letters in (
        ("Noto Sans", "मोहन"),
        ("Noto Sans Arabic", "محمد"),
        ("Droid Sans Fallback", "李雷김"),
    ):
        (font,) = re.findall(rf'"Memo {family}"; src: url\("data:font/ttf;base64,([^"]+)"', page)
        held = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()
        assert {ord(letter) for letter in letters} <= set(held)
        assert len(held) < 60
