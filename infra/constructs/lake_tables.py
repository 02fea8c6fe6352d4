"""The lake as Athena reads it, for those who outgrow the figures of the API: declared only, and asked by nobody here.

A table, a database and a workgroup cost nothing until somebody asks; a question is paid by what it reads, and one that
would read more than the bound is refused. Partitions are projected, so no crawler and no job looks for new days.
"""

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.settings import Stage

EVENTS = "lake/events"
ANSWERS = "derived/exports/athena"
"""Where answers of Athena are put; they go after thirty days, like every export."""
COLUMNS = (
    ("event_id", "string", "Names the event; each stands here once"),
    ("name", "string", "What happened, such as course.enrolled"),
    ("happened_at", "string", "When, ISO 8601 in UTC"),
    ("person", "string", "A random name that goes with the account"),
    ("currency", "string", "ISO 4217"),
    ("amount", "bigint", "In minor units of the currency"),
    ("more", "string", "What else is kept of the event, as JSON"),
)
_MOST_BYTES = 10 * 1024**3
_FORMATS = "org.apache.hadoop.hive.ql.io.parquet"


def declare_lake(scope: Construct, stage: Stage, bucket: s3.IBucket, account: str) -> None:
    """Declare database, table of events and workgroup of a stage."""
    name = stage.name_of("lake").replace("-", "_")
    database = glue.CfnDatabase(
        scope,
        "LakeDatabase",
        catalog_id=account,
        database_input=glue.CfnDatabase.DatabaseInputProperty(name=name, description="Lyceum's lake of events"),
    )
    table = glue.CfnTable(
        scope,
        "LakeEvents",
        catalog_id=account,
        database_name=name,
        table_input=glue.CfnTable.TableInputProperty(
            name="events",
            description="What happened, by tenant and day; ask for one tenant, whose name the partition needs",
            table_type="EXTERNAL_TABLE",
            parameters=_projection(f"s3://{bucket.bucket_name}/{EVENTS}"),
            partition_keys=[_column("tenant", "string"), _column("day", "string")],
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                location=f"s3://{bucket.bucket_name}/{EVENTS}/",
                columns=[_column(*each) for each in COLUMNS],
                input_format=f"{_FORMATS}.MapredParquetInputFormat",
                output_format=f"{_FORMATS}.MapredParquetOutputFormat",
                serde_info=glue.CfnTable.SerdeInfoProperty(serialization_library=f"{_FORMATS}.serde.ParquetHiveSerDe"),
            ),
        ),
    )
    table.add_resource_dependency(database)
    athena.CfnWorkGroup(
        scope,
        "LakeQuestions",
        name=stage.name_of("lake"),
        description="Questions to Lyceum's lake",
        recursive_delete_option=True,
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            bytes_scanned_cutoff_per_query=_MOST_BYTES,
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=f"s3://{bucket.bucket_name}/{ANSWERS}/",
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_S3"
                ),
            ),
        ),
    )


def _projection(place: str) -> dict[str, str]:
    return {
        "classification": "parquet",
        "projection.enabled": "true",
        "projection.tenant.type": "injected",
        "projection.day.type": "date",
        "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": "2026-01-01,NOW",
        "storage.location.template": f"{place}/tenant=${{tenant}}/day=${{day}}",
    }


def _column(name: str, kind: str, comment: str | None = None) -> glue.CfnTable.ColumnProperty:
    return glue.CfnTable.ColumnProperty(name=name, type=kind, comment=comment)
