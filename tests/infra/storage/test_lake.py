"""The lake is declared to Athena as the compaction writes it, with a bound on what a question may read."""

from infra.constructs.lake_tables import COLUMNS, EVENTS
from lyceum.kit import context
from tests.infra.conftest import Assembly

from functions.insights.lake import compacting


def test_athena_reads_what_the_nightly_compaction_writes(production: Assembly) -> None:
    (table,) = production.resources("AWS::Glue::Table").values()
    told = table["TableInput"]
    assert [each["Name"] for each in told["PartitionKeys"]] == ["tenant", "day"]
    place = told["Parameters"]["storage.location.template"]["Fn::Join"][1][-1]
    with context.working(context.RequestContext("harbour")):
        key = compacting.parquet_key("2027-01-11")
    assert key == f"{place.lstrip('/').replace('${tenant}', 'harbour').replace('${day}', '2027-01-11')}/events.parquet"
    assert key.startswith(EVENTS)
    names = [each["Name"] for each in told["StorageDescriptor"]["Columns"]]
    assert names == [name for name, _, _ in COLUMNS]
    assert all(f"{name}:" in compacting.COLUMNS for name in names)


def test_a_question_that_reads_much_is_refused(production: Assembly) -> None:
    (group,) = production.resources("AWS::Athena::WorkGroup").values()
    rules = group["WorkGroupConfiguration"]
    assert rules["EnforceWorkGroupConfiguration"]
    assert rules["BytesScannedCutoffPerQuery"] == 10 * 1024**3
