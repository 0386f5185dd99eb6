"""A judge model that answers each of ragas' prompts honestly, by the words that its texts share."""

import json
import re
from typing import Any

from advisor.testing.openai_server import Request, Says

WORD = re.compile(r"[a-z0-9$%]+")
FORM = re.compile(r'"title": "(\w+Output)"')

STATEMENTS, VERDICTS = "StatementGeneratorOutput", "NLIStatementOutput"
QUESTION, CLAIMS, CLASSES = "AnswerRelevanceOutput", "ClaimDecompositionOutput", "ContextRecallOutput"


def form_of(request: Request) -> str:
    """The form that is asked for: the title of the schema in the prompt."""
    found = FORM.findall(str(request.body["messages"][-1]["content"])) or FORM.findall(request.text)
    return found[0]


def given(request: Request) -> dict[str, Any]:
    """What the prompt puts in: the JSON after its last “input:”."""
    asked = next(message for message in request.body["messages"] if message["role"] == "user")
    text = str(asked["content"]).rpartition("\ninput: ")[2].rpartition("\nOutput:")[0]
    return json.loads(text)


def honest(request: Request) -> Says:
    """An answer of the form asked for, true as far as shared words go."""
    data = given(request)
    match form_of(request):
        case "StatementGeneratorOutput":
            return Says({"statements": sentences(data["answer"])})
        case "ClaimDecompositionOutput":
            return Says({"claims": sentences(data["response"])})
        case "NLIStatementOutput":
            return Says({"statements": [verdict(line, data["context"]) for line in data["statements"]]})
        case "ContextRecallOutput":
            found = [verdict(line, data["context"]) for line in sentences(data["answer"])]
            return Says({"classifications": [classified(entry) for entry in found]})
        case _:
            return Says({"question": f"How long does it take until {data['response']}", "noncommittal": 0})


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]


def verdict(line: str, context: str) -> dict[str, Any]:
    missing = set(WORD.findall(line.lower())) - set(WORD.findall(context.lower()))
    reason = f"the context lacks {', '.join(sorted(missing))}" if missing else "all of it is there"
    return {"statement": line, "reason": reason, "verdict": int(not missing)}


def classified(entry: dict[str, Any]) -> dict[str, Any]:
    return {"statement": entry["statement"], "reason": entry["reason"], "attributed": entry["verdict"]}
