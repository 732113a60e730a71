"""Persist: a model folder comes back as it was, or is refused with the reason."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import pipeline
from pipeline.errors import ModelError
from pipeline.files import canonical_json, sha256_file
from pipeline.learning.persist import FORMAT_VERSION, _seal, load_folder, save_model
from tests.corpora import NASTY, small, trained

CURE = "train again with `make train`, or copy the model folder again whole"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "model"
    save_model(trained(), path, "# A card\n")
    return path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rewrite(folder, **values):
    """Change model.json as its writer would: hashes of the files and the seal are made anew."""
    path = folder / "model.json"
    manifest = {**json.loads(path.read_text()), **values}
    manifest["files"] = {name: sha256_file(folder / name) for name in ("terms.txt", "weights.safetensors")}
    path.write_text(canonical_json({**manifest, "seal": _seal(manifest)}))


def refusal(folder):
    with pytest.raises(ModelError) as caught:
        load_folder(folder)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(folder))
    return message.removeprefix(str(folder))


def test_a_model_comes_back_with_the_same_scores_tags_and_facts(folder):
    loaded, model = load_folder(folder), trained()
    texts = [*small().texts, *NASTY]
    assert loaded.scores(texts).tobytes() == model.scores(texts).tobytes()
    assert loaded.probabilities(texts).tobytes() == model.probabilities(texts).tobytes()
    assert (loaded.decide(texts) == model.decide(texts)).all()
    for name in ("name", "version", "codebook", "analyser", "sublinear_tf", "terms", "facts", "sha256"):
        assert getattr(loaded, name) == getattr(model, name)


def test_numbers_that_were_loaded_cannot_be_changed(folder):
    with pytest.raises(ValueError, match="read-only"):
        load_folder(folder).coef[0, 0] = 1


def test_two_saves_give_the_same_bytes_in_another_process_too(folder, tmp_path):
    save_model(load_folder(folder), tmp_path / "again", "# A card\n")
    assert contents(tmp_path / "again") == contents(folder)
    code = (
        "import sys; from pathlib import Path; from pipeline.learning.persist import load_folder, save_model\n"
        "save_model(load_folder(Path(sys.argv[1])), Path(sys.argv[2]), '# A card\\n')"
    )
    subprocess.run([sys.executable, "-c", code, folder, tmp_path / "third"], check=True)
    assert contents(tmp_path / "third") == contents(folder)


def test_the_folder_holds_data_that_people_can_read(folder):
    assert sorted(contents(folder)) == ["README.md", "model.json", "terms.txt", "weights.safetensors"]
    assert (folder / "README.md").read_text() == "# A card\n"
    assert (folder / "terms.txt").read_text(encoding="utf-8").splitlines() == list(trained().terms)
    manifest = json.loads((folder / "model.json").read_text())
    assert (manifest["format"], manifest["format_version"]) == ("threat-topics model", FORMAT_VERSION)
    assert manifest["facts"]["dataset"]["fingerprint"] == small().fingerprint
    assert [topic["key"] for topic in manifest["codebook"]["topics"]] == ["drugs", "cyber", "floods"]


def test_saving_replaces_an_older_model_and_leaves_nothing_beside_it(folder):
    save_model(replace(trained(), name="newer"), folder, "# A card\n")
    assert load_folder(folder).name == "newer"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_saving_over_something_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelError, match="holds files and no model, it would be replaced; name a new folder"):
        save_model(trained(), tmp_path, "")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    (tmp_path / "empty").mkdir()
    save_model(trained(), tmp_path / "empty", "")
    assert load_folder(tmp_path / "empty").name == "quick"


def test_a_folder_that_is_missing_or_no_model_is_refused(tmp_path):
    for path in (tmp_path / "gone", tmp_path):
        assert refusal(path) == f": is no model folder, model.json is missing; {CURE}"


@pytest.mark.parametrize("name", ["terms.txt", "weights.safetensors"])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    assert refusal(folder) == f"/{name}: is missing; {CURE}"


@pytest.mark.parametrize("name", ["terms.txt", "weights.safetensors"])
def test_a_file_that_was_cut_off_or_altered_is_refused(folder, name):
    whole = (folder / name).read_bytes()
    altered = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    for data in (whole[: len(whole) // 2], b"", altered):
        (folder / name).write_bytes(data)
        message = refusal(folder)
        assert message == (
            f"/{name}: its sha256 is not the one in model.json, the file was cut off, altered or swapped; {CURE}"
        )


@pytest.mark.parametrize("name", ["terms.txt", "weights.safetensors", "model.json"])
def test_a_file_of_another_model_is_refused(folder, tmp_path, name):
    other = replace(trained(), terms=tuple(f"{term}x" for term in trained().terms), coef=trained().coef * 2)
    save_model(other, tmp_path / "other", "")
    shutil.copy(tmp_path / "other" / name, folder / name)
    assert "its sha256 is not the one in model.json, the file was cut off, altered or swapped" in refusal(folder)


def test_a_newer_format_is_refused_with_both_numbers(folder):
    rewrite(folder, format_version=FORMAT_VERSION + 1)
    assert refusal(folder) == (
        "/model.json: format_version is 2, this program reads 1; install the version of threat-topics that made it, "
        "or train again with `make train`"
    )


@pytest.mark.parametrize("text", ["", "{", '{"format":', "\xff", "[" * 100_000, '{"format": NaN}'])
def test_a_manifest_that_is_not_json_is_refused(folder, text):
    (folder / "model.json").write_text(text, encoding="latin-1")
    assert refusal(folder) == f"/model.json: is not JSON, perhaps cut off; {CURE}"


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "another"}'])
def test_json_of_another_kind_is_refused(folder, text):
    (folder / "model.json").write_text(text)
    assert "is not a 'threat-topics model'" in refusal(folder)


@pytest.mark.parametrize("key", ["name", "version", "sha256", "codebook", "analyser", "facts", "files"])
def test_a_manifest_that_was_altered_is_refused(folder, key):
    path = folder / "model.json"
    manifest = json.loads(path.read_text())
    for altered in ({**manifest, key: "x"}, {k: v for k, v in manifest.items() if k != key}):
        path.write_text(json.dumps(altered))
        assert refusal(folder) == f"/model.json: was altered after it was written; {CURE}"
    path.write_text(json.dumps(manifest))
    assert load_folder(folder).name == "quick"


@pytest.mark.parametrize(
    "values",
    [
        {"codebook": {"version": 1}},
        {"codebook": None},
        {"analyser": {"ngrams": 9, "sublinear_tf": True}},
        {"analyser": {"ngrams": "2", "sublinear_tf": True}},
        {"analyser": []},
        {"analyser": {}},
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(folder, values):
    rewrite(folder, **values)
    assert CURE in refusal(folder)


@pytest.mark.parametrize(
    "values",
    [
        {"sha256": "0" * 64},
        {"analyser": {"ngrams": 2, "prefix": 0, "listed": {}, "sublinear_tf": False}},
        {"analyser": {"ngrams": 1, "prefix": 0, "listed": {}, "sublinear_tf": True}},
    ],
)
def test_contents_that_are_not_those_of_the_stored_hash_are_refused(folder, values):
    rewrite(folder, **values)
    assert refusal(folder) == (
        f"/model.json: the sha256 of the contents is not the one stored, something was altered; {CURE}"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("slope"), r"slope is missing, must be float64 (3,)"),
        (lambda a: a.update(extra=np.zeros(1)), "holds unknown arrays ['extra']"),
        (lambda a: a.update(coef=a["coef"][:, :-1].copy()), "coef is float64 (3, 505), must be float64 (3, 506)"),
        (lambda a: a.update(idf=a["idf"].astype(np.float32)), "idf is float32 (3, 506), must be float64 (3, 506)"),
        (lambda a: a.update(thresholds=a["thresholds"][:2].copy()), "thresholds is float64 (2,), must be float64 (3,)"),
        (lambda a: a.update(coef=np.full_like(a["coef"], np.nan)), "holds numbers that are not finite"),
        (lambda a: a.update(intercept=np.full(3, np.inf)), "holds numbers that are not finite"),
    ],
)
def test_arrays_of_other_names_shapes_and_types_or_not_finite_are_refused(folder, change, message):
    arrays = load_file(folder / "weights.safetensors")
    change(arrays)
    save_file(arrays, folder / "weights.safetensors")
    rewrite(folder)
    assert refusal(folder) == f"/weights.safetensors: {message}; {CURE}"


def test_weights_that_are_no_safetensors_are_refused(folder):
    (folder / "weights.safetensors").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    rewrite(folder)
    assert "model.json and the files beside it do not fit together" in refusal(folder)


def test_fewer_terms_than_columns_are_refused(folder):
    (folder / "terms.txt").write_text("heroin\n")
    rewrite(folder)
    assert "idf is float64 (3, 506), must be float64 (3, 1)" in refusal(folder)


def test_a_save_that_fails_leaves_the_old_model(folder):
    before = contents(folder)
    with pytest.raises(ValueError, match="JSON compliant"):
        save_model(replace(trained(), facts={"metrics": float("nan")}), folder, "")
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_nothing_in_the_package_can_load_a_program_as_data():
    forbidden = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
    paths = list((Path(pipeline.__file__).parent / "learning").glob("*.py"))
    paths += Path(pipeline.__file__).parent.rglob("*.py")
    assert any(path.name == "persist.py" for path in paths)
    for path in set(paths):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            assert not {name.split(".")[0] for name in names} & forbidden, path
            if isinstance(node, ast.ImportFrom) and node.module == "joblib":
                assert {alias.name for alias in node.names} <= {"Parallel", "delayed"}, path
            if isinstance(node, ast.Call):
                assert not any(keyword.arg == "allow_pickle" for keyword in node.keywords), path
                assert not (isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}), path
