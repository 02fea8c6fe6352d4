"""The Lambdas of organisations, and what each reads and writes."""

from lyceum.kit.configuration.records import Organization, SettingValues
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.identity.records import ApiKey, ApiKeyUse
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, MoveTenants, Queue, SignAudits, VerifyAudits
from lyceum.kit.tenancy.records import Tenant, TenantHost
from lyceum.model.admin.telemetry import ApiUsage
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.uploads import UploadUsage
from lyceum.model.federation import IdentityProvider
from lyceum.model.organizations import Capsule, Departure, DomainClaim
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.users.invitations import Invitation

_OWN = (Organization, DomainClaim, Capsule, Departure, Tenant, TenantHost, LongJob)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_OWN,
            SettingValues,
            ApiKey,
            ApiKeyUse,
            ApiUsage,
            UploadUsage,
            UserCount,
            User,
            Session,
            IdentityProvider,
        ),
        writes=(*_OWN, SettingValues, ApiKey, Invitation, AuditEvent),
        permissions=(VerifyAudits(), Bucket("capsules/", ("read", "miss"))),
        timeout_seconds=28,
    ),
    Function(
        "events",
        Queue(batch_size=1, concurrency=5),
        reads=(*_OWN, ApiKey, User),
        writes=(*_OWN, ApiKey, AuditEvent, OutboxItem),
        permissions=(
            MoveTenants(),
            SignAudits(),
            VerifyAudits(),
            Bucket("capsules/", ("read", "write", "delete", "miss")),
            Bucket("uploads/", ("read", "write", "delete", "miss")),
            Bucket("derived/", ("read", "write", "delete", "miss")),
            *(
                Bucket(prefix, ("delete", "miss"))
                for prefix in ("quarantine/", "retired/", "imports/", "imports-parsed/", "imports-people/", "search/")
            ),
        ),
        memory_mb=1024,
        timeout_seconds=300,
    ),
)
