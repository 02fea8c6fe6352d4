"""Mails of notifications and digests, each with the link by which one leaves unless it is mandatory."""

from collections.abc import Sequence
from datetime import datetime

from lyceum.kit import clock
from lyceum.kit.aws import mail
from lyceum.kit.settings import settings
from lyceum.messages import calendar_files, formats
from lyceum.messages.calendar_files import Guest, TimedEntry
from lyceum.messages.catalogue import Wording
from lyceum.messages.mails import Attachment, Fact, digest_mail, notification_mail, sender
from lyceum.model.notifications.inbox import Notification
from lyceum.model.users.account import User
from lyceum.rules import profiles

from functions.notifications import unsubscribe
from functions.notifications.channels import links
from functions.notifications.kinds import ASSIGNMENT_DUE, TUTORING_BOOKED, TUTORING_CHANGED

_FACTS = {
    "courseTitle": "fact.course",
    "topicTitle": "fact.topic",
    "teacherId": "fact.teacher",
    "with": "fact.with",
    "startsAt": "fact.begins",
    "dueAt": "fact.due",
    "deadlineAt": "fact.ends",
    "endsAt": "fact.ends",
    "device": "fact.device",
}
"""What of a message's data a mail shows in lines of their own, in this order, and the label of each."""


def send_message(message: Notification, user: User, *, is_mandatory: bool) -> str:
    """Send a notification and return the service's id for it; one that is mandatory has no link to leave by."""
    url = links.of_message(message)
    rendered = notification_mail(
        user.language,
        message.type,
        _wording(message),
        name=user.first_name,
        facts=_facts(message, user),
        url=url,
        leave_url=None if is_mandatory else unsubscribe.link(user, message.type),
        attachments=_calendar(message, user, url),
    )
    return mail.send(user.email, rendered, sender=sender(), notification=message.notification_id)


def send_digest(messages: Sequence[Notification], user: User) -> str:
    """Send several notifications as one mail and return the service's id for it."""
    leave_url = unsubscribe.link(user, unsubscribe.DIGEST)
    wordings = [_wording(message) for message in messages]
    url = links.of_digest(messages)
    rendered = digest_mail(user.language, wordings, name=user.first_name, url=url, leave_url=leave_url)
    return mail.send(user.email, rendered, sender=sender(), notification="digest")


def _calendar(message: Notification, user: User, url: str) -> list[Attachment]:
    """Return the calendar file of what is due or when one meets; every mail about it names the same entry."""
    if message.type in {TUTORING_BOOKED.type, TUTORING_CHANGED.type}:
        return _invitation(message, user, url)
    if message.type != ASSIGNMENT_DUE.type:
        return []
    content = calendar_files.due_date(
        f"{message.data['assignmentId']}.{message.user_id}@{settings().domain}",
        title=message.title,
        description=message.body,
        url=url,
        due_at=datetime.fromisoformat(message.data["dueAt"]),
        written_at=clock.now(),
    )
    return [Attachment("due.ics", "text/calendar; charset=utf-8; method=PUBLISH", content)]


def _invitation(message: Notification, user: User, url: str) -> list[Attachment]:
    """Return the invitation to a session, or that it is called off; one that was missed has none."""
    change = message.data.get("change", "")
    if change == "no_show":
        return []
    entry = TimedEntry(
        f"{message.data['sessionId']}@{settings().domain}",
        datetime.fromisoformat(message.data["startsAt"]),
        datetime.fromisoformat(message.data["endsAt"]),
        message.title,
        message.body,
        int(message.data["sequence"]),
        is_cancelled=change == "cancelled",
    )
    content = calendar_files.invitation(
        entry,
        organiser=Guest(settings().mail_from, message.data["with"]),
        guest=Guest(user.email, f"{user.first_name} {user.last_name}"),
        url=url,
        written_at=clock.now(),
    )
    method = "CANCEL" if entry.is_cancelled else "REQUEST"
    return [Attachment("session.ics", f"text/calendar; charset=utf-8; method={method}", content)]


def _facts(message: Notification, user: User) -> list[Fact]:
    shown = [(label, _read(name, message, user)) for name, label in _FACTS.items() if name in message.data]
    return [Fact(label, value) for label, value in shown if value]


def _read(name: str, message: Notification, user: User) -> str | None:
    """Write a value of a message's data for its reader: times by the reader's clock, a teacher by name."""
    value: str = message.data[name]
    if name == "teacherId":
        return _teacher(value)
    if not name.endswith("At"):
        return value
    return formats.moment(datetime.fromisoformat(value), user.zone_for(message.data.get("timeZone")), user.language)


def _teacher(teacher_id: str) -> str | None:
    """Name a teacher as they are called now, None once the account is gone (1 storage request)."""
    user = User.fetch(user_id=teacher_id)
    return None if user is None else profiles.shown_name(user)


def _wording(message: Notification) -> Wording:
    return Wording(*message.words_on("email"))
