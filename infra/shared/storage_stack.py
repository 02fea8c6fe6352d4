"""What keeps data: the table, the bucket, the signing keys, the secrets and the event bus."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.lake_tables import declare_lake
from infra.constructs.malware_scan import scan_for_malware
from infra.constructs.nag import accept
from infra.constructs.retention import kept
from infra.settings import Stage

INDEXES = ("GSI1", "GSI2")
_STRING = dynamodb.AttributeType.STRING


class StorageStack(cdk.Stack):
    """Everything that outlives a deployment of code."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        name = stage.name_of("storage")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        self.stage = stage
        self.kept = kept(stage)
        self.empties = not stage.keeps_data and not stage.is_local
        self.table = self._replicated_table() if stage.replicas and not stage.is_local else self._table()
        self.bucket = self._bucket()
        if stage.has_edge:
            self._let_the_edge_read()
        if stage.scans_for_malware:
            scan_for_malware(self, self.bucket, "uploads/")
        if not stage.is_local:
            declare_lake(self, stage, self.bucket, self.account)
        self.bus = events.EventBus(self, "Bus", event_bus_name=stage.name_of("events"))
        self.signing_key_arns = self._signing_keys()
        self.audit_key_arn = self._key("AuditKey", "Signs the roots of Lyceum's audited days").key_arn
        self.credential_key_arn = self._credential_key()
        self._secret("Secret", self.secret_name, "Signs Lyceum's cursors and links")
        self._secret(
            "IdentitySecret",
            self.identity_secret_name,
            "Behind Lyceum's refresh tokens, one-time codes and second factors",
        )
        cdk.CfnOutput(self, "TableName", value=self.table.table_name)
        cdk.CfnOutput(self, "BucketName", value=self.bucket.bucket_name)
        cdk.CfnOutput(self, "AuditKeyArn", value=self.audit_key_arn)
        cdk.CfnOutput(self, "BusName", value=self.bus.event_bus_name)

    def _table(self) -> dynamodb.ITable:
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="PK", type=_STRING),
            sort_key=dynamodb.Attribute(name="SK", type=_STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="ttl",
            deletion_protection=self.stage.keeps_data,
            removal_policy=self.kept,
        )
        for index in INDEXES:
            table.add_global_secondary_index(
                index_name=index,
                partition_key=dynamodb.Attribute(name=f"{index}PK", type=_STRING),
                sort_key=dynamodb.Attribute(name=f"{index}SK", type=_STRING),
                projection_type=dynamodb.ProjectionType.ALL,
            )
        return table

    def _replicated_table(self) -> dynamodb.ITable:
        """Make the table with a copy in each region of the settings; every copy is protected as the first one.

        It is declared piece by piece, since CDK's own construct asks for a region that is known when it is written.
        """
        place = dynamodb.CfnGlobalTable.ReplicaSpecificationProperty
        copies = [
            place(
                region=region,
                deletion_protection_enabled=self.stage.keeps_data,
                point_in_time_recovery_specification=(
                    dynamodb.CfnGlobalTable.PointInTimeRecoverySpecificationProperty(
                        point_in_time_recovery_enabled=True
                    )
                ),
            )
            for region in (self.region, *self.stage.replicas)
        ]
        names = ("PK", "SK", *(f"{index}{part}" for index in INDEXES for part in ("PK", "SK")))
        made = dynamodb.CfnGlobalTable(
            self,
            "ReplicatedTable",
            attribute_definitions=[
                dynamodb.CfnGlobalTable.AttributeDefinitionProperty(attribute_name=name, attribute_type="S")
                for name in names
            ],
            key_schema=_key_schema("PK", "SK"),
            global_secondary_indexes=[
                dynamodb.CfnGlobalTable.GlobalSecondaryIndexProperty(
                    index_name=index,
                    key_schema=_key_schema(f"{index}PK", f"{index}SK"),
                    projection=dynamodb.CfnGlobalTable.ProjectionProperty(projection_type="ALL"),
                )
                for index in INDEXES
            ],
            billing_mode="PAY_PER_REQUEST",
            sse_specification=dynamodb.CfnGlobalTable.SSESpecificationProperty(sse_enabled=True, sse_type="KMS"),
            stream_specification=dynamodb.CfnGlobalTable.StreamSpecificationProperty(
                stream_view_type="NEW_AND_OLD_IMAGES"
            ),
            time_to_live_specification=dynamodb.CfnGlobalTable.TimeToLiveSpecificationProperty(
                enabled=True, attribute_name="ttl"
            ),
            replicas=copies,
        )
        made.apply_removal_policy(self.kept)
        return dynamodb.Table.from_table_attributes(
            self, "Table", table_arn=made.attr_arn, table_stream_arn=made.attr_stream_arn, global_indexes=list(INDEXES)
        )

    def _bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Files",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=not self.stage.is_local,
            versioned=self.stage.keeps_data,
            object_lock_enabled=True if self.stage.is_production else None,
            removal_policy=self.kept,
            auto_delete_objects=self.empties,
            cors=[self._browser_uploads()],
            lifecycle_rules=[
                s3.LifecycleRule(id="quarantine", prefix="quarantine/", expiration=cdk.Duration.days(30)),
                s3.LifecycleRule(id="exports", prefix="derived/exports/", expiration=cdk.Duration.days(30)),
                s3.LifecycleRule(id="privacy", prefix="derived/privacy/", expiration=cdk.Duration.days(8)),
                s3.LifecycleRule(id="imports", prefix="imports", expiration=cdk.Duration.days(90)),
                s3.LifecycleRule(id="retired", prefix="retired/", expiration=cdk.Duration.days(30)),
                s3.LifecycleRule(id="sent", prefix="uploads/", expiration=cdk.Duration.days(30)),
                s3.LifecycleRule(
                    id="leftovers",
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                ),
            ],
            server_access_logs_bucket=None if self.stage.is_local else self._access_log(),
            server_access_logs_prefix=None if self.stage.is_local else "files/",
        )
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)  # noqa: S101 - tells the type checker what CDK makes
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True
        )
        return bucket

    def _let_the_edge_read(self) -> None:
        """Let distributions of this account read variants; their key group says which addresses they answer."""
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[self.bucket.arn_for_objects("derived/*")],
                conditions={"StringEquals": {"AWS:SourceAccount": self.account}},
            )
        )

    def _browser_uploads(self) -> s3.CorsRule:
        methods = [s3.HttpMethods.GET, s3.HttpMethods.PUT, s3.HttpMethods.POST]
        return s3.CorsRule(
            allowed_methods=methods,
            allowed_origins=list(self.stage.origins),
            allowed_headers=["*"],
            exposed_headers=["ETag"],
            max_age=3600,
        )

    def _access_log(self) -> s3.Bucket:
        log = s3.Bucket(
            self,
            "AccessLog",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=self.kept,
            auto_delete_objects=self.empties,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(90))],
        )
        accept(log, "It holds the access log itself.", "S1")
        return log

    def _signing_keys(self) -> list[str]:
        """Make the two keys of access tokens: the first signs, tokens of both are good, so they can change places."""
        keys = [self._key(name, "Signs Lyceum's access tokens") for name in ("SigningKey", "OtherSigningKey")]
        return [key.key_arn for key in (reversed(keys) if self.stage.signs_with_other_key else keys)]

    def _credential_key(self) -> str:
        """Make the key of certificates: Ed25519, as eddsa-rdfc-2022 wants it."""
        key = self._key("CredentialKey", "Signs Lyceum's certificates")
        resource = key.node.default_child
        if isinstance(resource, kms.CfnKey):
            resource.key_spec = "ECC_NIST_EDWARDS25519"
        return key.key_arn

    def _key(self, name: str, what_it_does: str) -> kms.Key:
        return kms.Key(
            self,
            name,
            description=f"{what_it_does} ({self.stage.name})",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=self.kept,
        )

    @property
    def secret_name(self) -> str:
        """The secret's name; it is given, because the emulator hands on names where AWS hands on ARNs."""
        return self.stage.name_of("secret")

    @property
    def identity_secret_name(self) -> str:
        """The name of the secret that only the auth functions read."""
        return self.stage.name_of("identity-secret")

    @property
    def edge_secret_name(self) -> str:
        """The secret that holds the content network's private key; an operator makes it (docs/deployment.md)."""
        return self.stage.name_of("edge-key")

    @property
    def payment_secret_name(self) -> str:
        """The secret that holds the keys of payment providers; an operator makes it (docs/payments.md)."""
        return self.stage.name_of("payments")

    def secret_pattern(self, name: str) -> str:
        """Return a secret's ARN as a policy names it: the service adds six characters of its own choice."""
        return self.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{name}-??????",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )

    def _secret(self, construct_id: str, name: str, purpose: str) -> None:
        secret = secretsmanager.Secret(
            self,
            construct_id,
            secret_name=name,
            description=f"{purpose} ({self.stage.name})",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=self.kept,
        )
        accept(
            secret,
            "A new value ends what the old one sealed, so an operator chooses the day; see docs/security.md.",
            "SMG4",
        )


def _key_schema(partition: str, sort: str) -> list[dynamodb.CfnGlobalTable.KeySchemaProperty]:
    return [
        dynamodb.CfnGlobalTable.KeySchemaProperty(attribute_name=name, key_type=kind)
        for name, kind in ((partition, "HASH"), (sort, "RANGE"))
    ]
