"""The content network before the API, with its firewall. An optional stack, in the one region that both ask for.

It answers under the API's own host, whose DNS record points to it instead of to the gateway. It reaches the gateway by
the target of that host (`api_edge.target`, the output `ApiTarget`) and hands the host on. Public reads are cached as
long as the API says they may be, everything else goes through. The caller's country is told to the API.
"""

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.constructs.nag import accept
from infra.constructs.retention import kept
from infra.networks import COUNTRY_HEADER
from infra.settings import Stage

REGION = "us-east-1"
"""Where certificates and firewalls of the content network live, wherever the stage is."""
PUBLIC_READS = (
    "/api/achievements", "/api/universities*", "/api/faculties*", "/api/departments*", "/api/topics/*",
    "/api/courses/*/topics", "/.well-known/*", "/openapi.json", "/docs", "/console*",
    "/api/health/region/*", "/api/plans", "/api/status", "/api/certificates/*", "/api/lti/jwks",
    "/api/marketplace/products", "/api/marketplace/sellers/*",
    "/api/marketplace/top-sellers",
    "/api/products", "/api/products/search", "/api/products/*/reviews", "/api/categories",
)  # fmt: skip
"""Paths below which answers are the same for everybody; a test holds them against the routes' own declarations."""
_COUNTED = (
    "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericRFI_BODY", "GenericLFI_BODY", "EC2MetaDataSSRF_BODY",
)  # fmt: skip
"""Rules that would refuse what authors write: rich text, links, programs. They count and let pass; the API checks."""
_SIGN_IN_PER_FIVE_MINUTES = 100


class ApiEdgeStack(cdk.Stack):
    """A distribution before the API's own host, and the firewall before the distribution."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        name = stage.name_of("api-edge")
        super().__init__(
            scope,
            name,
            stack_name=name,
            env=cdk.Environment(region=REGION),
            termination_protection=stage.is_production,
        )
        self.stage = stage
        origin = origins.HttpOrigin(
            stage.api_edge.target,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            origin_shield_region=stage.api_edge.shield_region or None,
        )
        told = self._told()
        through = _behaviour(origin, told, cloudfront.CachePolicy.CACHING_DISABLED)
        shared = _behaviour(origin, told, self._cached())
        network = cloudfront.Distribution(
            self,
            "Network",
            comment=f"API of {stage.name}",
            default_behavior=through,
            additional_behaviors=dict.fromkeys(PUBLIC_READS, shared),
            certificate=certificates.Certificate.from_certificate_arn(self, "Own", stage.api_edge.certificate),
            domain_names=[stage.api_domain],
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            publish_additional_metrics=True,
            log_bucket=self._log(),
            web_acl_id=self._firewall().attr_arn,
        )
        accept(network, "Learners live everywhere.", "CFR1")
        cdk.CfnOutput(self, "ApiEdgeId", value=network.distribution_id)
        cdk.CfnOutput(self, "ApiEdgeTarget", value=network.distribution_domain_name)

    def _cached(self) -> cloudfront.CachePolicy:
        """Cache by host, address and query, for as long as an answer allows and not a second where it is silent."""
        return cloudfront.CachePolicy(
            self,
            "PublicReads",
            cache_policy_name=self.stage.name_of("public-reads"),
            min_ttl=cdk.Duration.seconds(0),
            default_ttl=cdk.Duration.seconds(0),
            max_ttl=cdk.Duration.days(1),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list("Host", "Origin"),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _told(self) -> cloudfront.OriginRequestPolicy:
        """Tell the API all that the caller sent, the host too, and the caller's country."""
        return cloudfront.OriginRequestPolicy(
            self,
            "Told",
            origin_request_policy_name=self.stage.name_of("told"),
            header_behavior=cloudfront.OriginRequestHeaderBehavior.all(COUNTRY_HEADER),
            query_string_behavior=cloudfront.OriginRequestQueryStringBehavior.all(),
            cookie_behavior=cloudfront.OriginRequestCookieBehavior.all(),
        )

    def _firewall(self) -> waf.CfnWebACL:
        """Refuse known bad addresses and input, and who calls too often; bots where the stage pays for it."""
        edge = self.stage.api_edge
        rules = [
            _managed("AWSManagedRulesAmazonIpReputationList", 1),
            _managed("AWSManagedRulesKnownBadInputsRuleSet", 2),
            _managed("AWSManagedRulesCommonRuleSet", 3, counted=_COUNTED),
            _managed("AWSManagedRulesAnonymousIpList", 4, only_counts=True),
            _rate("calls", 5, edge.calls_per_five_minutes),
            _rate("sign-in", 6, _SIGN_IN_PER_FIVE_MINUTES, below="/api/auth/"),
        ]
        if edge.bot_control:
            rules.append(_managed("AWSManagedRulesBotControlRuleSet", 7))
        return waf.CfnWebACL(
            self,
            "Firewall",
            name=self.stage.name_of("api-edge"),
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules,
            visibility_config=_seen(self.stage.name_of("api-edge")),
        )

    def _log(self) -> s3.Bucket:
        log = s3.Bucket(
            self,
            "Log",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER,
            removal_policy=kept(self.stage),
            auto_delete_objects=not self.stage.keeps_data,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(90))],
        )
        accept(log, "It holds an access log itself.", "S1")
        return log


def _behaviour(
    origin: origins.HttpOrigin, told: cloudfront.OriginRequestPolicy, cached: cloudfront.ICachePolicy
) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        cache_policy=cached,
        origin_request_policy=told,
        compress=True,
    )


def _managed(
    group: str, place: int, *, counted: tuple[str, ...] = (), only_counts: bool = False
) -> waf.CfnWebACL.RuleProperty:
    """Return a group of rules that the provider keeps up to date."""
    overrides = [
        waf.CfnWebACL.RuleActionOverrideProperty(name=name, action_to_use=waf.CfnWebACL.RuleActionProperty(count={}))
        for name in counted
    ]
    statement = waf.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=group, rule_action_overrides=overrides or None
    )
    override = waf.CfnWebACL.OverrideActionProperty
    return waf.CfnWebACL.RuleProperty(
        name=group,
        priority=place,
        statement=waf.CfnWebACL.StatementProperty(managed_rule_group_statement=statement),
        override_action=override(count={}) if only_counts else override(none={}),
        visibility_config=_seen(group),
    )


def _rate(name: str, place: int, calls: int, *, below: str = "") -> waf.CfnWebACL.RuleProperty:
    """Return a rule that refuses an address which calls more often than so within five minutes."""
    only = waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string=below,
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )
    rate = waf.CfnWebACL.RateBasedStatementProperty(
        aggregate_key_type="IP",
        limit=calls,
        evaluation_window_sec=300,
        scope_down_statement=only if below else None,
    )
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=place,
        statement=waf.CfnWebACL.StatementProperty(rate_based_statement=rate),
        action=waf.CfnWebACL.RuleActionProperty(
            block=waf.CfnWebACL.BlockActionProperty(
                custom_response=waf.CfnWebACL.CustomResponseProperty(response_code=429)
            )
        ),
        visibility_config=_seen(name),
    )


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
