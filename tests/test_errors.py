"""Errors: one family, one sentence."""

from __future__ import annotations

import pytest

from pipeline import errors


def test_every_error_of_the_package_is_a_pipeline_error():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) == 7
    assert all(issubclass(kind, errors.PipelineError) for kind in kinds)


def test_an_unknown_key_is_answered_with_the_known_ones():
    with pytest.raises(errors.RecipeError, match=r"^a\.toml: unknown key 'x'; known are: C, seed$"):
        raise errors.RecipeError(errors.unknown_key("a.toml", "x", ("C", "seed")))
