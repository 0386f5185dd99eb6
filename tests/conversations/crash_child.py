"""Run as a program: forks a process for each case on stdin, which kills itself at the named node.

A case is {"database", "node", "when": "before" | "after", "messages": [...], "about": the fact that the last
message is about, or none}. The kill comes when the last message reaches the node: before its step has run,
or after, when nothing of it was checkpointed.
Prints the exit statuses as a JSON list.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from advisor.conversation import graph
from tests.conversations.scripts import open_scripted, warm

STEPS = {
    "understand": (graph.understanding, "understand"),
    "decide": (graph.deciding, "decide"),
    "ask": (graph.asking, "ask"),
    "answer": (graph.answering, "answer"),
    "decline": (graph.declining, "decline"),
    "retrieve": (graph.retrieving, "retrieve"),
    "write": (graph.writing, "write"),
    "verify": (graph.verifying, "verify"),
    "memo": (graph.finishing, "memo"),
}


def die(*_args: object, **_values: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(node: str, when: str) -> None:
    module, name = STEPS[node]
    step = getattr(module, name)

    def then_die(*args: Any, **values: Any) -> Any:
        done = step(*args, **values)
        if not hasattr(done, "__await__"):
            return die()

        async def awaited() -> Any:
            await done
            die()

        return awaited()

    setattr(module, name, die if when == "before" else then_die)


def run(case: dict[str, Any]) -> None:
    advisor = open_scripted(Path(case["database"]))
    *before, last = case["messages"]
    for message in before:
        advisor.reply_sync("t", message)
    arm(case["node"], case["when"])
    advisor.reply_sync("t", last, about=case.get("about"))
    os._exit(0)


def main() -> None:
    warm()  # once, so that no fork has to read the playbook again
    statuses = []
    for case in json.load(sys.stdin):
        child = os.fork()
        if child == 0:
            run(case)
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    json.dump(statuses, sys.stdout)


if __name__ == "__main__":
    main()
