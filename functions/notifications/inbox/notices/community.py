"""Questions and answers, replies, mentors, messages, groups, reports and badges."""

from lyceum.events.community import (
    DiscussionReplied,
    GroupInvited,
    MessageSent,
    QuestionAnswered,
    QuestionOffered,
    ReportDecided,
)
from lyceum.events.gamification import BadgeEarned
from lyceum.events.tutoring import MentorAssigned
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import Phrase

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import mention, notify, readers, write


def tell_badge(event: BadgeEarned, unit: Unit) -> None:
    """Tell a user of a badge, and of those earned with it in the same notice."""
    if event.is_noticed:
        data = {"badgeId": event.badge_id, "title": ", ".join([event.title, *event.also])}
        earned = Phrase("badge.several" if event.also else "badge.one")
        notify(kinds.BADGE_EARNED, event, event.user_id, data, unit, earned=earned)


def tell_asker(event: QuestionAnswered, unit: Unit) -> None:
    """Tell somebody who asked that there is an answer, unless it is their own or the account is gone."""
    if event.asker_id and event.answerer_id != event.asker_id:
        notify(
            kinds.QUESTION_ANSWERED,
            event,
            event.asker_id,
            {"threadId": event.thread_id, "title": event.title},
            unit,
        )


def tell_of_reply(event: DiscussionReplied, unit: Unit) -> None:
    """Tell somebody of a reply, unless it is their own."""
    if event.replier_id != event.user_id:
        notify(
            kinds.DISCUSSION_REPLIED,
            event,
            event.user_id,
            {"discussionId": event.discussion_id, "title": event.title},
            unit,
        )


def tell_of_mentor(event: MentorAssigned, unit: Unit) -> None:
    """Tell a student who their mentor is, and a mentor of a question whose it is."""
    data = {"mentorId": event.mentor_id, "mentorName": event.mentor_name}
    if event.question_id is None:
        notify(kinds.MENTOR_ASSIGNED, event, event.student_id, data, unit, of_id=event.mentor_id)
        return
    about = {"questionId": event.question_id, "title": event.title or ""}
    notify(kinds.MENTOR_ASSIGNED, event, event.student_id, {**data, **about}, unit, of_id=event.mentor_id)
    of_student = {"studentId": event.student_id, **about}
    notify(kinds.MENTOR_STUDENT, event, event.mentor_id, of_student, unit, of_id=event.student_id)


def tell_of_offer(event: QuestionOffered, unit: Unit) -> None:
    """Tell mentors that a question waits for them; one that was escalated is assigned, which is told by itself."""
    if event.is_escalated:
        return
    data = {"questionId": event.question_id, "title": event.title, "subject": event.subject, "urgency": event.urgency}
    told = readers(event.mentor_ids)
    for reader in told:
        write(reader, kinds.QUESTION_OFFERED, event, data, unit, about=event.question_id)
    mention(event.asker_id, kinds.QUESTION_OFFERED, event, told, unit)


def tell_of_message(event: MessageSent, unit: Unit) -> None:
    """Tell somebody of a message when none waits already, so at most once until they have read, unless they mute it."""
    if event.is_first_unread and not event.is_muted:
        data = {"userId": event.sender_id, "senderName": event.sender_name, "messageId": event.message_id}
        about = event.conversation_id
        notify(kinds.MESSAGE_RECEIVED, event, event.user_id, data, unit, about=about, of_id=event.sender_id)


def tell_of_invitation(event: GroupInvited, unit: Unit) -> None:
    """Tell somebody that they are invited to a group."""
    data = {"groupId": event.group_id, "groupName": event.group_name, "inviterName": event.inviter_name}
    notify(kinds.GROUP_INVITED, event, event.user_id, data, unit, about=event.group_id, of_id=event.inviter_id)


def tell_of_decision(event: ReportDecided, unit: Unit) -> None:
    """Tell who reported what came of it, and the author what was done and, later, what came of an appeal."""
    data = {"reportId": event.report_id, "status": event.status}
    thing = Phrase(f"reported.{event.item_type or 'thing'}")
    if event.reporter_id:
        notify(kinds.REPORT_DECIDED, event, event.reporter_id, data, unit, thing=thing)
    if event.author_id:
        outcome = Phrase(f"moderation.{event.appeal_state or event.action or event.status}")
        about = {**data, "action": event.action or "none", "appeal": event.appeal_state or ""}
        notify(kinds.MODERATION_DECIDED, event, event.author_id, about, unit, thing=thing, outcome=outcome)
