"""A model on disk: data, not a program. No pickle is read or written here, and no date is stored.

A model folder holds

    model.json           format name and number; codebook, lexicon, recipe, dataset, metrics, hashes
    weights.safetensors  the numbers, float64, no metadata
    terms.txt            the terms, one a line, in the order of the columns; for people and for ``diff``
    README.md            the model card, for people only
    out_of_fold.safetensors  scores that thresholds may be chosen on anew; read for that alone, never to tag

Loading looks, checks, then builds: format, number, hashes, shapes, finite numbers; the message says which failed.

Raising ``FORMAT_VERSION``: add the new layout, keep reading the old number, freeze a model of the old number under
``tests/golden``, and say in CHANGELOG what changed. A number this file does not know is refused, never guessed at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from pipeline.annotation.codebook import codebook_from_dict
from pipeline.errors import ModelError, PipelineError
from pipeline.files import canonical_json, new_folder, read_bytes, sha256_file, sha256_text, write_text
from pipeline.learning.analyser import Analyser
from pipeline.learning.model import Model, is_finite

FORMAT = "threat-topics model"
FORMAT_VERSION = 1
MANIFEST = "model.json"
EVIDENCE = "out_of_fold.safetensors"
CARD = "README.md"

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Out-of-fold scores of all training data, what thresholds are chosen on.

    Attributes:
        S: before calibration, float64 (m, k); m is repeats times paragraphs.
        Y: judgements, bool (m, k).
        known: whether judged, bool (m, k).
    """

    S: Array
    Y: Array
    known: Array

    def to_bytes(self) -> bytes:
        """The file that is kept; the same evidence gives the same bytes."""
        judged = {name: np.ascontiguousarray(getattr(self, name), np.uint8) for name in ("Y", "known")}
        return save_tensors({"S": np.ascontiguousarray(self.S), **judged})

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the file that is kept, as ``model.json`` lists it."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def is_model(folder: Path) -> bool:
    """Whether a folder claims to hold a model; ``load_folder`` says whether it does."""
    return (folder / MANIFEST).is_file()


def save_model(model: Model, folder: Path, card: str, evidence: Evidence | None = None) -> None:
    """Write a model folder, whole or not at all; the same model and card give the same bytes.

    Args:
        model: what to store.
        folder: made anew; an older one of that name is replaced.
        card: text of ``README.md``.
        evidence: kept beside it, so that thresholds can be chosen anew without training.

    Raises:
        ModelError: the folder holds something that is no model, which would be lost.
    """
    if folder.is_dir() and any(folder.iterdir()) and not is_model(folder):
        raise ModelError(
            f"{folder}: holds files and no model, it would be replaced; name a new folder or empty this one"
        )
    with new_folder(folder) as made:
        (made / "weights.safetensors").write_bytes(
            save_tensors({k: np.ascontiguousarray(a) for k, a in model.arrays.items()})
        )
        names = ["terms.txt", "weights.safetensors"]
        if evidence is not None:
            names.append(EVIDENCE)
            (made / EVIDENCE).write_bytes(evidence.to_bytes())
        write_text(made / "terms.txt", "".join(term + "\n" for term in model.terms))
        write_text(made / CARD, card)
        manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "name": model.name,
            "version": model.version,
            "sha256": model.sha256,
            "codebook": model.codebook.to_dict(),
            "analyser": model.cutting,
            "facts": model.facts,
            "files": {name: sha256_file(made / name) for name in names},
        }
        write_text(made / MANIFEST, canonical_json({**manifest, "seal": _seal(manifest)}, indent=1) + "\n")


