"""Lessons with mentors: booked, changed, near, and their recordings; a minor's guardians are told as the student is."""

from lyceum.events.tutoring import TutoringBooked, TutoringChanged, TutoringRecorded, TutoringReminderDue
from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.messages.catalogue import Phrase

from functions.notifications import kinds
from functions.notifications.inbox.inbox_writer import Shown, mention, readers, write
from functions.notifications.kinds import Kind

_Told = TutoringBooked | TutoringChanged | TutoringReminderDue | TutoringRecorded


def _tell(kind: Kind, event: _Told, unit: Unit, more: dict[str, str] | None = None, what: Shown = None) -> None:
    data = {
        "sessionId": event.session_id,
        "subject": event.subject,
        "startsAt": clock.iso(event.starts_at),
        "endsAt": clock.iso(event.ends_at),
        "sequence": str(event.sequence),
        **(more or {}),
    }
    told = readers([event.student_id, event.mentor_id, *event.guardian_ids])
    for reader in told:
        is_mentor = reader.user.user_id == event.mentor_id
        other = event.student_name if is_mentor else event.mentor_name
        about = event.session_id
        write(reader, kind, event, {**data, "with": other}, unit, about=about, starts=event.starts_at, what=what)
    mention(event.mentor_id, kind, event, [each for each in told if each.user.user_id != event.mentor_id], unit)
    mention(event.student_id, kind, event, [each for each in told if each.user.user_id == event.mentor_id], unit)


def tell_of_booking(event: TutoringBooked, unit: Unit) -> None:
    """Tell the people of a session that it has its time."""
    _tell(kinds.TUTORING_BOOKED, event, unit)


def tell_of_change(event: TutoringChanged, unit: Unit) -> None:
    """Tell the people of a session that it was moved, called off or missed."""
    _tell(kinds.TUTORING_CHANGED, event, unit, {"change": event.change}, what=Phrase(f"tutoring.change.{event.change}"))


def remind(event: TutoringReminderDue, unit: Unit) -> None:
    """Remind the people of a session that it is near."""
    _tell(kinds.TUTORING_REMINDER, event, unit, {"hoursLeft": str(event.hours_left)})


def tell_of_recording(event: TutoringRecorded, unit: Unit) -> None:
    """Tell the people of a session that its recording may be watched."""
    _tell(kinds.RECORDING_READY, event, unit)
