"""The WebSocket API: its gateway, the authorizer that takes tickets, and the function behind its messages."""

import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.assets import Layers
from infra.lambdas import Lambda
from infra.nag import accept
from infra.stage import Stage
from infra.storage import StorageStack
from lyceum.kit.manifest import SOCKET_STAGE, Function, PostToSockets, SocketAuthorizer, WebSocket

ROUTES = ("$connect", "$disconnect", "$default")
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "event": "$context.eventType",
    "status": "$context.status",
    "connection": "$context.connectionId",
    "authorizerError": "$context.authorizer.error",
    "integrationError": "$context.integrationErrorMessage",
}


class Sockets(Construct):
    """The gateway of live connections and what it calls."""

    def __init__(
        self, scope: Construct, stage: Stage, storage: StorageStack, layers: Layers, functions: Sequence[Function]
    ) -> None:
        super().__init__(scope, "Sockets")
        self.stage = stage
        self.storage = storage
        self.layers = layers
        self.api = gateway.CfnApi(
            self,
            "Gateway",
            name=stage.name_of("sockets"),
            protocol_type="WEBSOCKET",
            route_selection_expression="$request.body.action",
        )
        self.api_id = self.api.ref
        triggers = {type(function.trigger): function for function in functions}
        authorizer = self._authorizer(self._lambda(triggers[SocketAuthorizer]))
        integration = self._integration(self._lambda(triggers[WebSocket]))
        routes = [self._route(key, integration, authorizer) for key in ROUTES]
        self._stage(routes)

    def _lambda(self, function: Function) -> Lambda:
        made = Lambda(self, function, self.storage, self.layers)
        lambda_.CfnPermission(
            made,
            "Gateway",
            action="lambda:InvokeFunction",
            function_name=made.target.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=cdk.Stack.of(self).format_arn(service="execute-api", resource=self.api_id, resource_name="*"),
        )
        if function.may(PostToSockets):
            let_post(made, self.api)
        return made

    def _authorizer(self, made: Lambda) -> gateway.CfnAuthorizer:
        return gateway.CfnAuthorizer(
            self,
            "Door",
            api_id=self.api_id,
            name=self.stage.name_of("door"),
            authorizer_type="REQUEST",
            authorizer_uri=_invocation_uri(made),
            identity_source=["route.request.querystring.ticket"],
        )

    def _integration(self, made: Lambda) -> gateway.CfnIntegration:
        return gateway.CfnIntegration(
            made, "Integration", api_id=self.api_id, integration_type="AWS_PROXY", integration_uri=_invocation_uri(made)
        )

    def _route(
        self, key: str, integration: gateway.CfnIntegration, authorizer: gateway.CfnAuthorizer
    ) -> gateway.CfnRoute:
        opens = key == "$connect"
        route = gateway.CfnRoute(
            self,
            f"Route {key}",
            api_id=self.api_id,
            route_key=key,
            target=f"integrations/{integration.ref}",
            authorization_type="CUSTOM" if opens else "NONE",
            authorizer_id=authorizer.ref if opens else None,
        )
        if not opens:
            accept(route, "A WebSocket is authorised when it opens; the gateway knows no other place.", "APIG4")
        return route

    def _stage(self, routes: Sequence[gateway.CfnRoute]) -> None:
        log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{self.stage.name_of('sockets')}",
            retention=logs.RetentionDays.THREE_MONTHS if self.stage.keeps_data else logs.RetentionDays.TWO_WEEKS,
            removal_policy=cdk.RemovalPolicy.RETAIN if self.stage.keeps_data else cdk.RemovalPolicy.DESTROY,
        )
        stage = gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api_id,
            stage_name=SOCKET_STAGE,
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=500, throttling_rate_limit=1000
            ),
        )
        for route in routes:
            stage.node.add_dependency(route)


def let_post(made: Lambda, api: gateway.CfnApi) -> None:
    """Tell a function of the WebSocket API and let it post to its connections."""
    made.function.add_environment("LYCEUM_SOCKET_API", api.ref)
    stack, home = cdk.Stack.of(made), cdk.Stack.of(api)
    connections = f"{SOCKET_STAGE}/*/@connections/*"
    arn = stack.format_arn(service="execute-api", resource=api.ref, resource_name=connections)
    made.role.add_to_policy(iam.PolicyStatement(actions=["execute-api:ManageConnections"], resources=[arn]))
    name = (
        f"<{home.get_logical_id(api)}>"
        if stack is home
        else home.resolve(home.export_value(api.ref))["Fn::ImportValue"]
    )
    place = f"arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:{name}/{connections}"
    accept(made.role, "Connections have no names before they are open.", f"IAM5[Resource::{place}]")


def _invocation_uri(made: Lambda) -> str:
    path = f"2015-03-31/functions/{made.target.function_arn}/invocations"
    return cdk.Stack.of(made).format_arn(service="apigateway", account="lambda", resource="path", resource_name=path)
