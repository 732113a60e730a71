"""schemathesis asks every operation of ``/openapi.json`` for what it allows and for what it does not.

Requests go straight into the application, without a network. Its project lies in a temporary folder, so labels may be
saved, settled and taken back at will.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.testclient import TestClient

from pipeline.project import Project
from pipeline.web.app import make_app
from pipeline.web.guard import HEADERS
from tests.workbench import workbench, workbench_project

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    unsupported_method,
]
# Left out: retraining and the like, which start processes that take minutes; their tests are in test_jobs.
LEFT_OUT = ("post", "/api/jobs/{kind}")
# In a multipart body a number is bytes as everything else is, which the check takes for something else.
MULTIPART = "/api/read"
FEW = settings(
    derandomize=True,
    database=None,
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations():
    """Method and path of each operation, and whether what is allowed is asked of it or what is not.

    The description needs no project: one that is nowhere will do while tests are collected. What takes neither a body nor
    a query can be asked for nothing that is not allowed.
    """
    for path, methods in make_app(workbench(Project(Path("nowhere")))).openapi()["paths"].items():
        for method, told in methods.items():
            if (method, path) != LEFT_OUT:
                yield pytest.param(method, path, GenerationMode.POSITIVE, id=f"{method} {path}")
                if "requestBody" in told or any(p["in"] == "query" for p in told.get("parameters", ())):
                    yield pytest.param(method, path, GenerationMode.NEGATIVE, id=f"{method} {path} wrongly")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return make_app(workbench(workbench_project(tmp_path_factory.mktemp("openapi"))))


@pytest.mark.parametrize(("method", "path", "mode"), list(operations()))
def test_every_operation_answers_as_it_is_described_and_never_with_a_fault(app, method, path, mode):
    checks = [check for check in CHECKS if path != MULTIPART or check is not negative_data_rejection]
    operation = schemathesis.openapi.from_asgi("/openapi.json", app)[path][method]

    @FEW
    @given(operation.as_strategy(generation_mode=mode))
    def answers(case):
        answer = case.call_and_validate(checks=checks)
        for name, value in HEADERS.items():
            assert answer.headers[name.lower()] == [value]

    answers()


def test_the_description_is_whole(app):
    told = TestClient(app).get("/openapi.json").json()
    assert LEFT_OUT[0] in told["paths"][LEFT_OUT[1]]
    for path, operations in told["paths"].items():
        assert path.startswith("/api/")
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)


def test_no_page_of_documentation_loads_from_elsewhere(app):
    for path in ("/docs", "/redoc"):
        assert TestClient(app).get(path).status_code == 404
