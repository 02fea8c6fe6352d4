"""One domain: its functions with their queues, rules, schedules and gateway routes, its dead letters and its alarms.

It takes values from shared stacks and none from another domain's; what it must name of another domain, it names by the
convention for names. Its layers are its own, since a layer that another stack hands on would tie both together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.assets import Layers
from infra.constructs.lambda_function import LambdaFunction
from infra.constructs.nag import accept
from infra.constructs.queue_worker import dead_letters, let_queue_call
from infra.constructs.rollout import Rollout
from infra.constructs.scheduled_jobs import let_schedule_jobs, let_time_call
from infra.gateway import GatewayRoute
from infra.settings import Stage
from infra.shared.gateway_stack import GatewayStack
from infra.shared.observability_stack import ObservabilityStack
from infra.shared.storage_stack import StorageStack
from infra.shared.websocket_api import WebSocketStack
from lyceum.edge.shown import SHOWN
from lyceum.kit.manifest import (
    SOCKET_STAGE,
    Function,
    Http,
    Links,
    NameSockets,
    PostToSockets,
    Queue,
    Schedule,
    ScheduleJobs,
    SendMail,
    SocketAuthorizer,
    Stream,
    WebSocket,
)
from lyceum.rules.stream import new_messages, saved_answers
from lyceum.search.sources import SOURCES

_STREAM_HOURS = 12
_STREAM_TRIES = 100
_WAKING: tuple[dict[str, Any], ...] = (
    {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"outbox_size": {"N": [{"exists": True}]}}}},
    {
        "eventName": ["MODIFY"],
        "dynamodb": {"NewImage": {"kind": {"S": list(saved_answers.KINDS)}, "state": {"S": [saved_answers.OPEN]}}},
    },
    {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": [new_messages.KIND]}}}},
)
"""Which changes of the table wake the publisher: those that leave messages, of which `exists` looks at a single value,
and of those that leave none, saves of answers and new messages in inboxes."""
_HAS_LETTERS = (Queue, Schedule, Stream)


@dataclass(frozen=True)
class Shared:
    """The shared stacks that a domain may take values from; the local stage has no observability."""

    storage: StorageStack
    gateway: GatewayStack
    websocket: WebSocketStack
    observability: ObservabilityStack | None = None


class DomainStack(cdk.Stack):
    """What a domain's manifest says, and the part of the gateway's routes that ends there."""

    def __init__(
        self,
        scope: Construct,
        domain: str,
        shared: Shared,
        functions: Sequence[Function],
        routes: Sequence[GatewayRoute],
    ) -> None:
        self.stage: Stage = shared.storage.stage
        name = self.stage.name_of(domain)
        super().__init__(scope, name, stack_name=name, termination_protection=self.stage.is_production)
        self.domain = domain
        self.shared = shared
        self.layers = Layers(self, self.stage, domain)
        queues = [function for function in functions if isinstance(function.trigger, _HAS_LETTERS)]
        dead = dead_letters(self, self.stage, f"{domain}-dead") if queues else None
        rollout = Rollout(self, self.stage, domain) if self.stage.moves_by_steps else None
        for function in functions:
            made = self._function(function)
            self._trigger(made, dead)
            if rollout:
                rollout.of(made)
        if rollout and shared.observability:
            self.add_stack_dependency(shared.observability, "its alarms end rollouts")
        integrations = {function.name: self._integration(function) for function in functions if function.is_http}
        for route in routes:
            self._route(route, integrations[route.function])
        if shared.observability and queues:
            shared.observability.watch_queues(self, domain, functions)

    def _function(self, function: Function) -> LambdaFunction:
        variables = {}
        if function.is_http or function.may(Links) or function.may(SendMail):  # mails hold links, too
            variables["LYCEUM_API_URL"] = self.shared.gateway.url
        made = LambdaFunction(self, function, self.shared.storage, self.layers, **variables)
        if function.may(NameSockets) or function.may(PostToSockets):
            made.function.add_environment("LYCEUM_SOCKET_API", self.shared.websocket.api.ref)
        if function.may(PostToSockets):
            self._let_post(made)
        if function.may(ScheduleJobs):
            let_schedule_jobs(made, self.stage)
        return made

    def _trigger(self, made: LambdaFunction, dead: sqs.Queue | None) -> None:
        match made.row.trigger:
            case Http():
                made.let_call("apigateway", self._calls_of(self.shared.gateway.api))
            case WebSocket() | SocketAuthorizer():
                made.let_call("apigateway", self._calls_of(self.shared.websocket.api))
            case Queue() as trigger if dead:
                let_queue_call(made, trigger, self.shared.storage, dead)
            case Schedule() if dead:
                let_time_call(made, self.stage, dead)
            case Stream() as trigger if dead:
                self._let_stream_call(made, trigger, dead)

    def _calls_of(self, api: gateway.CfnApi) -> str:
        return self.format_arn(service="execute-api", resource=api.ref, resource_name="*")

    def _let_stream_call(self, worker: LambdaFunction, trigger: Stream, dead: sqs.Queue) -> None:
        dead.grant_send_messages(worker.role)
        worker.function.add_environment("LYCEUM_PARKING_QUEUE", dead.queue_url)
        worker.target.add_event_source(
            sources.DynamoEventSource(
                self.shared.storage.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=trigger.batch_size,
                bisect_batch_on_error=True,
                max_record_age=cdk.Duration.hours(_STREAM_HOURS),
                retry_attempts=_STREAM_TRIES,
                on_failure=sources.SqsDlq(dead),
                filters=[lambda_.FilterCriteria.filter(each) for each in (*_WAKING, *self._seen())],
            )
        )

    def _seen(self) -> list[dict[str, Any]]:
        """Return the changes of what search finds and, with a network before the API, of what that shows."""
        kinds = sorted({*SOURCES, *(SHOWN if self.stage.ends_copies else ())})
        return [{"dynamodb": {image: {"kind": {"S": kinds}}}} for image in ("NewImage", "OldImage")]

    def _let_post(self, made: LambdaFunction) -> None:
        """Let a function post to the connections of the WebSocket API."""
        home, api = self.shared.websocket, self.shared.websocket.api
        connections = f"{SOCKET_STAGE}/*/@connections/*"
        arn = self.format_arn(service="execute-api", resource=api.ref, resource_name=connections)
        made.role.add_to_policy(iam.PolicyStatement(actions=["execute-api:ManageConnections"], resources=[arn]))
        name = home.resolve(home.export_value(api.ref))["Fn::ImportValue"]
        place = f"arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:{name}/{connections}"
        accept(made.role, "Connections have no names before they are open.", f"IAM5[Resource::{place}]")

    def _integration(self, function: Function) -> gateway.CfnIntegration:
        made = self.node.find_child(function.name)
        assert isinstance(made, LambdaFunction)  # noqa: S101 - it was made above
        return gateway.CfnIntegration(
            made,
            "Integration",
            api_id=self.shared.gateway.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=made.target.function_arn,
            payload_format_version="2.0",
        )

    def _route(self, route: GatewayRoute, integration: gateway.CfnIntegration) -> None:
        made = gateway.CfnRoute(
            self,
            f"Route {route.key.replace('/', '|')}",
            api_id=self.shared.gateway.api.ref,
            route_key=route.key,
            target=f"integrations/{integration.ref}",
            authorization_type="NONE",
        )
        accept(made, "The function behind it proves its callers itself, by the access that it declares.", "APIG4")
