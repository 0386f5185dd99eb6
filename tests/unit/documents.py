"""What the tests of documents share: the sample memos, a hostile one, and how text is compared."""

import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pypdfium2
from pypdfium2 import PdfPage

from advisor import Advisor
from advisor.domain.evidence import Citation
from advisor.domain.memo import Claim, Memo, OwnWording, PassageEvidence, Section, Table
from advisor.interfaces.documents.document import document_of
from advisor.interfaces.documents.plain import plain
from advisor.settings import Settings
from advisor.steps.section_order import in_order
from evals.examples import EXAMPLES, memo_of

NAMES = ("李雷", "मोहन", "محمد", "דוד", "Ωμέγα", "Žižek", "Жизнь", "さくら", "김철수")

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) and ![pixel](http://example.org/x.png)",
    "# heading, 1. list, - item, > quote, --- rule",
    "#heading",
    "1. first",
    "---",
    "$x$ and $y_1^2$ cost $5 or $6",
    "*bold* _slanted_ **strong** `code` ~~gone~~ snake_case_name",
    '#eval("1+1") #import "x" #read("/etc/passwd") @label <label> \\u{41} // no comment /* none */',
    "{{ 7*7 }} {% raw %} &amp; &lt;b&gt; &#65;",
    "www.example.org http://example.org/?a=1&b=2 someone@example.org",
    "pipe | in a cell \\| and \\ a stroke",
    "x" * 300,
    "€1.000, £2,000, ₹3,00,000, ¥4 000",
    "right\u202eto left\u202c, bell\x07, null\x00, tab\there, line\nhere",
    "party 🎉 and flag 🇮🇳 and family 👩‍👩‍👧",
    "=SUM(A1:A2)",
    *NAMES,
)


@cache
def sample_memos(prepared_home: Path, model_cache: Path, folder: Path) -> tuple[Memo, ...]:
    """The memos of the examples, as the product writes them."""
    home = Path(shutil.copytree(prepared_home, folder / "home"))
    with Advisor.open(Settings(home=home, model_cache=model_cache)) as advisor:
        return tuple(memo_of(advisor, example, example.name) for example in EXAMPLES)


def hostile(memo: Memo) -> Memo:
    """A memo in which every text that a user or a document can bring holds something that would act."""
    citations = [
        Citation(
            number=number,
            passage_id=f"p{number}",
            source_id=f"s{number}",
            title=f"Title {text}",
            publisher=f"Publisher {text}",
            sells=f"sells {text}",
            date=None,
            section=f"Section {text}",
            quote=f"Quote {text}",
            verbatim=number % 2 == 0,
            url="javascript:alert(1)" if number % 2 else f"https://example.org/{number}?a=1&b=2",
        )
        for number, text in enumerate(HOSTILE, start=1)
    ]
    claims = tuple(
        Claim(text=text, evidence=(PassageEvidence(passage=one.passage_id, quote=one.quote),))
        for text, one in zip(HOSTILE, citations, strict=True)
    )
    rows = tuple(((text, f"{text} beside", "short"), (OwnWording(),)) for text in HOSTILE)
    told = Section(id="facts", heading="Facts <b>x</b> *y*", claims=claims, listed=True)
    table = Section(id="flips", heading="#flips [x](y)", table=Table(header=("<i>", "*b*", "$c$"), rows=rows))
    why = Section(id="why", heading="Why", claims=claims[:6])
    return memo.model_copy(
        update={
            "title": f"Memo: {HOSTILE[0]} *x* #y $z$ \u202e {' '.join(NAMES)}",
            "sections": (told, table, why),
            "citations": tuple(citations),
        }
    )


def squeezed(text: str) -> str:
    """Text without white space and without marks that a line may break at."""
    return "".join(plain(text).replace("\u2060", "").split())


def stated(memo: Memo) -> Iterator[str]:
    """Every claim and every cell of a memo's sections, in the order of an export."""
    for section in in_order(memo.sections):
        yield from (claim.text for claim in section.claims)
        if section.table is not None:
            yield from section.table.header
            for cells, _ in section.table.rows:
                yield from cells


def cited(memo: Memo) -> Iterator[str]:
    """What a reader has to find of every source, in the order of their numbers."""
    for one in memo.citations:
        yield f"[{one.number}]"
        yield one.publisher
        yield one.title
        yield one.date or "undated"
        yield one.section
        yield one.quote.rstrip(".:")


def missing(said: Iterable[str], text: str) -> list[str]:
    """Those of `said` that do not stand in `text` in this order, white space apart."""
    held, at = squeezed(text), 0
    lost: list[str] = []
    for one in said:
        found = held.find(squeezed(one), at)
        if found < 0:
            lost.append(one)
        else:
            at = found + len(squeezed(one))
    return lost


def everything(memo: Memo) -> list[str]:
    """All that each format has to hold, in order: the claims, the tables, then the sources."""
    return [memo.title, *(stated(memo)), *(cited(memo))]


def figures(memo: Memo) -> list[str]:
    """The labels and figures of every chart."""
    charts = [
        block.chart for part in document_of(memo).parts for block in part.blocks if hasattr(block, "chart")
    ]
    return [text for chart in charts for row in chart.rows for text in (row.label, row.shown)]


def pdf_text(file: bytes) -> str:
    """The text of a PDF without the heads and feet of its pages, in the order in which it was set."""
    with pypdfium2.PdfDocument(file) as opened:
        return "\n".join(_body(opened[number]) for number in range(len(opened)))


def _body(page: PdfPage) -> str:
    width, height = page.get_size()
    text = page.get_textpage().get_text_bounded(0, 55, width, height - 60)
    return text.replace("\ufffe", "-").replace("\x02", "-")  # a hyphen at the end of a line
