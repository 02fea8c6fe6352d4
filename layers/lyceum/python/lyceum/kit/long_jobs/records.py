"""What is stored of a long job."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class LongJob(Entity, discriminator="long_job"):
    """A long job of one user, who alone sees its outcome; administrators see by the index that it runs.

    Attributes:
        type: The name of the task whose pages it consists of, such as `marks.export`.
        state: queued, running, done, failed or cancelled; the last three are its ends.
        total: How many things there are to do, where that is known.
        done: How many of them are done.
        failed: How many could not be done, which is no failure of the job.
        page: The number of the page that is to be done next, from 0.
        failures: How often that page has failed so far.
        result: Where the outcome is: a path of the API, or a key of the bucket.
        error_code: Why the job failed, for programs.
        error_message: Why the job failed, for people.
    """

    keys = Keys("LONGJOB#{owner_id}", "{job_id}", gsi1=Index("LONGJOBS#all", "{job_id}"))
    noun = "job"

    owner_id = UnicodeAttribute()
    job_id = UnicodeAttribute()
    type = UnicodeAttribute()
    state = UnicodeAttribute()
    total = NumberAttribute(null=True)
    done = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    page = NumberAttribute(default=0)
    failures = NumberAttribute(default=0)
    result = UnicodeAttribute(null=True)
    error_code = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)
    finished_at = Moment(null=True)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in {"queued", "running"}

    @classmethod
    def goes_on(cls) -> Condition:
        """Return the condition that a job has not ended."""
        return cls.state.is_in("queued", "running")
