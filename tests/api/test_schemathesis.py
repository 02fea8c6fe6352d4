"""Generated requests against the OpenAPI document: whatever is sent, the answer is declared and never a 5xx."""

import json
import traceback
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
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
from tools.declared import http_modules

CALLER: list[Client] = []
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOMAINS = sorted({name.split(".")[1] for name in http_modules()})


@cache
def schema() -> Any:
    """Return the document as schemathesis reads it, answered by the product in process."""
    document = json.loads(build_docs.openapi())
    document["servers"] = [{"url": "/"}]  # here is no place that it was read from
    read = schemathesis.openapi.from_dict(document)
    read.app = wsgi(lambda: CALLER[-1])
    return read


@pytest.fixture(autouse=True)
def caller(cloud: Cloud) -> Iterator[None]:
    with cloud.new_tenant() as tenant:
        CALLER.append(Client(cloud, tenant).as_("super_admin"))
        yield
        CALLER.pop()


@pytest.mark.parametrize("domain", DOMAINS)
def test_answers_are_as_declared(domain: str) -> None:
    operations = [found.ok() for found in schema().get_all_operations()]
    own = [operation for operation in operations if domain in operation.definition.raw["tags"]]
    assert own
    failures = [f"{operation.label}\n{failure}" for operation in own if (failure := failure_of(operation))]
    assert not failures, "\n\n".join(failures)


def failure_of(operation: Any) -> str:
    """Send requests made up for an operation, right and wrong ones; return what was not as declared, or nothing."""

    @settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    def send(case: schemathesis.Case) -> None:
        is_sparse = "fields" in (case.query or {})  # the caller asked for less than the schema requires
        case.call_and_validate(checks=CHECKS[:-1] if is_sparse else CHECKS)

    try:
        send()
    except (Exception, BaseExceptionGroup) as failure:
        return "".join(traceback.format_exception(failure, limit=0))
    return ""
