"""The wheel holds all that the package needs, and runs from an empty folder with no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
NO_NETWORK = """
import socket, sys
def refuse(*_, **__):
    raise OSError("no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from graph.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("whodid-*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def whodid(site: Path, folder: Path, *args: str) -> str:
    """What the command prints, run from the wheel's files alone."""
    env = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", NO_NETWORK, *args]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_package_is_inside(unpacked: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "graph"], cwd=ROOT, capture_output=True, text=True, check=False)
    ours = listed.stdout.split("\n")[:-1] or [str(p.relative_to(ROOT)) for p in (ROOT / "graph").rglob("*.*")]
    missing = [name for name in ours if "__pycache__" not in name and not (unpacked / name).exists()]
    assert not [name for name in missing if (ROOT / name).exists()]
    assert (unpacked / "graph" / "ontology.ttl").read_bytes() == (ROOT / "ontology.ttl").read_bytes()


@pytest.mark.parametrize(
    "pattern",
    [
        "shapes.ttl",
        "frames.tsv",
        "files/coded.tsv",
        "integrity/*.rq",
        "sparql/*.rq",
        "lexicon/*.tsv",
        "explorer/*.html",
        "reading/models/*/*",
    ],
)
def test_what_is_no_code_is_inside(unpacked: Path, pattern: str) -> None:
    assert list((unpacked / "graph").glob(pattern))


def test_nothing_else_is_inside(unpacked: Path) -> None:
    assert sorted(p.name for p in unpacked.iterdir() if not p.name.endswith(".dist-info")) == ["graph"]


def test_an_article_is_read_asked_and_checked_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    text = "Norvania pledged on Tuesday to send 40 engineers to Belmora, President Ilse Ravn told reporters there.\n"
    (tmp_path / "pledge.txt").write_text(text)
    for command in ("build pledge.txt --model small", "validate", "view -o page.html"):
        whodid(unpacked, tmp_path, *command.split())
    assert "Norvania" in whodid(unpacked, tmp_path, "query", "pledges")
    assert "1 article," in whodid(unpacked, tmp_path, "stats")
    assert (tmp_path / "page.html").stat().st_size > 10_000
