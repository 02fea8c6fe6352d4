"""The Lambdas of insights, and what each reads and writes."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.model.admin.telemetry import ApiUsage, DayCount, ErrorGroup
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, SeenUser, TierCount
from lyceum.model.insights.experiments import Experiment, ExperimentArm, Exposure
from lyceum.model.insights.journeys import FunnelMonth, GeneratedReport, Journey, TrainedModel
from lyceum.model.insights.lake import LakeDay
from lyceum.model.insights.sales import CohortSales, CountryMonth, ProductMonth, SalesDay
from lyceum.model.insights.traffic import CallerHour
from lyceum.model.payments.orders import Payment
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.users.guardians import Guardianship

_ACTIVITY = (ActivityDay, RetentionCell, CourseMonth, TierCount)
_BUSINESS = (SalesDay, ProductMonth, CountryMonth, CohortSales, FunnelMonth)

_EXPERIMENTS = (Experiment, ExperimentArm)
_FOLDED = (*_ACTIVITY, *_BUSINESS, SeenUser, Journey, Exposure, ExperimentArm, CallerHour, WatchedAddress)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_ACTIVITY,
            *_BUSINESS,
            *_EXPERIMENTS,
            Journey,
            SeenUser,
            TrainedModel,
            GeneratedReport,
            LongJob,
            CallerHour,
            WatchedAddress,
            UserCount,
            Course,
            CourseRanking.index("gsi1"),
            Enrolment,
            LearnerFigures,
            Guardianship,
            ApiUsage,
            DayCount,
            ErrorGroup,
            User,
            User.index("gsi1"),
            Session,
        ),
        writes=(LongJob, Experiment, GeneratedReport, WatchedAddress, AuditEvent),
        permissions=(Bucket("derived/exports/", ("read", "write")),),
    ),
    Function(
        "events",
        Queue(batch_size=25, window_seconds=10, concurrency=3),
        reads=(*_FOLDED, Experiment, TrainedModel, Payment, User.index("gsi1"), LongJob),
        writes=(*_FOLDED, TrainedModel, LongJob),
        permissions=(Bucket("derived/exports/", ("read", "write")), Bucket("lake/raw/", ("write",))),
        memory_mb=1024,
        timeout_seconds=120,
        layers=("workbooks",),
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(User.index("gsi1"), TierCount, LongJob, ActivityDay, SalesDay, LakeDay),
        writes=(TierCount, LongJob, LakeDay),
        permissions=(Bucket("lake/", ("read", "write", "delete", "miss")),),
        memory_mb=1024,
        timeout_seconds=300,
        layers=("lake",),
    ),
)
