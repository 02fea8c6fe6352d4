"""Each hour: tells students that reviews wait, at their own study time."""

from datetime import datetime

from lyceum.kit.jobs import schedules
from lyceum.kit.jobs.jobs import Jobs
from lyceum.kit.table import batch_fetch, find
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User

from functions.study.reviews import reminders

jobs = Jobs("study")
handler = jobs.handler


@jobs.in_every_span("cron(5 * * * ? *)", reminders.HOUR)
def review_reminders(hour: datetime) -> None:
    """Attend to every reminder that is due in an hour."""
    after = None
    while True:
        due = find(Learner, index="gsi1", remind_bucket=schedules.bucket(hour), after=after)
        users = batch_fetch([User.at(user_id=learner.user_id) for learner in due.items])
        for learner, user in zip(due.items, users, strict=True):
            reminders.attend(learner, user if isinstance(user, User) else None, hour)
        after = due.last_key
        if after is None:
            return
