"""A stack a domain: none too large, none waiting for another domain's, and room in the gateway for all to come."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from infra.functions import FUNCTIONS
from infra.gateway import MOST_ROUTES, DeclaredRoute, derive
from infra.routes import declared_routes, gateway_routes
from tests.infra.conftest import CANARY, Assembly

pytestmark = pytest.mark.filterwarnings("ignore")
MOST_RESOURCES = 300
SHARED = {"storage", "gateway", "websocket", "mail", "observability"}
ENDPOINTS = Path(__file__).parents[3] / "shared" / "spec" / "endpoints.tsv"


def stacks(production: Assembly) -> dict[str, dict[str, Any]]:
    manifest = json.loads((production.folder / "manifest.json").read_text())
    return {
        name.removeprefix("lyceum-prod-"): artifact
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack" and name != CANARY
    }


def test_there_is_a_stack_a_domain_beside_the_shared_ones(production: Assembly) -> None:
    assert set(stacks(production)) == SHARED | {function.domain for function in FUNCTIONS}


def test_stacks_are_protected_and_far_below_the_quota(production: Assembly) -> None:
    assert all(stack["properties"]["terminationProtection"] for stack in stacks(production).values())
    sizes = {name: len(template["Resources"]) for name, template in production.stacks().items()}
    assert {name: size for name, size in sizes.items() if size >= MOST_RESOURCES} == {}


def test_no_stack_waits_for_a_domains(production: Assembly) -> None:
    for name, stack in stacks(production).items():
        waits_for = {other.removeprefix("lyceum-prod-") for other in stack.get("dependencies", [])} & set(
            stacks(production)
        )
        assert waits_for <= SHARED, name


def test_layers_are_in_the_stack_of_their_functions(production: Assembly) -> None:
    for name, function in production.resources("AWS::Lambda::Function").items():
        own = set(production.stacks()[name.partition("/")[0]]["Resources"])
        assert all(layer["Ref"] in own for layer in function.get("Layers", [])), name


def test_todays_routes_fit_the_gateway() -> None:
    assert len(gateway_routes(FUNCTIONS)) < MOST_ROUTES


@pytest.mark.skipif(not ENDPOINTS.exists(), reason="the list of all endpoints is not at hand")
def test_the_routes_of_all_endpoints_to_come_will_fit_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is declared today counts for its function, what is to come for its domain, as one function."""
    monkeypatch.setattr("infra.gateway.MOST_ROUTES", 2 * MOST_ROUTES)
    today = {(route.method, route.parts): route for route in declared_routes(FUNCTIONS)}
    lines = [line for line in ENDPOINTS.read_text().splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t")
    to_come = [DeclaredRoute(row["folder"], row["method"], row["path"]) for row in rows]
    later = {(route.method, route.parts): route for route in to_come}
    assert len(derive((later | today).values())) < MOST_ROUTES
