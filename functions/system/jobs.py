"""What is looked at on time: whether the table can be restored, and to how long ago."""

from lyceum.kit import clock, metrics
from lyceum.kit.aws import clients
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.settings import settings

jobs = Jobs("system")
handler = jobs.handler


class BackupsOff(RuntimeError):
    """The table can not be restored: its recovery to a point in time is switched off."""


@jobs.once("rate(1 hour)")
def watch_backups() -> None:
    """Measure the age of the newest state that can be restored, in seconds; raises BackupsOff.

    The alarm on backups is raised when it grows, and also when nothing measures it.
    """
    table = settings().table
    told = clients.client("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    point = told.get("PointInTimeRecoveryDescription", {})
    if point.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise BackupsOff(table)
    age = clock.now() - point["LatestRestorableDateTime"]
    metrics.measure("BackupAge", max(age.total_seconds(), 0), "Seconds")
