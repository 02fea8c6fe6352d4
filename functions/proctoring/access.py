"""Whose session of proctoring it is: its student's to feed, and theirs to see whose exam it is."""

from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.model.proctoring import ProctorSession
from lyceum.rules.courses import teaching

_NOUN = "proctoring session"


def own(caller: Principal, session: ProctorSession | None) -> ProctorSession:
    """Return a session to its student; raises NotFound for anybody else."""
    if session is None or session.user_id != caller.user_id:
        raise NotFound(f"There is no such {_NOUN}.")
    return session


def invigilated(caller: Principal, session: ProctorSession | None) -> ProctorSession:
    """Return a session to those whose exam it is (at most 1 storage request); raises NotFound for anybody else."""
    if session is None:
        raise NotFound(f"There is no such {_NOUN}.")
    teaching.require(caller, session.owner_id, session.course_id, _NOUN)
    return session
