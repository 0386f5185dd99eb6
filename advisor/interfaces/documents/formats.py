"""The forms a memo can be had in, and the way to each.

Heavy libraries load with the first file that needs them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from advisor.domain.memo import Memo
from advisor.errors import ExtraMissing
from advisor.interfaces.documents.plain import plain

LONGEST_NAME = 80
OF_THE_EXTRA = ("matplotlib", "docx", "typst", "fontTools")


@dataclass(frozen=True)
class Format:
    """A form: its media type, the ending of its files, what it is good for.

    What is `binary` is not for a terminal.
    """

    media_type: str
    extension: str
    description: str
    binary: bool
    render: Callable[[Memo], bytes]


def render(memo: Memo, form: str) -> bytes:
    """The memo as a file of this form, whole.

    Raises KeyError for a form that is not in FORMATS, and ExtraMissing when the libraries that a form
    needs are not installed.
    """
    try:
        return FORMATS[form].render(memo)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in OF_THE_EXTRA:
            raise
        raise ExtraMissing(
            f"A memo as {form} needs {error.name}, which is not installed.",
            "Install it with: pip install 'hiring-advisor[documents]'",
        ) from error


def file_name(memo: Memo, form: str) -> str:
    """A name for the file that every system takes: words of the title, the date, the ending.

    Raises KeyError for a form that is not in FORMATS.
    """
    ascii_only = unicodedata.normalize("NFKD", plain(memo.title)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_only.replace("'", "").lower())
    stem = "-".join(words if words[:1] == ["memo"] else ["memo", *words])
    if len(stem) > LONGEST_NAME:
        stem = stem[: LONGEST_NAME + 1].rpartition("-")[0] or stem[:LONGEST_NAME]
    return f"{stem}-{memo.date}.{FORMATS[form].extension}"


def _markdown(memo: Memo) -> bytes:
    from advisor.interfaces.documents.document import document_of
    from advisor.interfaces.documents.markdown import markdown

    return markdown(document_of(memo)).encode()


def _html(memo: Memo) -> bytes:
    from advisor.interfaces.documents.document import document_of
    from advisor.interfaces.documents.html import html

    return html(document_of(memo)).encode()


def _pdf(memo: Memo) -> bytes:
    from advisor.interfaces.documents.document import document_of
    from advisor.interfaces.documents.pdf import pdf

    return pdf(document_of(memo))


def _docx(memo: Memo) -> bytes:
    from advisor.interfaces.documents.document import document_of
    from advisor.interfaces.documents.word import docx

    return docx(document_of(memo))


def _json(memo: Memo) -> bytes:
    return (memo.model_dump_json(indent=2) + "\n").encode()


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "md": Format("text/markdown", "md", "Markdown: plain text for a wiki or an editor", False, _markdown),
        "html": Format("text/html", "html", "HTML: one page for a browser, ready to print", False, _html),
        "pdf": Format("application/pdf", "pdf", "PDF: to send and to print", True, _pdf),
        "docx": Format(_DOCX, "docx", "Word: to edit and comment on", True, _docx),
        "json": Format("application/json", "json", "JSON: data and certificate, to replay", False, _json),
    }
)
