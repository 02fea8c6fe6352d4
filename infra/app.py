"""Entry point of the CDK app: `cdk deploy -c stage=dev`. Shared stacks first, then a stack a domain."""

import sys
from collections import defaultdict
from collections.abc import Sequence

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra.domain_stack import DomainStack, Shared
from infra.functions import FUNCTIONS, DoesNotFit, check
from infra.gateway import GatewayConflict, GatewayRoute
from infra.routes import gateway_routes
from infra.settings import Stage, UnfitSettings
from infra.shared.api_edge_stack import ApiEdgeStack
from infra.shared.edge_stack import EdgeStack
from infra.shared.gateway_stack import GatewayStack
from infra.shared.mail_stack import MailStack
from infra.shared.observability_stack import ObservabilityStack
from infra.shared.storage_stack import StorageStack
from infra.shared.websocket_api import WebSocketStack
from lyceum.kit.manifest import Function, SocketAuthorizer, WebSocket


def build(app: cdk.App, stage: Stage, functions: Sequence[Function] = FUNCTIONS) -> None:
    """Add the stacks of a stage; raises DoesNotFit or GatewayConflict where declarations disagree."""
    check(functions)
    functions = stage.deployed(functions)
    by_trigger = {type(function.trigger): function.name for function in functions}
    storage = StorageStack(app, stage)
    gateway = GatewayStack(app, stage)
    websocket = WebSocketStack(app, stage, by_trigger[SocketAuthorizer], by_trigger[WebSocket])
    observability = None if stage.is_local else ObservabilityStack(app, stage, storage, gateway)
    shared = Shared(storage, gateway, websocket, observability)
    routes = _by_domain(gateway_routes(functions), functions)
    for domain in sorted({function.domain for function in functions}):
        own = [function for function in functions if function.domain == domain]
        DomainStack(app, domain, shared, own, routes[domain])
    if stage.mail_set:
        MailStack(app, stage)
    if stage.has_edge:
        EdgeStack(app, stage, storage)
    if stage.has_api_edge:
        ApiEdgeStack(app, stage)
    if not stage.is_local:
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    cdk.Tags.of(app).add("product", "lyceum")
    cdk.Tags.of(app).add("stage", stage.name)


def _by_domain(routes: Sequence[GatewayRoute], functions: Sequence[Function]) -> dict[str, list[GatewayRoute]]:
    domains = {function.name: function.domain for function in functions}
    found: dict[str, list[GatewayRoute]] = defaultdict(list)
    for route in routes:
        found[domains[route.function]].append(route)
    return found


if __name__ == "__main__":
    lyceum = cdk.App()
    try:
        build(lyceum, Stage.load(str(lyceum.node.try_get_context("stage") or "dev")))
    except (UnfitSettings, DoesNotFit, GatewayConflict) as failure:
        sys.exit(f"{type(failure).__name__}: {failure}")
    lyceum.synth()
