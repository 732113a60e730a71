"""Rules of the house that a reader would otherwise have to check by eye."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import pipeline
from tests.corpora import trained

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))
FORBIDDEN_WHEN_TAGGING = {
    "sklearn",
    "scipy",
    "pandas",
    "numba",
    "llvmlite",
    "pyarrow",
    "dask",
    "distributed",
    "fsspec",
    "matplotlib",
    "jinja2",
    "trafilatura",
    "fastapi",
    "pydantic",
    "starlette",
    "uvicorn",
}


def imported(code, *arguments):
    """Top-level modules a fresh interpreter has loaded after running ``code``."""
    script = f"{code}\nimport sys, json\nprint(json.dumps(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    from pipeline.learning.persist import save_model

    folder = tmp_path_factory.mktemp("model") / "model"
    save_model(trained(), folder, "card\n")
    return folder


def test_tagging_one_article_loads_nothing_that_only_training_needs(model_folder):
    code = (
        "import sys\nfrom pipeline import load_model, tag_article\n"
        "tagged = tag_article('Customs officers found heroin in a truck.', load_model(sys.argv[1]))\n"
        "assert tagged.topics and tagged.paragraphs[0].evidence"
    )
    loaded = imported(code, str(model_folder))
    assert not loaded & FORBIDDEN_WHEN_TAGGING
    assert not loaded & {"rich", "click"}
    assert "numpy" in loaded


def test_the_tag_command_loads_neither_these_nor_rich_when_its_output_is_piped(model_folder, tmp_path):
    (tmp_path / "a.txt").write_text("Customs officers found heroin in a truck.\n", encoding="utf-8")
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main(['tag', sys.argv[2], '--model', sys.argv[1]])\nexcept SystemExit as end:\n    assert end.code == 0"
    )
    loaded = imported(code, str(model_folder), str(tmp_path / "a.txt"))
    assert not loaded & (FORBIDDEN_WHEN_TAGGING | {"rich"})


def test_help_does_not_wait_for_scikit_learn():
    code = "from pipeline.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    assert not imported(code) & FORBIDDEN_WHEN_TAGGING


def test_every_public_name_resolves_and_unknown_ones_do_not():
    for name in pipeline.__all__:
        assert getattr(pipeline, name) is not None
    assert dir(pipeline) == pipeline.__all__
    with pytest.raises(AttributeError, match="no attribute 'tag_artcle'"):
        _ = pipeline.tag_artcle


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_300_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_asserts_unpickles_evaluates_or_catches_everything(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        assert not isinstance(node, ast.Assert), f"{path}:{node.lineno}"
        names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        module = node.module if isinstance(node, ast.ImportFrom) else None
        assert not ({*names, module} & {"pickle", "marshal", "shelve", "dill"}), f"{path}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "__import__"}, f"{path}:{node.lineno}"
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.id if isinstance(node.type, ast.Name) else None
            assert node.type is not None, f"{path}:{node.lineno}"
            assert caught != "Exception", f"{path}:{node.lineno}"


def test_topic_names_stand_in_no_source():
    keys = [topic["key"] for topic in tomllib.loads((ROOT / "labels/codebook.toml").read_text("utf-8"))["topics"]]
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in keys, f"{path}:{node.lineno}"


def test_the_lock_has_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "--find-links" not in lock
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in pinned)


def test_every_make_target_is_explained_by_make_help():
    done = subprocess.run(["make"], capture_output=True, text=True, check=True, cwd=ROOT)
    for target in ("help", "train", "evaluate", "test", "lint", "wheel", "clean"):
        assert f"make {target}" in done.stdout
