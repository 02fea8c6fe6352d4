"""Entry point of the CDK app: `cdk deploy -c stage=dev`."""

from collections.abc import Sequence

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra import messages
from infra.api import ApiStack
from infra.edge import EdgeStack
from infra.functions import FUNCTIONS
from infra.gateway import derive
from infra.observability import ObservabilityStack
from infra.routes import check_modules, declared_routes, optional_callers
from infra.stage import Stage
from infra.storage import StorageStack
from infra.workers import WorkersStack
from lyceum.kit.manifest import Function


def build(app: cdk.App, functions: Sequence[Function] = FUNCTIONS) -> Stage:
    """Add the stacks of the stage that the app's context names."""
    stage = Stage.from_context(app.node)
    check_modules(functions)
    routes = derive(declared_routes(functions))
    storage = StorageStack(app, stage)
    api = ApiStack(app, stage, storage, functions, routes, optional_callers(functions))
    workers = WorkersStack(
        app, stage, storage, api, [function for function in functions if function.domain not in messages.DOMAINS]
    )
    reaching = messages.MessagesStack(
        app, stage, storage, api, [function for function in functions if function.domain in messages.DOMAINS]
    )
    reaching.add_dependency(workers, "a function that moves leaves the one before it enters the other")
    if stage.has_edge:
        EdgeStack(app, stage, storage)
    if not stage.is_local:
        ObservabilityStack(app, stage, functions)
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    cdk.Tags.of(app).add("product", "lyceum")
    cdk.Tags.of(app).add("stage", stage.name)
    return stage


if __name__ == "__main__":
    lyceum = cdk.App()
    build(lyceum)
    lyceum.synth()
