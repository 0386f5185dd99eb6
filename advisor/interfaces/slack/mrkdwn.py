"""Text as Slack's mrkdwn: replies and memos set in it, cut at structure, with nothing in them that acts.

Slack acts on `<…>`, on addresses and names, and on `* _ ~` and back quotes around words. In plain text the
first are escaped, the second broken by a joiner that can't be seen, the last drawn as look-alikes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from advisor.interfaces.documents.document import Block, Bullets, Cite, Grid, Paragraph, Runs
from advisor.interfaces.documents.plain import plain
from advisor.interfaces.reply_text import unlinked

LONGEST = 3_000
"""Characters of one section's text, by Slack's documentation."""

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKES = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
_EDGE_LINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_SENTENCE_END = re.compile(r"(?<=[.!?…])((?:\s?\[\d+\])*)\s+(?=[^\s\[a-z])")
_MARKDOWN_LINK = re.compile(r"\](?=[(:])")
_SIGN = re.compile(r"&\w+;|.", re.DOTALL)
"""One character as shown, an entity whole."""


def escaped(text: str) -> str:
    """Plain text that stays plain text; lines are kept."""
    lines = (plain(line) for line in text.split("\n"))
    said = _EDGE_LINE.sub("\uff3f", "\n".join(lines).translate(_LOOK_ALIKES))
    return unlinked(said).translate(_ENTITIES)


def bold(text: str) -> str:
    """Plain text in bold; empty stays empty."""
    return f"*{escaped(text)}*" if text.strip() else ""


def length(text: str) -> int:
    """How long Slack may count it: in units of UTF-16, the larger of the two ways to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def of_markdown(text: str) -> list[str]:
    """The blocks of a reply's Markdown, each as mrkdwn: headings bold, lists with dots, tables as lines."""
    tokens = _parser().parse(text)
    found: list[str] = []
    at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        block = _block(tokens[at:end])
        if block.strip():
            found.append(block)
        at = end
    return found


def of_block(block: Block) -> str:
    """A memo's block; a chart is nothing, since a message draws none."""
    if isinstance(block, Paragraph):
        return of_runs(block.runs)
    if isinstance(block, Bullets):
        return "\n".join(f"• {of_runs(item)}" for item in block.items)
    if isinstance(block, Grid):
        return "\n".join(_row(block.header, [of_runs(cell) for cell in row]) for row in block.rows)
    return ""


def of_runs(runs: Runs) -> str:
    """A line of a memo with its numbers in brackets."""
    said = ""
    for place, run in enumerate(runs):
        if isinstance(run, Cite):
            follows = place > 0 and isinstance(runs[place - 1], Cite)
            said += f"[{run.number}]" if follows else f" [{run.number}]"
        else:
            said += bold(run.text) if run.strong else escaped(run.text) if run.text.strip() else " "
    return said.strip()


def as_markdown(text: str) -> str:
    """The same mrkdwn as Markdown, which streamed messages take; what was plain text stays it.

    Every `*` in it is a mark of ours, since `escaped` leaves none.
    """
    lines = (f"- {line[2:]}" if line.startswith("• ") else line for line in text.split("\n"))
    return _MARKDOWN_LINK.sub("]\u2060", "\n".join(lines).replace("*", "**"))


def pieces(text: str, limit: int = LONGEST) -> list[str]:
    """The text in pieces of at most `limit`, cut between lines, else sentences, else words, else anywhere.

    Nothing is lost but the white space at the cuts. A word that is longer than a piece is cut.
    """
    if length(text) <= limit:
        return [text] if text.strip() else []
    for parts, glue in ((text.split("\n"), "\n"), (_sentences(text), " "), (text.split(), " ")):
        if len(parts) > 1:
            return [piece for packed in _packed(parts, glue, limit) for piece in pieces(packed, limit)]
    return list(_packed(_SIGN.findall(text), "", limit))


def _sentences(text: str) -> list[str]:
    found, start = list[str](), 0
    for end in _SENTENCE_END.finditer(text):
        found.append(text[start : end.end(1)])
        start = end.end()
    return [*found, text[start:]]


def _packed(parts: Sequence[str], glue: str, limit: int) -> Iterator[str]:
    """Neighbours put together as long as they fit."""
    held = ""
    for part in parts:
        joined = f"{held}{glue}{part}" if held else part
        if held and length(joined) > limit:
            yield held
            joined = part
        held = joined
    if held:
        yield held


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the block that begins at `at` is over."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place + 1
    return len(tokens)


def _block(tokens: Sequence[Token]) -> str:
    first = tokens[0]
    inline = [token for token in tokens if token.type == "inline"]
    if first.type == "heading_open":
        return bold("".join(_plain_text(token) for token in inline))
    if first.type == "table_open":
        return _table(tokens)
    if first.type in ("bullet_list_open", "ordered_list_open"):
        return "\n".join(_items(tokens))
    if first.type in ("fence", "code_block"):
        return escaped(first.content)
    said = "\n".join(_inline(token.children or ()) for token in inline)
    if first.type == "blockquote_open":
        return "\n".join(f"> {line}" for line in said.split("\n"))
    return said


def _items(tokens: Sequence[Token]) -> Iterator[str]:
    ordered = tokens[0].type == "ordered_list_open"
    depth, number = 0, 0
    mark = ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            number += depth == 1
            mark = "    " * (depth - 1) + (f"{number}. " if ordered and depth == 1 else "• ")
        elif token.type == "inline":
            yield mark + _inline(token.children or ())
            mark = "    " * depth


def _table(tokens: Iterable[Token]) -> str:
    header: list[str] = []
    rows: list[list[str]] = []
    in_head = False
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            in_head = token.type == "th_open"
        elif token.type == "inline":
            if in_head:
                header.append(_plain_text(token))
            else:
                rows[-1].append(_inline(token.children or ()))
    # What stands in the second column goes without saying: "Arsum · $180,000".
    heads = [*header[:1], "", *header[2:]]
    return "\n".join(_row(heads, row) for row in rows if row)


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    """A row as a line that reads on a phone: the first cell bold, the others behind their headings."""
    first, *others = cells or [""]
    heads = [*header[1:], *[""] * len(others)]
    told = [
        f"{escaped(head).lower()}: {cell}" if head.strip() else cell
        for head, cell in zip(heads, others, strict=False)
        if cell.strip()
    ]
    lead = first if first.startswith("*") or not first.strip() else f"*{first}*"
    return f"• {' · '.join(part for part in (lead, *told) if part)}"


def _plain_text(token: Token) -> str:
    return "".join(child.content if child.type != "softbreak" else " " for child in token.children or ())


def _inline(children: Iterable[Token]) -> str:
    said = ""
    for child in children:
        if child.type in ("text", "text_special", "html_inline"):
            said += _kept_edges(child.content)
        elif child.type == "code_inline":
            said += f"`{escaped(child.content)}`"
        elif child.type in ("softbreak", "hardbreak"):
            said += "\n" if child.type == "hardbreak" else " "
        elif child.type in ("strong_open", "strong_close"):
            said += "*"
        elif child.type in ("em_open", "em_close"):
            said += "_"
        elif child.type == "image":
            said += escaped(child.content)
    return said.strip()


def _kept_edges(text: str) -> str:
    """Escaped, with the spaces at its edges, which part it from its neighbours."""
    if not text.strip():
        return " " if text else ""
    return " " * text[:1].isspace() + escaped(text) + " " * text[-1:].isspace()
