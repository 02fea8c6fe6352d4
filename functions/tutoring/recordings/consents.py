"""Who has to agree to a recording: both, and for a minor one of the guardians. Pure."""

from lyceum.model.tutoring import TutoringSession


def are_complete(session: TutoringSession) -> bool:
    """Say whether everybody agrees who has to."""
    given = set(session.consents)
    guardians = set(session.guardian_ids)
    return {session.mentor_id, session.student_id} <= given and (not guardians or bool(guardians & given))
