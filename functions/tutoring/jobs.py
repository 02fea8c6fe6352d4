"""Every five minutes: reminders, the ends of sessions, and recordings whose time is over."""

from datetime import datetime

from lyceum.kit import clock
from lyceum.kit.jobs.jobs import Jobs

from functions.tutoring.sessions import due, settling

jobs = Jobs("tutoring")
handler = jobs.handler


@jobs.in_every_span("rate(5 minutes)", due.SPAN)
def settle(span: datetime) -> None:
    """Do what is due for each session of a span; one whose minute has not come yet waits for the next run."""
    now = clock.now()
    for session in settling.due_in(span):
        if session.due_at is not None and session.due_at <= now:
            settling.step(session.session_id)
