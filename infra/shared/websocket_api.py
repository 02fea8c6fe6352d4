"""The WebSocket API: its gateway, the authorizer that takes tickets, and the routes of its messages.

Its two functions are in the stack of their domain and are known here by their names, while its routes are here: without
any, a WebSocket API can not be deployed.
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as gateway
from constructs import Construct

from infra.constructs.lambda_function import invocation_uri, target_arn
from infra.constructs.nag import accept
from infra.constructs.retention import log_group
from infra.settings import Stage
from lyceum.kit.manifest import SOCKET_STAGE

ROUTES = ("$connect", "$disconnect", "$default")
_BURST_MESSAGES = 500
_MESSAGES_PER_SECOND = 1000
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


class WebSocketStack(cdk.Stack):
    """The gateway of live connections."""

    def __init__(self, scope: Construct, stage: Stage, authorizer: str, messages: str) -> None:
        name = stage.name_of("websocket")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.api = gateway.CfnApi(
            self,
            "Gateway",
            name=stage.name_of("websocket"),
            protocol_type="WEBSOCKET",
            route_selection_expression="$request.body.action",
        )
        ticket_check = self._authorizer(authorizer)
        integration = gateway.CfnIntegration(
            self,
            "Integration",
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=invocation_uri(self, target_arn(self, stage, messages)),
        )
        self._live([self._route(key, integration, ticket_check) for key in ROUTES])
        cdk.CfnOutput(self, "SocketApiId", value=self.api.ref)

    def _authorizer(self, function: str) -> gateway.CfnAuthorizer:
        return gateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self.api.ref,
            name=self.stage.name_of("websocket-authorizer"),
            authorizer_type="REQUEST",
            authorizer_uri=invocation_uri(self, target_arn(self, self.stage, function)),
            identity_source=["route.request.querystring.ticket"],
        )

    def _route(
        self, key: str, integration: gateway.CfnIntegration, authorizer: gateway.CfnAuthorizer
    ) -> gateway.CfnRoute:
        opens = key == "$connect"
        route = gateway.CfnRoute(
            self,
            f"Route {key}",
            api_id=self.api.ref,
            route_key=key,
            target=f"integrations/{integration.ref}",
            authorization_type="CUSTOM" if opens else "NONE",
            authorizer_id=authorizer.ref if opens else None,
        )
        if not opens:
            accept(route, "A WebSocket is authorised when it opens; the gateway knows no other place.", "APIG4")
        return route

    def _live(self, routes: list[gateway.CfnRoute]) -> None:
        log = log_group(self, "AccessLog", self.stage, f"/aws/apigateway/{self.stage.name_of('websocket')}")
        stage = gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name=SOCKET_STAGE,
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=_BURST_MESSAGES, throttling_rate_limit=_MESSAGES_PER_SECOND
            ),
        )
        for route in routes:
            stage.node.add_dependency(route)
