"""The HTTP API that all domains share: the gateway, its log and its own host, if it has one.

Routes are in the stacks of the domains. It asks nobody who calls: each function proves that for itself.
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as gateway
from constructs import Construct

from infra.constructs.retention import log_group
from infra.settings import Stage

CORS_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CORS_REQUEST_HEADERS = (
    "authorization",
    "content-encoding",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
)
CORS_ANSWER_HEADERS = ("etag", "idempotency-replayed", "retry-after", "x-request-id")
CORS_SECONDS = 24 * 3600
_BURST_REQUESTS = 500
_REQUESTS_PER_SECOND = 1000
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "address": "$context.identity.sourceIp",
    "agent": "$context.identity.userAgent",
    "integrationError": "$context.integrationErrorMessage",
}


class GatewayStack(cdk.Stack):
    """The gateway; `url` is where it is reached."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        name = stage.name_of("gateway")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.api = self._api()
        self.access_log = log_group(self, "AccessLog", stage, f"/aws/apigateway/{stage.name_of('api')}")
        self._live()
        self.url = f"https://{stage.api_domain}" if stage.api_domain else self.api.attr_api_endpoint
        if stage.api_domain:
            self._host()
        cdk.CfnOutput(self, "ApiId", value=self.api.ref)
        cdk.CfnOutput(self, "ApiUrl", value=self.url)

    def _api(self) -> gateway.CfnApi:
        cors = gateway.CfnApi.CorsProperty(
            allow_origins=list(self.stage.origins),
            allow_methods=list(CORS_METHODS),
            allow_headers=list(CORS_REQUEST_HEADERS),
            expose_headers=list(CORS_ANSWER_HEADERS),
            allow_credentials=True,
            max_age=CORS_SECONDS,
        )
        return gateway.CfnApi(
            self,
            "Gateway",
            name=self.stage.name_of("api"),
            protocol_type="HTTP",
            cors_configuration=cors,
            disable_execute_api_endpoint=True if self.stage.has_api_edge else None,
        )

    def _live(self) -> None:
        gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=self.access_log.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=_BURST_REQUESTS, throttling_rate_limit=_REQUESTS_PER_SECOND
            ),
        )

    def _host(self) -> None:
        """Answer under the stage's own host; its DNS record points to the output `ApiTarget`."""
        host = gateway.CfnDomainName(
            self,
            "Host",
            domain_name=self.stage.api_domain,
            domain_name_configurations=[
                gateway.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=self.stage.api_certificate,
                    endpoint_type="REGIONAL",
                    security_policy="TLS_1_2",
                )
            ],
        )
        gateway.CfnApiMapping(self, "HostMapping", api_id=self.api.ref, domain_name=host.ref, stage="$default")
        cdk.CfnOutput(self, "ApiTarget", value=host.attr_regional_domain_name)
