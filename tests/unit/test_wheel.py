"""The wheel carries all that the advisor reads: built here without a network, then looked into."""

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

DATA = {".yaml", ".md", ".html", ".txt", ".json", ".py", ".typ", ".ttf"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_every_file_of_the_packages_is_in_it(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(CHECKOUT).as_posix()
        for package in ("advisor", "corpus", "ingest")
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and path.suffix in DATA and "__pycache__" not in path.parts
    }
    assert ours - inside == set()
    for needed in ("advisor/playbook/moves.yaml", "advisor/prompts/phrases.yaml", "corpus/sources.yaml"):
        assert needed in inside
    assert [name for name in inside if name.startswith("corpus/digests/")]
    assert not [
        name for name in inside if name.startswith(("tests/", "evals/", ".")) or name.endswith(".pyc")
    ]


def test_it_has_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    points = configparser.ConfigParser()
    points.read_string(archive.read(name).decode())
    assert points["console_scripts"]["advisor"] == "advisor.interfaces.cli:main"


def test_it_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    script = (
        "import sys; sys.path.insert(0, 'site')\n"
        "from advisor.assembly import builtin_phrases, builtin_rulebook, builtin_verifier, reading_files\n"
        "import advisor, corpus, ingest\n"
        "builtin_phrases(); builtin_verifier(); reading_files()\n"
        "assert all('site' in (module.__file__ or '') for module in (advisor, corpus, ingest))\n"
        "print(len(builtin_rulebook().rules) > 0)"
    )
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.returncode) == ("True\n", 0), done.stderr
