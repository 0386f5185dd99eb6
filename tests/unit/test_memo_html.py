"""A memo as a page: what a user or a document said stays text."""

from html.parser import HTMLParser

from advisor.domain.memo import Memo
from advisor.interfaces.memo_html import memo_html

HOSTILE = """# Memo: <script>alert(1)</script>

**Start** with [a link](javascript:alert(1)) ![x](http://example.org/x.png) <img src=x onerror=alert(1)> [1]

| If … | then |
|---|---|
| <b>bold</b> \\| <http://example.org> | x [2] |

## Sources

- [1] Digest of A: “words”.
- [2] Digest of B: “more [1] words”.

[1]: http://example.org/
"""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(title: str, text: str) -> tuple[str, Tags]:
    shown = memo_html(Memo.model_construct(title=title, text=text))
    tags = Tags()
    tags.feed(shown)
    assert tags.open == []
    return shown, tags


def test_nothing_said_becomes_markup() -> None:
    shown, tags = page("<script>{{body}}", HOSTILE)
    names = {tag for tag, _ in tags.seen}
    assert not names & {"script", "img", "iframe", "link", "object", "form"}
    links = [attributes["href"] for tag, attributes in tags.seen if tag == "a"]
    assert links == ["#s1", "#s2", "#s1", "#s1"]
    assert not [name for _, attributes in tags.seen for name in attributes if name.startswith("on")]
    assert "<title>&lt;script&gt;{{body}}</title>" in shown
    assert "src=" not in shown.replace("src=x onerror", "")


def test_numbers_lead_to_their_source() -> None:
    _, tags = page("Memo", HOSTILE)
    assert [attributes["id"] for tag, attributes in tags.seen if tag == "b" and "id" in attributes] == [
        "s1",
        "s2",
    ]


def test_the_page_needs_no_other_file() -> None:
    shown, _ = page("Memo", "# Memo\n\nText.")
    assert "default-src 'none'" in shown
    assert "http" not in shown.replace("http-equiv", "")
    assert "@media print" in shown
