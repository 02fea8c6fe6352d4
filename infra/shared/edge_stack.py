"""The content network: files are handed out near their readers, by signed addresses alone. An optional stack.

It is deployed where the stage's settings name a public key (`edge.public_key`). Its outputs `EdgeDomain` and
`EdgeKeyId` are then put into the settings (`edge.domain`, `edge.key_id`), and functions sign with the private half.
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.nag import accept
from infra.constructs.retention import kept
from infra.settings import Stage
from infra.shared.storage_stack import StorageStack

_YEAR = cdk.Duration.days(365)
_SANDBOX = "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox"


class EdgeStack(cdk.Stack):
    """A distribution before the variants of files; the bucket lets in this distribution and nobody else."""

    def __init__(self, scope: Construct, stage: Stage, storage: StorageStack) -> None:
        name = stage.name_of("edge")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        bucket = s3.Bucket.from_bucket_attributes(
            self, "Files", bucket_name=storage.bucket.bucket_name, region=storage.region, account=storage.account
        )
        key = cloudfront.PublicKey(self, "Key", encoded_key=stage.edge.public_key, comment="Proves links to files")
        behaviour = cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self._headers(stage),
            trusted_key_groups=[cloudfront.KeyGroup(self, "Keys", items=[key])],
        )
        nothing = cloudfront.BehaviorOptions(
            origin=behaviour.origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            trusted_key_groups=behaviour.trusted_key_groups,
            function_associations=[self._refuse(stage)],
        )
        network = cloudfront.Distribution(
            self,
            "Network",
            comment=f"Files of {stage.name}",
            default_behavior=nothing,
            additional_behaviors={"derived/*": behaviour},
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            log_bucket=self._log(stage),
        )
        accept(network, "Learners live everywhere.", "CFR1")
        accept(network, "Nothing but signed addresses of static files is answered; there is nothing to filter.", "CFR2")
        accept(
            network, "CloudFront's own domain fixes the protocol; an operator's domain gets TLS 1.2 of 2021.", "CFR4"
        )
        cdk.CfnOutput(self, "EdgeDomain", value=network.distribution_domain_name)
        cdk.CfnOutput(self, "EdgeKeyId", value=key.public_key_id)
        cdk.CfnOutput(self, "DistributionArn", value=network.distribution_arn)

    def _headers(self, stage: Stage) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=_SANDBOX, override=True
                ),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=_YEAR, include_subdomains=True, override=True
                ),
            ),
            cors_behavior=cloudfront.ResponseHeadersCorsBehavior(
                access_control_allow_credentials=False,
                access_control_allow_headers=["Range"],
                access_control_allow_methods=["GET", "HEAD"],
                access_control_allow_origins=list(stage.origins),
                origin_override=True,
            ),
        )

    def _refuse(self, stage: Stage) -> cloudfront.FunctionAssociation:
        """Answer 403 for every place that holds no variants, whatever is signed."""
        code = cloudfront.FunctionCode.from_inline("function handler(event) { return { statusCode: 403 }; }")
        refuse = cloudfront.Function(
            self,
            "Refuse",
            code=code,
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            comment=f"Closes what is no variant ({stage.name})",
        )
        return cloudfront.FunctionAssociation(function=refuse, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)

    def _log(self, stage: Stage) -> s3.Bucket:
        log = s3.Bucket(
            self,
            "Log",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER,
            removal_policy=kept(stage),
            auto_delete_objects=not stage.keeps_data,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(90))],
        )
        accept(log, "It holds an access log itself.", "S1")
        return log
