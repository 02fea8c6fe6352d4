"""What events say of a session."""

from typing import Any

from lyceum.model.tutoring import TutoringSession

_SOMEBODY = "A former member"


def of(session: TutoringSession) -> dict[str, Any]:
    """Return the part that every event about a session has."""
    return {
        "session_id": session.session_id,
        "mentor_id": session.mentor_id,
        "student_id": session.student_id,
        "mentor_name": session.mentor_name or _SOMEBODY,
        "student_name": session.student_name or _SOMEBODY,
        "guardian_ids": list(session.guardian_ids),
        "subject": session.subject,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "sequence": int(session.sequence),
    }