def load_folder(folder: Path) -> Model:
    """Read a model folder.

    Raises:
        ModelError: a file is missing, altered or of another format; the message names it and the cure.
    """
    manifest = _manifest(folder)
    data = {name: _checked(folder, name, manifest) for name in ("terms.txt", "weights.safetensors")}
    try:
        arrays = load_tensors(data["weights.safetensors"])
        terms = tuple(data["terms.txt"].decode("utf-8").split("\n")[:-1])
        codebook = codebook_from_dict(manifest["codebook"], f"{folder / MANIFEST}: codebook")
        analyser = _analyser(manifest["analyser"])
        _check_shapes(arrays, len(codebook.keys), len(terms), folder)
        model = Model(
            name=manifest["name"],
            version=manifest["version"],
            codebook=codebook,
            analyser=analyser,
            sublinear_tf=manifest["analyser"]["sublinear_tf"] is True,
            terms=terms,
            facts=manifest["facts"],
            **arrays,
        )
    except (AttributeError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise ModelError(
            f"{folder}: model.json and the files beside it do not fit together ({error!r}); {_CURE}"
        ) from None
    except ModelError:
        raise
    except PipelineError as error:
        raise ModelError(f"{folder}: {error}; {_CURE}") from None
    if not is_finite(model):
        raise ModelError(f"{folder / 'weights.safetensors'}: holds numbers that are not finite; {_CURE}")
    if model.sha256 != manifest.get("sha256"):
        raise ModelError(
            f"{folder / MANIFEST}: the sha256 of the contents is not the one stored, something was altered; {_CURE}"
        )
    return model


def load_evidence(folder: Path) -> Evidence:
    """Read the out-of-fold scores that lie beside a model.

    Raises:
        ModelError: there are none, or they are altered or of another shape.
    """
    manifest = _manifest(folder)
    if EVIDENCE not in manifest.get("files", {}):
        raise ModelError(
            f"{folder}: keeps no out-of-fold scores to choose thresholds on; train again with `make train`"
        )
    try:
        arrays = load_tensors(_checked(folder, EVIDENCE, manifest))
        S, Y, known = arrays["S"], arrays["Y"].astype(bool), arrays["known"].astype(bool)
    except (KeyError, SafetensorError) as error:
        raise ModelError(f"{folder / EVIDENCE}: is not what model.json says ({error!r}); {_CURE}") from None
    k = len(manifest["codebook"]["topics"])
    if not (S.shape == Y.shape == known.shape and S.ndim == 2 and S.shape[1] == k and np.isfinite(S).all()):
        raise ModelError(f"{folder / EVIDENCE}: shapes {S.shape}, {Y.shape}, {known.shape} do not fit; {_CURE}")
    return Evidence(S, Y, known)


def _analyser(stored: dict[str, Any]) -> Analyser:
    listed = {str(key): tuple(str(term) for term in terms) for key, terms in stored["listed"].items()}
    return Analyser(stored["ngrams"], stored["prefix"], listed)


_CURE = "train again with `make train`, or copy the model folder again whole"


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError(f"{folder}: is no model folder, model.json is missing; {_CURE}")
    try:
        manifest = json.loads(read_bytes(path))
        seal = _seal(manifest) if isinstance(manifest, dict) else None
    except (ValueError, RecursionError):
        raise ModelError(f"{path}: is not JSON, perhaps cut off; {_CURE}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"{path}: is not a {FORMAT!r}; name the folder of a model that `make train` made")
    number = manifest.get("format_version")
    if number != FORMAT_VERSION:
        raise ModelError(
            f"{path}: format_version is {number!r}, this program reads {FORMAT_VERSION}; "
            "install the version of threat-topics that made it, or train again with `make train`"
        )
    if manifest.get("seal") != seal:
        raise ModelError(f"{path}: was altered after it was written; {_CURE}")
    return manifest


def _seal(manifest: dict[str, Any]) -> str:
    """Hex SHA-256 of everything else in ``model.json``, against slips of the hand; it keeps nobody out."""
    return sha256_text(canonical_json({key: value for key, value in manifest.items() if key != "seal"}))


def _checked(folder: Path, name: str, manifest: dict[str, Any]) -> bytes:
    path = folder / name
    if not path.is_file():
        raise ModelError(f"{path}: is missing; {_CURE}")
    files, data = manifest.get("files"), read_bytes(path)
    expected = files.get(name) if isinstance(files, dict) else None
    if expected != hashlib.sha256(data).hexdigest():
        raise ModelError(
            f"{path}: its sha256 is not the one in model.json, the file was cut off, altered or swapped; {_CURE}"
        )
    return data


def _check_shapes(arrays: Mapping[str, Array], k: int, v: int, folder: Path) -> None:
    one_a_topic = dict.fromkeys(("intercept", "slope", "offset", "thresholds", "review"), (k,))
    wanted: dict[str, tuple[int, ...]] = {"idf": (k, v), "coef": (k, v), **one_a_topic}
    for name, shape in wanted.items():
        array = arrays.get(name)
        if array is None or array.shape != shape or array.dtype != np.float64:
            found = "missing" if array is None else f"{array.dtype} {array.shape}"
            raise ModelError(f"{folder / 'weights.safetensors'}: {name} is {found}, must be float64 {shape}; {_CURE}")
    if unknown := set(arrays) - set(wanted):
        raise ModelError(f"{folder / 'weights.safetensors'}: holds unknown arrays {sorted(unknown)}; {_CURE}")
