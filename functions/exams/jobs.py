"""Each minute: warns before deadlines, ends sessions that nobody ended, and releases results that were kept back.

When many are due at once, such as a whole hall at the end of its exam, they are only listed here: workers process them
in batches, as many at a time as it takes. A run that is late, doubled or skipped for a day leads to the same end.
"""

from datetime import datetime, timedelta

from lyceum.kit import clock
from lyceum.kit.consumers.outbox import send
from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import DueParts
from lyceum.model.exams.sessions import ExamSession
from lyceum.tasks.exams import SweepPart

from functions.exams.marking import deadlines
from functions.exams.papers import spreading

jobs = Jobs("exams")
handler = jobs.handler


@jobs.in_every_span("rate(1 minute)", timedelta(minutes=1))
def sweep(minute: datetime) -> None:
    """Process what is due in a minute: a few sessions here, many by handing them on to workers in batches."""
    after = None
    while True:
        found = find(ExamSession, index="gsi1", due_minute=schedules.bucket(minute), after=after)
        if len(found.items) > deadlines.BATCH:
            _hand_on([session.exam_id for session in found.items])
        else:
            for session in found.items:
                deadlines.process(session, clock.now())
        after = found.last_key
        if after is None:
            return


def _hand_on(exam_ids: list[str]) -> None:
    unit = Unit()
    deadlines.hand_on(exam_ids, unit)
    unit.commit()


@jobs.in_every_span("rate(1 minute)", timedelta(minutes=1))
def sweep_parts(minute: datetime) -> None:
    """Send a worker to each other part of a minute in which something is due: those of exams with very many candidates.

    Costs one storage request in a tenant that has no such exam.
    """
    spread = DueParts.fetch()
    unit = Unit()
    for name in spreading.names_of(schedules.bucket(minute), int(spread.parts) if spread else 1)[1:]:
        if find(ExamSession, index="gsi1", due_minute=name, limit=1).items:
            send(unit, SweepPart(due_minute=name))
    unit.commit()
