"""What follows for tutoring: waiting lists, ratings, recordings, and what people leave behind."""

from lyceum.events.content import ContentFailed, ContentProcessed, ContentRejected
from lyceum.events.tutoring import TutoringChanged, TutoringRated
from lyceum.events.users import UserDeleted, UserErased, UserRoleChanged, UserSuspended
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit

from functions.tutoring.availability import listings
from functions.tutoring.recordings import recordings
from functions.tutoring.sessions import forgetting, waiting

consumer = Consumer("tutoring-events")
handler = consumer.handler


@consumer.on(TutoringChanged)
def give_time_on(event: TutoringChanged, _unit: Unit) -> None:
    """Give a time that is free again to who waits for it."""
    if event.freed_from is not None and event.freed_to is not None:
        waiting.give_on(event.mentor_id, event.freed_from, event.freed_to)


@consumer.on(TutoringRated)
def count_rating(event: TutoringRated, unit: Unit) -> None:
    """Count a rating for its mentor."""
    listings.count_rating(event.mentor_id, event.stars, unit)


@consumer.on(ContentProcessed)
def show_recording(event: ContentProcessed, unit: Unit) -> None:
    """Let a recording be watched that has passed its checks."""
    recordings.follow(event.upload_id, unit, is_good=True)


@consumer.on(ContentRejected)
@consumer.on(ContentFailed)
def note_failure(event: ContentRejected | ContentFailed, unit: Unit) -> None:
    """Note that a recording is none; another one may be sent."""
    recordings.follow(event.upload_id, unit, is_good=False)


@consumer.on(UserSuspended)
@consumer.on(UserRoleChanged)
def withdraw_offer(event: UserSuspended | UserRoleChanged, unit: Unit) -> None:
    """Let nobody book somebody who may not teach any more, or has another role now."""
    listings.withdraw(event.user_id, unit)


@consumer.on(UserDeleted)
def leave(event: UserDeleted, unit: Unit) -> None:
    """Take somebody's offer away and call off what is ahead; both sides' money goes back."""
    listings.withdraw(event.user_id, unit)
    forgetting.call_off_all(event.user_id)


@consumer.on(UserErased)
def forget(event: UserErased, unit: Unit) -> None:
    """Take name and words of somebody who is erased out of their sessions, and remove what was theirs alone."""
    listings.withdraw(event.user_id, unit, is_erased=True)
    forgetting.forget(event.user_id, unit)
