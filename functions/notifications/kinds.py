"""Every kind of notification: the channels that it takes unless a reader wants it otherwise, and what it heeds.

Its words stand in the catalogues of `lyceum.messages`, as `notification.<type>.title` and `notification.<type>.body`.
"""

from typing import Literal, get_args

from lyceum.kit.frozen import frozen

Channel = Literal["email", "sms", "push"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
"""Every channel beside the inbox, which each notification is in."""
EVERYTHING_OPTIONAL = "*"
"""Stands for every kind that is not mandatory, in what was left by a link."""


@frozen
class Kind:
    """A kind of notification.

    - `channels`: beside the inbox, by default.
    - `is_urgent`: it heeds neither quiet hours nor digests.
    - `is_mandatory`: it heeds no opt-out either.
    """

    type: str
    channels: tuple[Channel, ...] = ()
    is_urgent: bool = False
    is_mandatory: bool = False


EXAM_RESULT = Kind("exam.result", channels=("email", "push"))
EXAM_PACK_HELD = Kind("exam.pack_held", channels=("push",))
EXAM_PACK_ACCEPTED = Kind("exam.pack_accepted", channels=("email", "push"))
EXAM_PACK_REJECTED = Kind("exam.pack_rejected", channels=("email", "push"), is_mandatory=True)
EXAM_EXPIRING = Kind("exam.expiring", channels=("push",), is_urgent=True)
EXAM_KEYS = Kind("exam.keys_suspected", channels=("email", "push"))
QUESTION_APPROVED = Kind("question.approved")
IMPORT_COMPLETED = Kind("import.completed")
IMPORT_FAILED = Kind("import.failed")
QUESTION_REJECTED = Kind("question.rejected", channels=("email",))
CONTENT_REFUSED = Kind("content.refused")
CONTENT_READY = Kind("content.ready")
CONTENT_VERIFIED = Kind("content.verified")
CONTENT_RETURNED = Kind("content.returned", channels=("email",))
CONTENT_PUBLISHED = Kind("content.published")
NEW_SIGN_IN = Kind("security.sign_in", channels=("email", "push"), is_mandatory=True)
PASSWORD_CHANGED = Kind("security.password", channels=("email", "push"), is_mandatory=True)
SESSION_STOLEN = Kind("security.session", channels=("email", "push"), is_mandatory=True)
WAY_IN = Kind("security.way_in", channels=("email", "push"), is_mandatory=True)
TWO_FACTOR = Kind("security.two_factor", channels=("email", "push"), is_mandatory=True)
STUDY_REMINDER = Kind("study.reminder", channels=("push",))
REVIEW_DUE = Kind("review.due", channels=("push",))
NEW_QUESTIONS = Kind("question.new")
ANNOUNCEMENT = Kind("announcement.posted", channels=("push",))
ASSIGNMENT_DUE = Kind("assignment.due_soon", channels=("email", "push"), is_urgent=True)
ASSIGNMENT_GRADED = Kind("assignment.graded", channels=("email", "push"))
COURSE_COMPLETED = Kind("course.completed")
BADGE_EARNED = Kind("badge.earned", channels=("push",))
QUESTION_ANSWERED = Kind("question.answered", channels=("email", "push"))
DISCUSSION_REPLIED = Kind("discussion.replied", channels=("push",))
MENTOR_ASSIGNED = Kind("mentor.assigned", channels=("email",))
QUESTION_OFFERED = Kind("question.offered", channels=("push",))
QUESTION_ESCALATED = Kind("question.escalated", channels=("email",))
MENTOR_STUDENT = Kind("mentor.student", channels=("email", "push"), is_urgent=True)
MESSAGE_RECEIVED = Kind("message.received", channels=("push",))
GROUP_INVITED = Kind("group.invited", channels=("push",))
REPORT_DECIDED = Kind("report.decided")
MODERATION_DECIDED = Kind("moderation.decided", channels=("email",))
REPORT_SAFEGUARDING = Kind("report.safeguarding", channels=("email", "push"), is_urgent=True, is_mandatory=True)
ORDER_CONFIRMED = Kind("order.confirmed")
ORDER_STATUS = Kind("order.status")
ORDER_CANCELLED = Kind("order.cancelled")
STORE_ORDER_RELEASED = Kind("store_order.released", channels=("email",))
STORE_ORDER_SHIPPED = Kind("store_order.shipped", channels=("email", "push"))
STORE_ORDER_CANCELLED = Kind("store_order.cancelled", channels=("email",))
PAYMENT_FAILED = Kind("payment.failed", channels=("email", "push"))
REFUND_MADE = Kind("refund.made", channels=("email",), is_mandatory=True)
SUBSCRIPTION_RENEWED = Kind("subscription.renewed", channels=("email",), is_mandatory=True)
SUBSCRIPTION_FAILED = Kind("subscription.failed", channels=("email", "push"), is_mandatory=True)
PAYOUT_SENT = Kind("payout.sent", channels=("email",))
OFFER_LISTED = Kind("offer.listed")
OFFER_REJECTED = Kind("offer.rejected", channels=("email",))
SELLER_ACCOUNT = Kind("seller.account", channels=("email",), is_mandatory=True)
SELLER_PAID = Kind("seller.paid", channels=("email",))
AFFILIATE_PAID = Kind("affiliate.paid", channels=("email",))
AFFILIATE_UNPAID = Kind("affiliate.unpaid", channels=("email",), is_mandatory=True)
SELLER_UNPAID = Kind("seller.unpaid", channels=("email",), is_mandatory=True)
PAYMENT_CONFIRMED = Kind("payment.confirmed", channels=("email",), is_mandatory=True)
PLAN_EXPIRING = Kind("plan.expiring", channels=("email", "push"))
CERTIFICATE_ISSUED = Kind("certificate.issued", channels=("email", "push"))
CERTIFICATE_REVOKED = Kind("certificate.revoked", channels=("email", "push"), is_mandatory=True)
CERTIFICATE_EXPIRING = Kind("certificate.expiring", channels=("email",))
INSIGHT_REPORT = Kind("insights.report", channels=("email",))
WEBHOOK_FAILING = Kind("webhook.failing", channels=("email",))
WEBHOOK_DISABLED = Kind("webhook.disabled", channels=("email",), is_mandatory=True)
TUTORING_BOOKED = Kind("tutoring.booked", channels=("email", "push"))
TUTORING_CHANGED = Kind("tutoring.changed", channels=("email", "push"), is_urgent=True)
TUTORING_REMINDER = Kind("tutoring.reminder", channels=("email", "push"), is_urgent=True)
RECORDING_READY = Kind("recording.ready", channels=("push",))
CAMPAIGN = Kind("campaign.message", channels=("email", "push"))
PRIVACY_EXPORT_READY = Kind("privacy.export_ready", channels=("email",), is_mandatory=True)

KINDS: dict[str, Kind] = {kind.type: kind for kind in list(globals().values()) if isinstance(kind, Kind)}
"""All kinds of this module by their types, in the order in which they are shown."""
