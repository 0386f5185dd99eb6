"""The cut of the code: layers, sizes, names, and that importing builds nothing."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("advisor", "corpus", "ingest")
LONGEST = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
HEAVY = ("chromadb", "langgraph", "torch", "onnxruntime", "sentence_transformers", "transformers", "numpy")


def code_files() -> Iterator[Path]:
    for folder in (*PACKAGES, "evals", "tests"):
        yield from (CHECKOUT / folder).rglob("*.py")
    yield from (path for path in (CHECKOUT / ".ci").iterdir() if path.is_file())
    yield CHECKOUT / "Makefile"


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_contracts_say_what_the_design_says() -> None:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert [layer.replace("advisor.", "") for layer in layers] == [
        "interfaces",
        "assembly",
        "conversation | adapters",
        "steps",
        "policy | ports",
        "domain",
    ]


def test_no_code_file_is_too_long() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in code_files()}
    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_every_module_is_named_for_what_it_is() -> None:
    names = {part for path in code_files() for part in path.relative_to(CHECKOUT).with_suffix("").parts}
    assert names & NAMELESS == set()


@pytest.mark.parametrize(
    "module",
    ["advisor", "advisor.domain.reply", "advisor.interfaces.cli", "advisor.errors", "advisor.settings"],
)
def test_importing_builds_nothing(tmp_path: Path, module: str) -> None:
    script = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = _python(script, tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_whole_advisor_writes_nothing(tmp_path: Path) -> None:
    script = (
        "import socket, threading\n"
        "socket.socket.connect = None\n"
        "import advisor, advisor.assembly, advisor.conversation.advisor, ingest.pipeline, corpus.builtin\n"
        "advisor.Advisor\n"
        "print(threading.active_count())"
    )
    assert _python(script, tmp_path).stdout == "1\n"
    assert list(tmp_path.iterdir()) == []


def _python(script: str, home: Path) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_")}
    env |= {"HOME": str(home), "ADVISOR_HOME": str(home / "advisor"), "PYTHONPATH": str(CHECKOUT)}
    env |= {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def test_commands_in_the_readme_exist() -> None:
    from advisor.interfaces.cli import app

    commands = {entry.name or entry.callback.__name__ for entry in app.registered_commands if entry.callback}
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    text = (CHECKOUT / "README.md").read_text("utf-8")
    shown = "\n".join(re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL))
    said = set(re.findall(r"(?:^|[`$ ])(?:\S*bin/)?advisor ([a-z]+(?:-[a-z]+)*)", shown, re.MULTILINE))
    made = set(re.findall(r"(?:^|[`$ ])make ([a-z-]+)", shown, re.MULTILINE))
    said.discard("import")  # from advisor import Advisor
    assert said - commands == set()
    assert made - targets == set()


def test_the_make_targets_that_the_design_names_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    assert {"chat", "test", "bench", "evals", "lint", "lock"} <= targets


def test_no_place_of_one_machine_and_no_registry_is_written_down() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text().splitlines()
    assert [line for line in lock if not re.fullmatch(r"[a-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []
    files = [CHECKOUT / "Makefile", CHECKOUT / "pyproject.toml", *(CHECKOUT / ".ci").iterdir()]
    for path in files:
        assert not re.search(r"/opt/|/root/|/home/|https?://", path.read_text()), path


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    lock = dict(line.split("==") for line in (CHECKOUT / "requirements.lock").read_text().split())
    for text in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"]):
        wanted = Requirement(text)
        assert wanted.specifier, f"{wanted.name} has no lower bound"
        assert wanted.specifier.contains(lock.get(wanted.name, "0")), text
