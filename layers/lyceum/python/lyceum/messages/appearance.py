"""How a tenant shows itself to its people: its name, its colour, and where its client opens what a message is about.

The stage's settings hold one JSON object, by tenant; `*` stands for every tenant that is not named, and what a tenant
leaves out is taken from there. What its own administrators chose, the branding of the organisation, counts before that.
A link is a pattern of the client's paths, such as `/exams/{examId}/result`.
"""

import json
import re
import string
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lyceum.kit import context
from lyceum.kit.configuration import known
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings

LINKS = {
    "exam.result": "/exams/{examId}/result",
    "exam.expiring": "/exams/{examId}",
    "exam.keys_suspected": "/teaching/exams/{assessmentId}/keys",
    "exam.pack_held": "/teaching/packs/{packId}",
    "exam.pack_accepted": "/exams/{examId}/result",
    "exam.pack_rejected": "/exams/{examId}/result",
    "question.approved": "/questions/{questionId}",
    "question.rejected": "/questions/{questionId}",
    "question.new": "/courses/{courseId}",
    "import.completed": "/imports/{jobId}",
    "import.failed": "/imports/{jobId}",
    "content.refused": "/library/mine",
    "privacy.export_ready": "/settings/privacy",
    "content.ready": "/library/{contentId}",
    "content.verified": "/library/{contentId}",
    "content.returned": "/library/{contentId}",
    "content.published": "/library/{contentId}",
    "security.sign_in": "/account/security",
    "security.password": "/account/security",
    "security.session": "/account/security",
    "security.way_in": "/account/security",
    "security.two_factor": "/account/security",
    "study.reminder": "/study",
    "review.due": "/reviews",
    "announcement.posted": "/announcements/{announcementId}",
    "assignment.due_soon": "/courses/{courseId}/assignments/{assignmentId}",
    "assignment.graded": "/courses/{courseId}/assignments/{assignmentId}",
    "course.completed": "/courses/{courseId}",
    "certificate.issued": "/certificates/{certificateId}",
    "certificate.revoked": "/certificates/{certificateId}",
    "certificate.expiring": "/certificates/{certificateId}",
    "badge.earned": "/profile/badges/{badgeId}",
    "insights.report": "/insights/reports/{reportId}",
    "webhook.failing": "/admin/webhooks/{webhookId}",
    "webhook.disabled": "/admin/webhooks/{webhookId}",
    "question.answered": "/community/questions/{threadId}",
    "discussion.replied": "/community/discussions/{discussionId}",
    "mentor.assigned": "/mentors/{mentorId}",
    "question.offered": "/community/questions/{questionId}",
    "question.escalated": "/community/questions/{questionId}",
    "mentor.student": "/community/questions/{questionId}",
    "message.received": "/messages/{userId}",
    "group.invited": "/groups/{groupId}",
    "report.decided": "/reports/{reportId}",
    "moderation.decided": "/reports/{reportId}",
    "report.safeguarding": "/moderation/reports/{reportId}",
    "order.confirmed": "/account/plan",
    "order.status": "/account/payments/{paymentId}",
    "order.cancelled": "/account/payments/{paymentId}",
    "store_order.released": "/account/orders/{orderId}",
    "store_order.shipped": "/account/orders/{orderId}",
    "store_order.cancelled": "/account/orders/{orderId}",
    "payment.failed": "/account/payments/{paymentId}",
    "refund.made": "/account/payments/{paymentId}",
    "subscription.renewed": "/account/plan",
    "subscription.failed": "/account/plan",
    "payout.sent": "/account/referrals",
    "offer.listed": "/marketplace/{offerId}",
    "offer.rejected": "/selling/{offerId}",
    "seller.account": "/account/payouts",
    "seller.paid": "/selling/payouts",
    "seller.unpaid": "/selling/payouts",
    "affiliate.paid": "/account/referrals",
    "affiliate.unpaid": "/account/referrals",
    "payment.confirmed": "/account/payments/{paymentId}",
    "plan.expiring": "/account/plan",
    "tutoring.booked": "/tutoring/sessions/{sessionId}",
    "tutoring.changed": "/tutoring/sessions/{sessionId}",
    "tutoring.reminder": "/tutoring/sessions/{sessionId}",
    "recording.ready": "/tutoring/sessions/{sessionId}/recording",
    "campaign.message": "/notifications",
    "digest": "/notifications",
    "invitation": "/register?invitation={token}",
    "guardian": "/guardians?invitation={token}",
}
"""Where a client opens each kind of message, unless its tenant says otherwise."""
_DARK, _LIGHT = "#111827", "#ffffff"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Appearance(BaseModel, defer_build=True):
    """What a tenant shows of itself.

    - `colour`: of its buttons and its band, as `#rrggbb`.
    - `client`: the address of its client, without a path; without one no link leads there.
    - `links`: patterns of paths, or of whole addresses, by kind of message; one that is empty leads nowhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)] = "Lyceum"
    colour: Annotated[str, StringConstraints(pattern=_COLOUR.pattern)] = "#1d4ed8"
    client: Annotated[str, StringConstraints(pattern=r"^$|^https?://[^\s/]+$")] = ""
    links: dict[str, str] = Field(default_factory=dict)

    @property
    def ink(self) -> str:
        """The colour of letters on the tenant's colour: dark or light, whichever stands out more (WCAG 2.2, 1.4.3)."""
        own = _luminance(self.colour)
        return max(
            (_LIGHT, _DARK),
            key=lambda ink: (max(own, _luminance(ink)) + 0.05) / (min(own, _luminance(ink)) + 0.05),
        )

    def link(self, kind: str, values: Mapping[str, Any]) -> str | None:
        """Return where the client opens a message; None without a client, a pattern or a value that it asks for."""
        pattern = self.links.get(kind, LINKS.get(kind, ""))
        asked = [name for _, name, _, _ in string.Formatter().parse(pattern) if name]
        if not pattern or any(not values.get(name) for name in asked):
            return None
        path = pattern.format_map({name: quote(str(values[name]), safe="") for name in asked})
        if path.startswith("https://"):
            return path
        return f"{self.client}{path}" if self.client and path.startswith("/") else None


