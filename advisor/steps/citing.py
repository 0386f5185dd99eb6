"""Citing: passages get numbers in the order of their first mention, and claims their markers."""

from collections.abc import Iterable, Mapping

from advisor.domain.evidence import Citation, Passage, Source
from advisor.domain.memo import Claim, Evidence, PassageEvidence, Section


class Numbering:
    """Numbers for cited passages, starting after those that stand already."""

    def __init__(
        self,
        passages: Mapping[str, Passage],
        sources: Mapping[str, Source],
        before: Iterable[Citation] = (),
    ) -> None:
        self._passages = passages
        self._sources = sources
        self._citations: dict[tuple[str, str], Citation] = {}
        for citation in before:
            self._citations[(citation.passage_id, citation.quote)] = citation
        self._earlier = len(self._citations)

    def marker(self, evidence: Iterable[Evidence]) -> str:
        """The markers of all passages a claim rests on, e.g. ` [1][3]`; empty where there is none."""
        numbers = [self._number(one) for one in evidence if isinstance(one, PassageEvidence)]
        return " " + "".join(f"[{number}]" for number in dict.fromkeys(numbers)) if numbers else ""

    def cited(self, claim: Claim) -> str:
        """The claim's text with its markers."""
        return claim.text + self.marker(claim.evidence)

    def citations(self) -> tuple[Citation, ...]:
        """The citations added by this numbering, in order."""
        return tuple(self._citations.values())[self._earlier :]

    def all(self) -> tuple[Citation, ...]:
        """Every citation that the text may point to, those that stood already included."""
        return tuple(self._citations.values())

    def _number(self, evidence: PassageEvidence) -> int:
        key = (evidence.passage, evidence.quote)
        if key not in self._citations:
            passage = self._passages[evidence.passage]
            source = self._sources[passage.source_id]
            number = max((c.number for c in self._citations.values()), default=0) + 1
            self._citations[key] = Citation(
                number=number,
                passage_id=passage.id,
                source_id=source.id,
                title=source.title,
                publisher=source.publisher,
                sells=source.sells,
                date=source.date,
                section=_section(passage),
                quote=evidence.quote,
                verbatim=not source.digest,
                url=source.url,
            )
        return self._citations[key].number


def _section(passage: Passage) -> str:
    section = passage.locator.section()
    return f"{section}, row {passage.locator.row}" if passage.locator.row else section


def section_markdown(section: Section, numbering: Numbering) -> str:
    """A section without its heading: paragraphs or a list, then its table."""
    parts: list[str] = []
    texts = [numbering.cited(claim) for claim in section.claims]
    if section.id == "first" and texts:
        texts[0] = f"**{section.claims[0].text}**{numbering.marker(section.claims[0].evidence)}"
    if texts:
        parts.append("\n".join(f"- {text}" for text in texts) if section.listed else " ".join(texts))
    if section.table is not None:
        rows = ["| " + " | ".join(section.table.header) + " |", "|" + "---|" * len(section.table.header)]
        for cells, evidence in section.table.rows:
            shown = (*cells[:-1], cells[-1] + numbering.marker(evidence))
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in shown) + " |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)
