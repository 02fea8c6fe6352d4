"""The Lambdas of notifications, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Links, PushToApps, Queue, Schedule, SendMail, SendText
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.entitlements import Entitlement
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.notifications.campaigns import Campaign, CampaignCount, CampaignRecipient
from lyceum.model.notifications.deliveries import Delivery, Digest, PushDevice, PushToken, Suppression
from lyceum.model.notifications.inbox import InboxCounter, Mention, Notification, NotificationPreferences
from lyceum.model.notifications.reminders import NewQuestions, StudyDay, StudyReminder
from lyceum.model.notifications.templates import NotificationTemplate, TemplateVersion
from lyceum.model.texts import TextsSent
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.users.privacy import ConsentRecord

_INBOX = (Notification, InboxCounter, NotificationPreferences)
_REMINDER = (StudyReminder, StudyDay)
_TEMPLATES = (NotificationTemplate, TemplateVersion)
_JUDGED_BY = (Campaign, ConsentRecord, ExamSession, Entitlement)
"""What says whether a message of a campaign, of a result or of a plan's end still leaves."""

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_INBOX,
            User,
            Session,
            PushDevice,
            PushToken,
            *_TEMPLATES,
            Campaign,
            Campaign.index("gsi1"),
            CampaignCount,
            Course,
            UserCount,
        ),
        writes=(*_INBOX, User, PushDevice, PushToken, *_TEMPLATES, Campaign, AuditEvent),
        layers=("mail",),
    ),
    Function(
        "events.inbox",
        Queue(concurrency=80),
        reads=(*_INBOX, Mention, User, *_REMINDER, Course, Topic, NotificationTemplate, *_JUDGED_BY, CampaignRecipient),
        writes=(*_INBOX, Mention, Delivery, Digest, *_REMINDER, NewQuestions, CampaignCount, CampaignRecipient),
        layers=("mail",),
    ),
    Function(
        "events.fan_out",
        Queue(batch_size=1),
        reads=(User.index("gsi2"), Course, Enrolment, NewQuestions, Campaign),
        writes=(Campaign,),
        timeout_seconds=20,
    ),
    Function(
        "events.mail",
        Queue(batch_size=5, concurrency=2, a_call_sends=7),
        reads=(Notification, NotificationPreferences, Delivery, Digest, Suppression, User, *_JUDGED_BY),
        writes=(Delivery, Digest),
        permissions=(SendMail(), Links()),
        timeout_seconds=20,
        layers=("mail",),
    ),
    Function(
        "events.text",
        Queue(),
        reads=(Notification, NotificationPreferences, Delivery, Digest, User, *_JUDGED_BY),
        writes=(Delivery, Digest, TextsSent),
        permissions=(SendText(),),
        timeout_seconds=20,
    ),
    Function(
        "events.push",
        Queue(),
        reads=(Notification, NotificationPreferences, Delivery, Digest, PushDevice, User, *_JUDGED_BY),
        writes=(Notification, Delivery, Digest, PushDevice, PushToken),
        permissions=(PushToApps(), Links()),
        timeout_seconds=20,
    ),
    Function("events.bounces", Queue(), writes=(Suppression,)),
    Function(
        "jobs",
        Schedule(),
        reads=(
            Delivery.index("gsi1"),
            Digest.index("gsi1"),
            *_REMINDER,
            StudyReminder.index("gsi1"),
            *_INBOX,
            Notification.index("gsi2"),
            Entitlement.index("gsi1"),
            Campaign.index("gsi1"),
        ),
        writes=(Delivery, Digest, *_REMINDER, *_INBOX, Campaign),
        timeout_seconds=300,
    ),
)
