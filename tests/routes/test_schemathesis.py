"""Generated requests against the OpenAPI document: whatever is sent, the answer is declared and never a 5xx."""

import json
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.wsgi import wsgi
from tools import build_docs

CALLER: list[Client] = []
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_dict(json.loads(build_docs.openapi()))
schema.config.phases.coverage.enabled = (
    False  # it multiplies the time by four; limits of single fields are tested where they are declared
)
schema.app = wsgi(lambda: CALLER[-1])


@pytest.fixture(autouse=True)
def caller(cloud: Cloud) -> Iterator[None]:
    with cloud.new_tenant() as tenant:
        CALLER.append(Client(cloud, tenant).as_("super_admin"))
        yield
        CALLER.pop()


@schema.parametrize()
@settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_answers_are_as_declared(case: schemathesis.Case) -> None:
    is_sparse = "fields" in (case.query or {})  # the caller asked for less than the schema requires
    case.call_and_validate(checks=CHECKS[:-1] if is_sparse else CHECKS)