def current() -> Appearance:
    """Return how the current tenant shows itself (at most 1 storage request in ten seconds).

    Raises pydantic.ValidationError for settings that make no sense.
    """
    return _of(settings().appearance, context.tenant(), _chosen())


def _chosen() -> tuple[tuple[str, str], ...]:
    """Return what the tenant's administrators chose; nothing while that can not be read."""
    try:
        organization = known.of(context.tenant()).organization
    except Unavailable:
        return ()
    branding: Mapping[str, Any] = organization.branding if organization else {}
    return tuple((name, str(branding[name])) for name in ("name", "colour", "client") if branding.get(name))


def require_valid(text: str) -> None:
    """Raise ValueError, which names the tenant, for settings that make no sense."""
    for tenant in json.loads(text or "{}"):
        try:
            _of(text, tenant)
        except ValueError as error:
            raise ValueError(f"the appearance of tenant {tenant!r} makes no sense: {error}") from None


@cache
def _of(text: str, tenant: str, chosen: tuple[tuple[str, str], ...] = ()) -> Appearance:
    by_tenant: dict[str, dict[str, Any]] = json.loads(text or "{}")
    common, own = by_tenant.get("*", {}), by_tenant.get(tenant, {})
    links = {**common.get("links", {}), **own.get("links", {})}
    return Appearance.model_validate({**common, **own, **dict(chosen), "links": links})


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, definitions)."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def payment_page(payment_id: str) -> str:
    """Return the page of a payment to which providers lead buyers back: the client's, or else the API."""
    return current().link("payment.confirmed", {"paymentId": payment_id}) or settings().api_url
