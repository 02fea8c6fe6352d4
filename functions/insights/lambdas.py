"""The Lambdas of insights, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Queue, Schedule
from lyceum.model.admin.telemetry import ApiUsage, DayCount, ErrorGroup
from lyceum.model.auth import Session
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.insights import ActivityDay, CourseMonth, RetentionCell, SeenUser, TierCount
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            ActivityDay,
            RetentionCell,
            CourseMonth,
            TierCount,
            UserCount,
            Course,
            CourseRanking.index("gsi1"),
            ApiUsage,
            DayCount,
            ErrorGroup,
            User,
            Session,
        ),
    ),
    Function(
        "events",
        Queue(window_seconds=2, concurrency=2),
        reads=(SeenUser, ActivityDay, RetentionCell, CourseMonth, TierCount),
        writes=(SeenUser, ActivityDay, RetentionCell, CourseMonth, TierCount),
        timeout_seconds=30,
    ),
    Function("jobs", Schedule(), reads=(User.index("gsi1"), TierCount), writes=(TierCount,), timeout_seconds=300),
)
