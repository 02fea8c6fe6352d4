"""The Lambdas that the product is run by, and what each reads and writes."""

from lyceum.kit.configuration.records import FeatureFlag, RoleSet, SettingValues
from lyceum.kit.jobs.records import JobState
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import (
    Bucket,
    CheckRegions,
    DescribeTable,
    Function,
    Http,
    Links,
    OperateQueues,
    PutEvents,
    Queue,
    Schedule,
    ScheduleJobs,
)
from lyceum.model.admin.platform import OwnSchedule, PlatformIncident, Region, UptimeDay
from lyceum.model.admin.telemetry import ApiUsage, DayCount, EntityCount, ErrorGroup, LiveMark, StorageShape
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.imports import ImportJob
from lyceum.model.realtime import Follower
from lyceum.model.users.account import User

_FIGURES = (ApiUsage, StorageShape, ErrorGroup, DayCount, EntityCount)
_CONFIGURATION = (RoleSet, FeatureFlag, SettingValues)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_FIGURES,
            *_CONFIGURATION,
            JobState,
            LongJob,
            LongJob.index("gsi1"),
            ImportJob.index("gsi1"),
            OwnSchedule,
            PlatformIncident,
            Region,
            UptimeDay,
            User,
            Session,
        ),
        writes=(*_CONFIGURATION, ErrorGroup, LongJob, OwnSchedule, PlatformIncident, Region, AuditEvent),
        permissions=(DescribeTable(), OperateQueues(), PutEvents(), ScheduleJobs()),
        timeout_seconds=28,
    ),
    Function(
        "events.telemetry",
        Queue(window_seconds=3, batch_size=20, concurrency=2),
        reads=(*_FIGURES, LiveMark, Follower),
        writes=(*_FIGURES, LiveMark),
        timeout_seconds=30,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(JobState, UptimeDay, PlatformIncident, Region, LiveMark),
        writes=(UptimeDay, Region, LiveMark),
        permissions=(Bucket("status/", ("read", "write", "delete", "miss")), Links(), CheckRegions()),
        memory_mb=256,
        timeout_seconds=50,
    ),
)
