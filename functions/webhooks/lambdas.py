"""The Lambdas of webhooks, and what each reads and writes."""

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.manifest import Bucket, CallWebhooks, EdgeKey, Function, Http, Links, Queue, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.insights.activity import ActivityDay, CourseMonth, RetentionCell, TierCount
from lyceum.model.insights.journeys import FunnelMonth
from lyceum.model.insights.sales import CountryMonth, ProductMonth, SalesDay
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.webhooks import Webhook, WebhookDelivery

_HOOKS = (Webhook, WebhookDelivery)
_ACTIVITY = (ActivityDay, CourseMonth, RetentionCell, TierCount, UserCount, FunnelMonth)
_SALES = (SalesDay, ProductMonth, CountryMonth)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_HOOKS, *_ACTIVITY, *_SALES, User, Session),
        writes=(*_HOOKS, AuditEvent),
        permissions=(CallWebhooks(), Bucket("derived/exports/", ("read", "write")), EdgeKey()),
    ),
    Function("events.fan_out", Queue(batch_size=10), reads=(Webhook,), writes=(WebhookDelivery,)),
    Function(
        "events.delivery",
        Queue(batch_size=5, concurrency=20),
        reads=_HOOKS,
        writes=(*_HOOKS, OutboxItem),
        permissions=(CallWebhooks(), Links()),
        timeout_seconds=120,
    ),
    Function("jobs", Schedule(), reads=(WebhookDelivery.index("gsi1"),), writes=(OutboxItem,), timeout_seconds=60),
)
