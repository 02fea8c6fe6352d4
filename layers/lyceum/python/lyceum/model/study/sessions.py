"""Study sessions: time that a student spends on a subject, measured by the server's clock."""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class StudySession(Entity, discriminator="study_session"):
    """A session of study, shared by the student's devices. States: running, paused, finished.

    - `timer`: `study`, which runs on, or `pomodoro`, which alternates between focus and break.
    - `running_since`: the start of the stretch that runs.
    - `run_seconds`: how long the stretches before it took, breaks included.
    - `counted_seconds`: what of it was counted, less breaks and what another session covered.
    """

    keys = Keys("STUDYSESSION#{user_id}", "{session_id}")
    noun = "study session"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    timer = UnicodeAttribute(default="study")
    state = UnicodeAttribute(default="running")
    title = UnicodeAttribute(null=True)
    plan_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    lesson_ids: ListAttribute[str] = ListAttribute(default=list)
    focus_minutes = NumberAttribute(null=True)
    break_minutes = NumberAttribute(null=True)
    started_at = Moment()
    running_since = Moment(null=True)
    run_seconds = NumberAttribute(default=0)
    counted_seconds = NumberAttribute(default=0)
    finished_at = Moment(null=True)
    seconds_by_day: Any = JSONAttribute(default=dict)
