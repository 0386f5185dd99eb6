"""The last look at the finished text: the renderer may add no figure of its own."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from advisor.domain.evidence import Citation
from advisor.domain.memo import Draft
from advisor.policy.grounding.folding import fold
from advisor.policy.grounding.grounds import Fault
from advisor.policy.grounding.numerals import Quantity, read_quantities

_MARKERS = re.compile(r"\[(\d{1,3})\](?!\()")
_LIST_NUMBER = re.compile(r"^\s*(?:>\s*)*\d{1,3}[.)]\s+")
_MARKDOWN = re.compile(r"[*_`#]+|^\s*[->+]\s+")


def sweep(
    text: str,
    draft: Draft,
    citations: Sequence[Citation] = (),
    templates: Sequence[str] = (),
    today: dt.date | None = None,
) -> tuple[Fault, ...]:
    """The figures and citation markers of `text` that trace to nothing verified; empty when none.

    `text` is the finished Markdown, `draft` the verified one it was made from, `templates` the
    renderer's own phrases with what was filled in (a certificate's hash, a version), `today` the memo's date.
    """
    numbers = {citation.number for citation in citations}
    allowed = _figures((*_draft_texts(draft), *_citation_texts(citations), *templates))
    if today is not None:
        allowed.add((today.year, today.month, today.day))
    found: list[Fault] = []
    for line in text.splitlines():
        for marker in _MARKERS.findall(line):
            if int(marker) not in numbers:
                found.append(Fault(line.strip(), "numeral", f"there is no citation [{marker}]"))
        plain = _MARKDOWN.sub(" ", _LIST_NUMBER.sub("", _MARKERS.sub("", line)))
        for cell in plain.split("|"):
            for quantity in read_quantities(fold(cell)):
                if not _known(quantity, allowed):
                    found.append(Fault(line.strip(), "numeral", f"“{quantity.shown}” was not verified"))
    return tuple(found)


Day = tuple[int | None, int | None, int | None]
Amount = tuple[str, float, float, str, str, bool]
Figure = Amount | Day


def _figures(texts: Iterable[str]) -> set[Figure]:
    return {
        _figure(quantity) for text in texts for quantity in read_quantities(fold(_MARKDOWN.sub(" ", text)))
    }


def _figure(quantity: Quantity) -> Figure:
    if quantity.date is not None:
        return quantity.date
    return quantity.kind, quantity.low, quantity.high, quantity.unit, quantity.per, quantity.open_ended


def _known(quantity: Quantity, allowed: set[Figure]) -> bool:
    if quantity.date is None:
        return _figure(quantity) in allowed
    shown = [part for part in enumerate(quantity.date) if part[1] is not None]
    return any(
        len(known) == len(quantity.date) and all(known[n] == part for n, part in shown) for known in allowed
    )


def _draft_texts(draft: Draft) -> Iterable[str]:
    yield draft.title
    for section in draft.sections:
        yield section.heading
        yield from (claim.text for claim in section.claims)
        if section.table:
            yield from section.table.header
            for cells, _ in section.table.rows:
                yield from cells


def _citation_texts(citations: Iterable[Citation]) -> Iterable[str]:
    for citation in citations:
        yield citation.line()
        yield from (citation.quote, citation.section, citation.title, citation.date or "", citation.url or "")
