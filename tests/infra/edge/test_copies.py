"""A stage that names its network tells it what to forget; a stage without one has no such worker."""

import contextlib
import json
from unittest.mock import patch

import pytest
from pydantic import ValidationError

from infra.cost import looked_at
from infra.functions import FUNCTIONS
from tests.infra.conftest import NETWORK_CERTIFICATE, Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")
EDGE = {
    "target": "d-abc.execute-api.eu-west-1.amazonaws.com",
    "certificate": NETWORK_CERTIFICATE,
    "network": "E2ABCDEFGHIJKL",
}
WORKER = "lyceum-prod-system-events"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    from infra.app import build

    folder = tmp_path_factory.mktemp("told")
    app = looked_at(folder)
    some = [function for function in FUNCTIONS if function.domain in {"auth", "outbox", "realtime", "system"}]
    with patch("infra.app.check"):  # which refuses a part of the manifests
        build(app, production_stage(api_edge=EDGE), some)
    with contextlib.suppress(RuntimeError):  # raised for findings, which a test of its own reports
        app.synth()
    return Assembly(folder)


def names(assembly: Assembly) -> set[str]:
    return {
        each["FunctionName"] for each in assembly.resources("AWS::Lambda::Function").values() if "FunctionName" in each
    }


def test_nag_finds_nothing(told: Assembly) -> None:
    assert told.findings() == {}


def test_the_worker_goes_with_the_network(told: Assembly, production: Assembly) -> None:
    assert WORKER in names(told)
    assert WORKER not in names(production)


def test_functions_learn_the_country_of_their_callers_from_the_network(told: Assembly, production: Assembly) -> None:
    def headers(assembly: Assembly) -> set[str]:
        variables = [
            each["Environment"]["Variables"]
            for each in assembly.resources("AWS::Lambda::Function").values()
            if "FunctionName" in each
        ]
        return {each["LYCEUM_COUNTRY_HEADER"] for each in variables}

    assert headers(told) == {"cloudfront-viewer-country"}
    assert headers(production) == {""}


def test_it_may_end_copies_of_its_own_network_alone(told: Assembly) -> None:
    (statement,) = [each for _, each in told.statements() if "cloudfront:CreateInvalidation" in each["Action"]]
    assert statement["Action"] == ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert json.dumps(statement["Resource"]).count("distribution/E2ABCDEFGHIJKL") == 1


def test_the_stream_wakes_for_what_is_shown(told: Assembly, production: Assembly) -> None:
    def patterns(assembly: Assembly) -> str:
        sources = assembly.resources("AWS::Lambda::EventSourceMapping").values()
        return json.dumps([each["FilterCriteria"] for each in sources if "FilterCriteria" in each])

    assert "status_list" in patterns(told)
    assert "status_list" not in patterns(production)


def test_a_network_without_a_target_is_refused() -> None:
    with pytest.raises(ValidationError, match="no target"):
        production_stage(api_edge={"network": "E2ABCDEFGHIJKL"})
