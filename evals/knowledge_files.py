"""Prompts, phrases and cues: what their files declare, and whether it comes out.

Prompts are read from their files and filled as the adapter fills them; of cues only the build is told, since
what they are worth is measured by understanding.
"""

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

import yaml
from pydantic import JsonValue

from advisor.adapters.openai_language import language
from advisor.adapters.openai_language.reading import MessageRead
from advisor.adapters.openai_language.writing import (
    AnswerWritten,
    ClaimsJudged,
    MemoWorded,
    SegmentsTranslated,
)
from advisor.assembly import builtin_phrases, builtin_prompts, reading_files
from advisor.steps.phrasebook import Phrasebook
from evals.knowledge_records import shape
from evals.metrics import knowledge as metrics
from evals.metrics.registry import Metric

FORMS = (MessageRead, MemoWorded, AnswerWritten, ClaimsJudged, SegmentsTranslated)
"""What a model has to answer with."""

FIGURE_CUES = ("figure_asks.yaml", "figure_cues.yaml", "figure_places.yaml")
LEXICON = "lexicon.yaml"


@dataclass(frozen=True)
class Found:
    """What an entry says, and the faults that each metric finds in it."""

    record: JsonValue
    faults: Sequence[tuple[Metric, Sequence[str]]] = ()


def packaged(package: str, *path: str) -> str:
    """The text of a file of the product."""
    return files(package).joinpath(*path).read_text("utf-8")


def prompts() -> Iterator[tuple[str, Found]]:
    """Each prompt: its variables, in the file, in what comes out, and at the places that fill it."""
    filled = fillings(inspect.getsource(language))
    for name, prompt in builtin_prompts().items():
        head = packaged("advisor", "prompts", "model", f"{name}.md").split("---\n")[1]
        variables = sorted((yaml.safe_load(head) or {}).get("variables", ()))
        out = prompt.fill(**{variable: given(variable) for variable in variables})
        unseen = [
            f"{one} is not in what is sent" for one in variables if given(one) not in out.system + out.user
        ]
        strange = [
            f"the adapter fills {', '.join(names)}, the file declares {', '.join(variables)}"
            for names in filled.get(name, [[]])
            if names != variables
        ]
        faults = ((metrics.variables_shown, unseen), (metrics.prompt_filled, strange))
        yield f"prompt: {name}", Found(cast(JsonValue, variables), faults)
    for form in FORMS:
        yield f"form: {form.__name__}", Found(_form(form.model_json_schema()))


def given(variable: str) -> str:
    """A value that no prompt or phrase holds by itself."""
    return f"‹{variable}›"


def fillings(source: str) -> dict[str, list[list[str]]]:
    """The names given at each `prompts["…"].fill(…)` of a module, by prompt."""
    found: dict[str, list[list[str]]] = {}
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "fill"):
            continue
        of = call.func.value
        if isinstance(of, ast.Subscript) and isinstance(of.slice, ast.Constant):
            names = sorted(word.arg for word in call.keywords if word.arg)
            found.setdefault(str(of.slice.value), []).append(names)
    return found


_BUILD = frozenset(("type", "enum", "maxItems", "items", "anyOf", "required", "$ref"))


def _form(schema: Any) -> JsonValue:
    """The fields of a form and of what is in it, with their kinds and bounds, titles and prose left out."""
    if isinstance(schema, list):
        return [_form(one) for one in cast(list[Any], schema)]
    if not isinstance(schema, dict):
        return schema
    whole = cast(dict[str, Any], schema)
    fields = {key: whole[key] for key in ("properties", "$defs") if key in whole}
    build: dict[str, Any] = {key: _form(one) for key, one in whole.items() if key in _BUILD}
    return build | {key: {name: _form(one) for name, one in held.items()} for key, held in fields.items()}


def phrases() -> Iterator[tuple[str, Found]]:
    """Each file of phrases: the variables of each phrase, and whether they come out when it is said."""
    book = builtin_phrases()
    folder = sorted(files("advisor").joinpath("prompts").iterdir(), key=lambda entry: entry.name)
    for entry in folder:
        if entry.name.endswith(".yaml"):
            told: dict[str, dict[str, Any]] = yaml.safe_load(entry.read_text("utf-8"))
            declared = {name: sorted(phrase.get("variables", ())) for name, phrase in told.items()}
            faults = [
                fault for name, variables in declared.items() for fault in _unsaid(book, name, variables)
            ]
            yield (
                f"phrases: {entry.name}",
                Found(cast(JsonValue, declared), ((metrics.variables_shown, faults),)),
            )


def _unsaid(book: Phrasebook, name: str, variables: Sequence[str]) -> list[str]:
    said = book.say(name, **{variable: given(variable) for variable in variables})
    return [f"{name} does not say its {one}" for one in variables if given(one) not in said]


def cues() -> Iterator[tuple[str, Found]]:
    """How each file of cues is built."""
    for name, text in sorted(reading_files().items()):
        yield f"cues: {name}", Found(shape(yaml.safe_load(text)))
    yield "cues: lexicon", Found(shape(yaml.safe_load(packaged("advisor", "playbook", LEXICON))))
    for name in FIGURE_CUES:
        yield f"cues: {name}", Found(shape(yaml.safe_load(packaged("advisor", "adapters", name))))
