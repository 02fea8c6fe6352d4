"""From events to inboxes: which event is told of by whom.

All that follows from an event is one transaction with the marker that it was seen. `fan_out` addresses many at once.
"""

from collections.abc import Callable
from typing import Any

from lyceum.events.assignments import AssignmentDueSoon, AssignmentGraded
from lyceum.events.auth import LoginSuspicious, PasswordChanged, SessionRevoked, TwoFactorChanged, WayInChanged
from lyceum.events.community import (
    DiscussionReplied,
    GroupInvited,
    MessageSent,
    QuestionAnswered,
    QuestionOffered,
    ReportDecided,
)
from lyceum.events.content import (
    ContentFailed,
    ContentProcessed,
    ContentPublished,
    ContentRejected,
    ContentReturned,
    ContentVerified,
)
from lyceum.events.courses import AnnouncementReceived, CourseCompleted, LessonCompleted
from lyceum.events.exams import ExamCompleted, ExamExpiring, ExamGraded, ExamKeysSuspected, ExamReleased
from lyceum.events.gamification import BadgeEarned
from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.events.notifications import StudyReminderDue
from lyceum.events.payments import (
    OrderCancelled,
    OrderConfirmed,
    OrderPending,
    PaymentConfirmed,
    PaymentFailed,
    PayoutSent,
    PlanExpiring,
    RefundMade,
    SubscriptionFailed,
    SubscriptionRenewed,
)
from lyceum.events.questions import QuestionApproved, QuestionRejected
from lyceum.events.store import StoreOrderMoved
from lyceum.events.tutoring import (
    MentorAssigned,
    TutoringBooked,
    TutoringChanged,
    TutoringRecorded,
    TutoringReminderDue,
)
from lyceum.events.users import UserDeleted, UserErased, UserPreferencesChosen
from lyceum.events.webhooks import WebhookDisabled, WebhookFailing
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.outbox import send
from lyceum.kit.event import Message
from lyceum.kit.table import Unit
from lyceum.tasks.notifications import DeliverCampaign, DeliverNotice, ForgetMentioned, NoteCampaignRead

from functions.notifications.campaigns.delivery import count_read, deliver
from functions.notifications.inbox import mentions
from functions.notifications.inbox.inbox_writer import mention, readers, write
from functions.notifications.inbox.notices import (
    account,
    community,
    courses,
    exams,
    library,
    payments,
    questions,
    store,
    study,
    tutoring,
    webhooks,
)
from functions.notifications.kinds import KINDS

consumer = Consumer("notifications-inbox")
handler = consumer.handler

_TOGETHER = 15
"""Readers of one transaction: each takes at most 6 writes, and it holds 100."""

REACTIONS: tuple[tuple[type[Message], Callable[[Any, Unit], None]], ...] = (
    (ExamReleased, exams.tell_result),
    (ExamGraded, exams.tell_result),
    (ExamCompleted, exams.tell_result),
    (ExamExpiring, exams.warn_of_end),
    (ExamKeysSuspected, exams.tell_of_suspected_keys),
    (QuestionApproved, questions.tell_author),
    (QuestionRejected, questions.tell_reason),
    (ImportCompleted, questions.tell_importer),
    (ImportFailed, questions.tell_of_failed_import),
    (LoginSuspicious, account.tell_of_sign_in),
    (PasswordChanged, account.tell_of_password),
    (SessionRevoked, account.tell_of_stolen_session),
    (TwoFactorChanged, account.tell_of_second_factor),
    (WayInChanged, account.tell_of_way_in),
    (ContentFailed, library.tell_refusal),
    (ContentRejected, library.tell_refusal),
    (ContentProcessed, library.tell_readiness),
    (ContentVerified, library.tell_verified),
    (ContentReturned, library.tell_returned),
    (ContentPublished, library.tell_published),
    (AnnouncementReceived, courses.tell_news),
    (AssignmentDueSoon, courses.warn_of_due_date),
    (AssignmentGraded, courses.tell_grade),
    (CourseCompleted, courses.congratulate),
    (BadgeEarned, community.tell_badge),
    (WebhookFailing, webhooks.tell_of_failing_webhook),
    (WebhookDisabled, webhooks.tell_of_disabled_webhook),
    (StudyReminderDue, study.remind_to_study),
    (QuestionAnswered, community.tell_asker),
    (DiscussionReplied, community.tell_of_reply),
    (MentorAssigned, community.tell_of_mentor),
    (QuestionOffered, community.tell_of_offer),
    (MessageSent, community.tell_of_message),
    (GroupInvited, community.tell_of_invitation),
    (ReportDecided, community.tell_of_decision),
    (PaymentConfirmed, payments.confirm_payment),
    (PaymentFailed, payments.tell_of_decline),
    (OrderConfirmed, payments.confirm_order),
    (OrderPending, payments.tell_of_wait),
    (OrderCancelled, payments.tell_of_end),
    (RefundMade, payments.tell_of_refund),
    (SubscriptionRenewed, payments.tell_of_renewal),
    (SubscriptionFailed, payments.tell_of_failed_renewal),
    (PayoutSent, payments.tell_of_payout),
    (StoreOrderMoved, store.tell_of_order),
    (PlanExpiring, payments.warn_of_plan),
    (TutoringBooked, tutoring.tell_of_booking),
    (TutoringChanged, tutoring.tell_of_change),
    (TutoringReminderDue, tutoring.remind),
    (TutoringRecorded, tutoring.tell_of_recording),
    (UserDeleted, study.plan),
    (UserPreferencesChosen, study.plan),
    (ExamCompleted, study.count_exam),
    (LessonCompleted, study.count_lesson),
    (QuestionApproved, study.count_question),
)
"""Every event with what is told or counted of it; several of one event share its transaction."""

for message, react in REACTIONS:
    consumer.on(message)(react)


@consumer.on(DeliverNotice)
def tell_many(event: DeliverNotice, _unit: Unit) -> None:
    """Tell many users the same, some in each transaction: one that is committed is not repeated with the rest."""
    kind = KINDS[event.kind]
    for number, start in enumerate(range(0, len(event.user_ids), _TOGETHER)):
        with consumer.part(event, number) as part:
            told = readers(event.user_ids[start : start + _TOGETHER])
            for reader in told:
                write(reader, kind, event, event.data, part)
            mention(event.of_id, kind, event, told, part)


@consumer.on(UserErased)
def begin_forgetting(event: UserErased, unit: Unit) -> None:
    """Order that what carries an erased person's name or words goes out of the inboxes of others."""
    send(unit, ForgetMentioned(user_id=event.user_id))


@consumer.paged(ForgetMentioned)
def forget_mentioned(task: ForgetMentioned, unit: Unit) -> dict[str, Any] | None:
    """Remove a page of the messages that carry the name or words of somebody who is erased."""
    return mentions.forget(task.user_id, task.after, unit)


@consumer.on(DeliverCampaign)
def tell_of_campaign(event: DeliverCampaign, _unit: Unit) -> None:
    """Tell those of many users who want it of a campaign."""
    deliver(consumer, event)


consumer.fold(NoteCampaignRead)(count_read)
