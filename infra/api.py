"""The HTTP API: the gateway, its authorizer and the functions behind its routes."""

import dataclasses
import json
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.assets import Layers
from infra.gateway import GatewayRoute
from infra.lambdas import Lambda
from infra.nag import accept
from infra.sockets import Sockets
from infra.stage import Stage
from infra.storage import StorageStack
from lyceum.kit.manifest import Authorizer, Function, PublicKey

CORS_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CORS_REQUEST_HEADERS = (
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
)
CORS_ANSWER_HEADERS = ("etag", "idempotency-replayed", "retry-after", "x-request-id")
CORS_SECONDS = 24 * 3600
_AUTHORIZER_CACHE_SECONDS = 300
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "address": "$context.identity.sourceIp",
    "agent": "$context.identity.userAgent",
    "authorizerError": "$context.authorizer.error",
    "integrationError": "$context.integrationErrorMessage",
}


class ApiStack(cdk.Stack):
    """The gateway and what it calls."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        storage: StorageStack,
        functions: Sequence[Function],
        routes: Sequence[GatewayRoute],
        optional_callers: set[str],
    ) -> None:
        name = stage.name_of("api")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.storage = storage
        self.layers = Layers(self, stage)
        self.api = self._gateway()
        self.sockets = Sockets(self, stage, storage, self.layers, functions)
        self.authorizer = self._authorizer(
            next(function for function in functions if isinstance(function.trigger, Authorizer))
        )
        http = {
            function.name: _verifying(function) if function.name in optional_callers else function
            for function in functions
            if function.is_http
        }
        integrations = {name: self._integration(function) for name, function in http.items()}
        for route in routes:
            self._route(route, integrations[route.function])
        self._stage()
        cdk.CfnOutput(self, "ApiId", value=self.api.ref)
        cdk.CfnOutput(self, "ApiUrl", value=self.api.attr_api_endpoint)
        cdk.CfnOutput(self, "SocketApiId", value=self.sockets.api_id)

    def _gateway(self) -> gateway.CfnApi:
        cors = gateway.CfnApi.CorsProperty(
            allow_origins=list(self.stage.origins),
            allow_methods=list(CORS_METHODS),
            allow_headers=list(CORS_REQUEST_HEADERS),
            expose_headers=list(CORS_ANSWER_HEADERS),
            allow_credentials=True,
            max_age=CORS_SECONDS,
        )
        return gateway.CfnApi(
            self, "Gateway", name=self.stage.name_of("api"), protocol_type="HTTP", cors_configuration=cors
        )

    def _lambda(self, function: Function) -> Lambda:
        made = Lambda(
            self,
            function,
            self.storage,
            self.layers,
            LYCEUM_ISSUER=self.api.attr_api_endpoint,
            LYCEUM_SOCKET_API=self.sockets.api_id,
        )
        lambda_.CfnPermission(
            made,
            "Gateway",
            action="lambda:InvokeFunction",
            function_name=made.target.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=self.format_arn(service="execute-api", resource=self.api.ref, resource_name="*"),
        )
        return made

    def _authorizer(self, function: Function) -> gateway.CfnAuthorizer:
        return gateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self.api.ref,
            name=self.stage.name_of("authorizer"),
            authorizer_type="REQUEST",
            authorizer_uri=_invocation_uri(self, self._lambda(function).target),
            authorizer_payload_format_version="2.0",
            enable_simple_responses=True,
            identity_source=["$request.header.Authorization"],
            authorizer_result_ttl_in_seconds=_AUTHORIZER_CACHE_SECONDS,
        )

    def _integration(self, function: Function) -> gateway.CfnIntegration:
        made = self._lambda(function)
        return gateway.CfnIntegration(
            made,
            "Integration",
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=made.target.function_arn,
            payload_format_version="2.0",
        )

    def _route(self, route: GatewayRoute, integration: gateway.CfnIntegration) -> None:
        made = gateway.CfnRoute(
            self,
            f"Route {route.key.replace('/', '|')}",
            api_id=self.api.ref,
            route_key=route.key,
            target=f"integrations/{integration.ref}",
            authorization_type="CUSTOM" if route.is_protected else "NONE",
            authorizer_id=self.authorizer.ref if route.is_protected else None,
        )
        if not route.is_protected:
            accept(
                made, "Its access is declared as open, or it is a browser's preflight, which carries no token.", "APIG4"
            )

    def _stage(self) -> None:
        log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{self.stage.name_of('api')}",
            retention=logs.RetentionDays.THREE_MONTHS if self.stage.keeps_data else logs.RetentionDays.TWO_WEEKS,
            removal_policy=cdk.RemovalPolicy.RETAIN if self.stage.keeps_data else cdk.RemovalPolicy.DESTROY,
        )
        gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=500, throttling_rate_limit=1000
            ),
        )


def _verifying(function: Function) -> Function:
    """Return the row with what a function needs that verifies tokens itself: the public key, and the caller's account."""
    permissions = function.permissions if function.may(PublicKey) else (*function.permissions, PublicKey())
    return dataclasses.replace(function, permissions=permissions, reads=tuple({*function.reads, "USER"}))


def _invocation_uri(stack: cdk.Stack, function: lambda_.IFunction) -> str:
    return stack.format_arn(
        service="apigateway",
        account="lambda",
        resource="path",
        resource_name=f"2015-03-31/functions/{function.function_arn}/invocations",
    )
