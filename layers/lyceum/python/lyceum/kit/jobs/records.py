"""How far each schedule is in each tenant, and how each job ran lately. Both lists belong to the main tenant."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class ScheduleMark(Entity, discriminator="schedule_mark"):
    """The beginning of the last span of time that a schedule has done for good in a tenant."""

    keys = Keys("MARK#{schedule}", "{tenant_name}")
    noun = "schedule mark"

    schedule = UnicodeAttribute()
    tenant_name = UnicodeAttribute()
    done = Moment()


class JobState(Entity, discriminator="job_state"):
    """How a job of the product ran lately.

    - `job`: domain and name, such as `notifications.expire_plans`.
    - `times`: as it is declared.
    - `function`: the Lambda that runs it, by its short name.
    - `state`: done or failed, of the last run that ended.
    - `failures`: how many runs failed one after the other.
    - `results`: of the last ten runs, the newest first: when each began, its milliseconds, and the type of its failure.
    """

    keys = Keys("JOBSTATE#all", "{job}")
    noun = "job"

    job = UnicodeAttribute()
    times = UnicodeAttribute()
    function = UnicodeAttribute()
    state = UnicodeAttribute()
    ran_at = Moment()
    succeeded_at = Moment(null=True)
    failures = NumberAttribute(default=0)
    results: Any = JSONAttribute(default=list)
