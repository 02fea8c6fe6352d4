"""The Lambdas of insights, and what each reads and writes."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule
from lyceum.kit.traffic.records import WatchedAddress
from lyceum.model.admin.platform import PlatformIncident
from lyceum.model.admin.telemetry import ApiUsage, DayCount, ErrorGroup, LiveMark
from lyceum.model.ai.asking import ModelCircuit
from lyceum.model.analytics.learners import LearnerFigures
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, SeenUser, TierCount
from lyceum.model.insights.experiments import Experiment, ExperimentArm, Exposure
from lyceum.model.insights.journeys import FunnelMonth, GeneratedReport, Journey, ReportSchedule, TrainedModel
from lyceum.model.insights.lake import LakeDay
from lyceum.model.insights.sales import CohortSales, CountryMonth, ProductMonth, SalesDay
from lyceum.model.insights.traffic import CallerHour
from lyceum.model.payments.orders import Payment
from lyceum.model.realtime import Follower
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.users.guardians import Guardianship

_ACTIVITY = (ActivityDay, RetentionCell, CourseMonth, TierCount)
_BUSINESS = (SalesDay, ProductMonth, CountryMonth, CohortSales, FunnelMonth)

_EXPERIMENTS = (Experiment, ExperimentArm)
_FOLDED = (*_ACTIVITY, *_BUSINESS, SeenUser, Journey, Exposure, ExperimentArm, CallerHour, WatchedAddress)
_LIVE = (ModelCircuit, GeneratedReport, Follower, LiveMark, PlatformIncident)
_NIGHTLY = (ModelCircuit, PlatformIncident, WatchedAddress)
_REPORTED = (ReportSchedule, *_ACTIVITY, *_BUSINESS, Course, User)
_WRITTEN = (TierCount, LongJob, LakeDay, ModelCircuit, PlatformIncident, ReportSchedule, GeneratedReport, AuditEvent)

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
            ReportSchedule,
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
        writes=(LongJob, Experiment, GeneratedReport, ReportSchedule, WatchedAddress, AuditEvent),
        permissions=(Bucket("derived/exports/", ("read", "write")),),
    ),
    Function(
        "events",
        Queue(batch_size=25, window_seconds=10, concurrency=5),
        reads=(*_FOLDED, Experiment, TrainedModel, Payment, User, User.index("gsi1"), LongJob, *_LIVE),
        writes=(*_FOLDED, TrainedModel, LongJob, ModelCircuit, LiveMark, PlatformIncident),
        permissions=(Bucket("derived/exports/", ("read", "write")), Bucket("lake/raw/", ("write",))),
        memory_mb=1024,
        timeout_seconds=120,
        layers=("workbooks",),
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(User.index("gsi1"), LongJob, LakeDay, *_NIGHTLY, *_REPORTED),
        writes=(
            TierCount,
            LongJob,
            LakeDay,
            ModelCircuit,
            PlatformIncident,
            ReportSchedule,
            GeneratedReport,
            AuditEvent,
        ),
        permissions=(Bucket("lake/", ("read", "write", "delete", "miss")), Bucket("derived/exports/", ("write",))),
        memory_mb=1024,
        timeout_seconds=300,
        layers=("lake",),
    ),
)
