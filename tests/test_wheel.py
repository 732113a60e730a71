"""The wheel carries codebook, labels and model, and tags anywhere."""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

from pipeline.learning.persist import save_model
from tests.corpora import trained

ROOT = Path(__file__).parent.parent


def test_a_wheel_installed_in_an_empty_environment_tags_from_another_folder(tmp_path):
    source, elsewhere = tmp_path / "source", tmp_path / "elsewhere"
    elsewhere.mkdir()
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    for folder in ("pipeline", "labels", "data"):
        shutil.copytree(ROOT / folder, source / folder, ignore=leave)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    (source / "experiments").mkdir()
    shutil.copy(ROOT / "experiments" / "default.toml", source / "experiments" / "default.toml")
    save_model(trained(), source / "experiments" / "current", "card\n")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("threat_topics-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "pipeline/shipped/labels/codebook.toml" in names
    assert {f"pipeline/reporting/templates/report.{kind}" for kind in ("html", "css")} <= set(names)
    assert "pipeline/shipped/experiments/default.toml" in names
    assert "pipeline/shipped/experiments/current/model.json" in names
    assert not [name for name in names if name.startswith(("tests/", "data/", "labels/"))]

    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True, capture_output=True
    )
    # The pinned dependencies of this environment, without the project itself, stand in for a download.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    text = "Customs officers found heroin in a truck at the crossing.\n"
    done = subprocess.run(
        [environment / "bin" / "threat-topics", "tag", "-"],
        input=text,
        capture_output=True,
        text=True,
        cwd=elsewhere,
        check=False,
        env={},
    )
    assert done.returncode == 0, done.stderr
    assert [topic["topic"] for topic in json.loads(done.stdout)["topics"]] == ["drugs"]
    where = subprocess.run(
        [python, "-c", "import pipeline; print(pipeline.__file__)"],
        capture_output=True,
        text=True,
        cwd=elsewhere,
        check=True,
    )
    assert where.stdout.startswith(str(environment))
