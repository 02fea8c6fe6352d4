"""Limits, quotas, retention and defaults that administrators change without a deployment.

A value is the tenant's own, else the main tenant's, else the deployment's. A ceiling of the main tenant, where the
operator is at home, bounds the others: what costs the operator can not be raised above it by a tenant.
"""

from typing import Literal

from lyceum.kit import context
from lyceum.kit.configuration import known
from lyceum.kit.frozen import frozen
from lyceum.kit.settings import settings

Group = Literal["limits", "quotas", "retention", "plans", "sign-in"]


@frozen
class Setting:
    """A whole number that may be changed, within bounds; `default` stands where no variable does."""

    name: str
    group: Group
    unit: str
    description: str
    least: int
    most: int
    default: int | None = None
    is_ceiling: bool = False


_DAY = 24 * 3600
SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("free_exams_daily", "plans", "exams", "Practice exams that a free account begins a day.", 0, 10_000),
        Setting("uploads_daily_gib", "quotas", "GiB", "What all users send together a day.", 0, 100_000,
                is_ceiling=True),
        Setting("uploads_gib", "quotas", "GiB", "What is kept of files at once.", 0, 1_000_000, is_ceiling=True),
        Setting("texts_daily_account", "limits", "messages", "Text messages to one account a day.", 0, 1000,
                is_ceiling=True),
        Setting("texts_daily_block", "limits", "messages", "Text messages a day to ten thousand like numbers.", 0,
                100_000, is_ceiling=True),
        Setting("texts_daily_tenant", "limits", "messages", "Text messages of the tenant a day.", 0, 10_000_000,
                is_ceiling=True),
        Setting("refresh_token_seconds", "sign-in", "seconds", "How long a session lasts that is not used.", 3600,
                90 * _DAY),
        Setting("session_max_seconds", "sign-in", "seconds", "How long a session lasts at most.", 3600, 365 * _DAY),
        Setting("phone_cooldown_hours", "sign-in", "hours", "How long a new number resets no password.", 0, 720),
        Setting("certificate_months", "limits", "months", "How long a certificate holds; 0 is for good.", 0, 600,
                default=0),
        Setting("registrations_hourly", "limits", "accounts", "Accounts that one address registers an hour.", 1, 20_000,
                default=20),
        Setting("tutoring_daily", "limits", "sessions", "Tutoring sessions of a student on a day.", 1, 16, default=4),
        Setting("tutoring_call_minutes", "limits", "minutes", "How long before a session its call opens.", 1, 60,
                default=10),
        Setting("tutoring_cancel_hours", "limits", "hours", "Until when a session is cancelled without cost.", 0, 168,
                default=24),
        Setting("tutoring_late_refund_percent", "plans", "percent", "What who cancels late gets back.", 0, 100,
                default=50),
        Setting("tutoring_fee_percent", "plans", "percent", "What the platform keeps of a paid session.", 0, 90,
                default=15),
        Setting("tutoring_minors_need_guardian", "limits", "yes or no", "1: minors book with a guardian alone; 0: all.",
                0, 1, default=1),
        Setting("tutoring_minors_recorded", "limits", "yes or no", "1: sessions of minors have to be recorded.", 0, 1,
                default=1),
        Setting("tutoring_recording_days", "retention", "days", "How long recordings of sessions are kept.", 1, 365,
                default=90),
        Setting("proctoring_event_days", "retention", "days", "How long the events of proctoring are kept.", 7, 730,
                default=180),
        Setting("proctoring_snapshot_days", "retention", "days", "How long snapshots of proctoring are kept.", 1, 180,
                default=30),
        Setting("seller_hold_days", "plans", "days", "How long what was sold waits before its seller is paid.", 0, 90,
                default=14),
        Setting("account_retention_days", "retention", "days", "From an account's deletion to its erasure.", 1, 365,
                default=30),
        Setting("ai_tokens_monthly", "quotas", "tokens", "What language models read and write for the tenant a month.",
                0, 10_000_000_000, default=5_000_000, is_ceiling=True),
        Setting("ai_tokens_daily_user", "quotas", "tokens", "What language models read and write for one user a day.",
                0, 100_000_000, default=100_000, is_ceiling=True),
        Setting("predictions_of_minors", "limits", "0 or 1", "Whether teachers see what is predicted of minors.", 0, 1,
                default=0),
        Setting("captions_by_machine", "limits", "0 or 1", "Whether Amazon Transcribe writes down what is said in"
                " films, for their captions.", 0, 1, default=0),
        Setting("moderation_by_model", "limits", "0 or 1", "Whether a language model reads what is written in"
                " discussions, for moderators to look at what stands out.", 0, 1, default=1),
    )
}  # fmt: skip
"""Every setting that may be changed, by name."""


def value(name: str, tenant: str | None = None) -> int:
    """Return a setting as it is in a tenant, the current one unless said otherwise; raises KeyError for no setting."""
    setting = SETTINGS[name]
    tenant = tenant or context.tenant()
    operators = known.of(context.MAIN_TENANT).values.get(name, shipped(setting))
    own = operators if tenant == context.MAIN_TENANT else known.of(tenant).values.get(name, operators)
    return int(min(own, operators) if setting.is_ceiling else own)


def shipped(setting: Setting) -> int:
    """Return what a setting is where nobody changed it."""
    return int(getattr(settings(), setting.name)) if setting.default is None else setting.default
