"""Run the documents' commands: `python -m tests.readme` writes the outputs they show anew.

A block marked `sh` or `python` is run in a copy of the project that has a trained model; a `text` block after it is
what it printed. Blocks that call make are only looked at by make (`make -n`), since they run the tests themselves. In the datasheets,
what a command prints stands between `<!-- command -->` and `<!-- end -->`; so does the table of the last `make bench` in the README.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.table import table

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"```(?P<kind>sh|python|text|toml)\n(?P<body>.*?)```\n", re.DOTALL)
DATASHEETS = (ROOT / "labels" / "README.md", ROOT / "data" / "README.md")
GENERATED = re.compile(r"(?P<head><!-- (?P<command>threat-topics .*?) -->\n)(?P<body>.*?)(?=<!-- end -->)", re.DOTALL)
PARTS = ("labels", "data", "experiments/default.toml")


def copy_project(folder: Path) -> Path:
    """A copy of everything a user's clone has besides code."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return folder


def environment() -> dict[str, str]:
    """As a user who has activated the environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {key: value for key, value in os.environ.items() if key != "THREAT_TOPICS_MODEL"}
    return {**kept, "PATH": path, "COLUMNS": "100"}


def run_block(kind: str, body: str, folder: Path) -> str:
    """What a block prints; fails if it does."""
    if kind == "sh" and re.search(r"^make ", body, re.MULTILINE):
        for line in body.splitlines():
            if line.startswith("make "):
                subprocess.run(
                    ["make", "-n", *line.split("#")[0].split()[1:]], cwd=ROOT, check=True, capture_output=True
                )
        return ""
    command = ["sh", "-e", "-c", body] if kind == "sh" else [sys.executable, "-c", body]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"this block of the README fails:\n{body}\n{done.stderr}")
    return done.stdout


def outputs(text: str, folder: Path) -> list[tuple[re.Match[str], str]]:
    """For every `text` block that follows a block run, what that block prints now."""
    found, printed, end = [], "", 0
    for match in BLOCK.finditer(text):
        if match["kind"] == "text":
            if not text[end : match.start()].strip():
                found.append((match, printed))
        elif match["kind"] in {"sh", "python"}:
            printed, end = run_block(match["kind"], match["body"], folder), match.end()
    return found


def generated(command: str, folder: Path) -> str:
    """What a datasheet's command prints, its headings one level down."""
    done = subprocess.run(command.split(), cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    return "\n" + re.sub(r"^(#+ )", r"#\1", done.stdout.strip(), flags=re.MULTILINE) + "\n\n"


SPEED = re.compile(r"(?P<head><!-- make bench -->\n)(?P<body>.*?)(?=<!-- end -->)", re.DOTALL)


def speed() -> str:
    """The table of the last `make bench`, as the README shows it."""
    return "\n" + table(json.loads((ROOT / "experiments" / "bench.json").read_text("utf-8"))).strip() + "\n\n"


def main() -> None:
    """Write the README with the outputs of today."""
    text = README.read_text("utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = copy_project(Path(name))
        subprocess.run(["threat-topics", "train"], cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
        for match, printed in reversed(outputs(text, folder)):
            text = f"{text[: match.start('body')]}{printed}{text[match.end('body') :]}"
        picture = [*["threat-topics", "tag", "data/example.txt", "-f", "svg", "-o"], ROOT / "data" / "example.svg"]
        subprocess.run(picture, cwd=folder, env=environment(), check=True)
        for sheet in DATASHEETS:
            old = sheet.read_text("utf-8")
            new = GENERATED.sub(lambda m: m["head"] + generated(m["command"], folder), old)
            sheet.write_text(new, encoding="utf-8")
    README.write_text(SPEED.sub(lambda m: m["head"] + speed(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
