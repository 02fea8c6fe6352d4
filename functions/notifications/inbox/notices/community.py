"""Answers, replies, mentors and badges."""

from lyceum.events.community import DiscussionReplied, QuestionAnswered
from lyceum.events.gamification import BadgeEarned
from lyceum.events.tutoring import MentorAssigned
from lyceum.kit.table import Unit

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import notify


def tell_badge(event: BadgeEarned, unit: Unit) -> None:
    """Tell a user of a badge."""
    notify(kinds.BADGE_EARNED, event, event.user_id, {"badgeId": event.badge_id, "title": event.title}, unit)


def tell_asker(event: QuestionAnswered, unit: Unit) -> None:
    """Tell somebody who asked that there is an answer, unless it is their own."""
    if event.answerer_id != event.asker_id:
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
    """Tell a student who their mentor is."""
    data = {"mentorId": event.mentor_id, "mentorName": event.mentor_name}
    notify(kinds.MENTOR_ASSIGNED, event, event.student_id, data, unit)
