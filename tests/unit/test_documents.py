"""Every format holds the whole memo: each claim, each cell, each figure and each source, in one order."""

import builtins
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.table import Table
from docx.text.paragraph import Paragraph
from markdown_it import MarkdownIt

from advisor.domain.memo import Memo
from advisor.errors import AdvisorError, ExtraMissing
from advisor.interfaces.documents.document import document_of
from advisor.interfaces.documents.formats import FORMATS, file_name, render
from tests.conftest import CHECKOUT
from tests.unit.documents import everything, figures, hostile, missing, pdf_text, sample_memos

PRINTED = ("md", "html", "pdf", "docx")


class Shown(HTMLParser):
    """The text of a page as it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag

    def handle_data(self, data: str) -> None:
        if self._within != "style":
            self.text += data


def markdown_text(file: bytes) -> str:
    """The text of Markdown, read by a parser with tables."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(file.decode())
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block", "blockquote_open"}
    found: list[str] = []
    for token in tokens:
        for child in token.children or ():
            assert child.type not in ("image", "html_inline", "code_inline", "em_open", "s_open"), child
            found.append(child.content)
    return "".join(found)


def html_text(file: bytes) -> str:
    shown = Shown()
    shown.feed(file.decode())
    return shown.text


def docx_text(file: bytes) -> str:
    """The text of a Word file: its paragraphs and tables in order, and what its pictures are said to show."""
    word = docx.Document(io.BytesIO(file))
    found: list[str] = []
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            found += [cell.text for row in block.rows for cell in row.cells]
        elif isinstance(block, Paragraph):
            found.append(block.text)
            found += [str(one.get("descr")) for one in block._p.iter() if one.tag.endswith("}docPr")]
    return "\n".join(found)


READ: dict[str, Callable[[bytes], str]] = {
    "md": markdown_text,
    "html": html_text,
    "pdf": pdf_text,
    "docx": docx_text,
}


@pytest.fixture(scope="module")
def memos(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Memo, ...]:
    return sample_memos(prepared_home, model_cache, tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("form", PRINTED)
@pytest.mark.parametrize("number", [0, 1])
def test_each_format_says_all_that_the_memo_says_in_its_order(
    form: str, number: int, memos: tuple[Memo, ...]
) -> None:
    memo = memos[number]
    text = READ[form](render(memo, form))
    said = everything(memo)
    assert len(said) > 800
    assert missing(said, text) == []
    charted = figures(memo)
    assert len(charted) > 30
    assert [one for one in charted if missing([one], text)] == []


@pytest.mark.parametrize("form", PRINTED)
def test_what_was_said_stays_text_in_each_format(form: str, memos: tuple[Memo, ...]) -> None:
    memo = hostile(memos[0])
    text = READ[form](render(memo, form))
    # The letters of some scripts are reordered when they are set; test_documents_pdf looks at those.
    said = [one for one in everything(memo) if form != "pdf" or not any(c > "\u0590" for c in one)]
    assert missing(said, text) == []


def test_json_is_the_memo_itself(memos: tuple[Memo, ...]) -> None:
    for memo in memos:
        file = render(memo, "json")
        assert Memo.model_validate_json(file) == memo
        assert json.loads(file)["certificate"] == memo.certificate


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_memo_gives_the_same_file(form: str, memos: tuple[Memo, ...]) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: render(memos[0], form), range(4)))
    assert len(set(made)) == 1


def test_a_memo_of_before_has_the_order_of_today(memos: tuple[Memo, ...]) -> None:
    memo = memos[0]
    turned = memo.model_copy(update={"sections": tuple(reversed(memo.sections))})
    headings = [part.heading for part in document_of(memo).parts if part.level == 2]
    assert [part.heading for part in document_of(turned).parts if part.level == 2] == headings
    assert headings[0] == "Do this first"
    assert len(headings) == len(set(headings))


def test_no_text_holds_what_cannot_be_seen(memos: tuple[Memo, ...]) -> None:
    for form in ("md", "html"):
        text = render(hostile(memos[0]), form).decode()
        assert not set(text) & {"\u202e", "\x00", "\x07", "\u202c", "\ufeff"}


def test_a_file_name_is_taken_by_every_system(memos: tuple[Memo, ...]) -> None:
    def named(title: str, form: str = "pdf") -> str:
        return file_name(memos[0].model_copy(update={"title": title}), form)

    assert named("Memo: Routing maintenance tickets") == "memo-routing-maintenance-tickets-2026-11-20.pdf"
    assert named("Memo: où Žižek’s notes go", "docx") == "memo-ou-zizeks-notes-go-2026-11-20.docx"
    assert named("李雷") == "memo-2026-11-20.pdf"
    assert named("../../etc/passwd\x00\n") == "memo-etc-passwd-2026-11-20.pdf"
    assert len(named("Memo: " + "long word " * 60)) < 100
    assert len(named("x" * 500)) < 100


def test_a_missing_extra_is_named_with_the_way_to_get_it(
    memos: tuple[Memo, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **others: Any) -> Any:
        if name.partition(".")[0] in ("matplotlib", "typst", "docx", "fontTools"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *more, **others)

    for name in [name for name in sys.modules if name.startswith("advisor.interfaces.documents.")]:
        if name.rpartition(".")[2] in (
            "drawing",
            "faces",
            "html",
            "pdf",
            "word",
            "word_fonts",
            "word_parts",
            "word_styles",
        ):
            monkeypatch.delitem(sys.modules, name)
    package = sys.modules["advisor.interfaces.documents"]
    for name in ("drawing", "html", "pdf", "word"):
        monkeypatch.delattr(package, name, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    for form in ("html", "pdf", "docx"):
        with pytest.raises(ExtraMissing) as raised:
            render(memos[0], form)
        assert isinstance(raised.value, AdvisorError)
        assert "pip install 'hiring-advisor[documents]'" in raised.value.remedy
    assert render(memos[0], "md")
    assert render(memos[0], "json")


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    script = (
        "import sys, advisor.interfaces.cli, advisor.interfaces.documents.formats\n"
        "print([name for name in ('matplotlib', 'docx', 'typst', 'jinja2', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=CHECKOUT, timeout=60, check=False
    )
    assert done.stdout == "[]\n", done.stderr


def test_no_file_holds_where_it_was_made(memos: tuple[Memo, ...]) -> None:
    packed = zipfile.ZipFile(io.BytesIO(render(memos[0], "docx")))
    parts = [packed.read(name) for name in packed.namelist()]
    for file in (*parts, *(render(memos[0], form) for form in ("md", "html", "pdf", "json"))):
        for trace in (str(CHECKOUT).encode(), b"/root", b"python-docx"):
            assert trace not in file
