"""The platform as its status page shows it, and the schedules that people made."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class UptimeDay(Entity, discriminator="uptime_day"):
    """How the checks of one day (UTC) went, a minute each; kept for 400 days.

    - `components`: by name: `checked` minutes, of which `down` and `degraded`; the last `minute`, its `state`;
      `spans` of trouble as [first minute, last minute, state].
    """

    keys = Keys("UPTIME#all", "{day}")
    noun = "day"

    day = UnicodeAttribute()
    components: Any = JSONAttribute(default=dict)


class PlatformIncident(Entity, discriminator="platform_incident"):
    """Something that went wrong, as people are told of it on the status page.

    - `impact`: none, minor, major or critical.
    - `state`: investigating, identified, monitoring or resolved.
    - `components`: names of what is concerned.
    - `updates`: what was told when, the newest first: `at`, `state`, `message`.
    """

    keys = Keys("PLATFORMINCIDENT#all", "{incident_id}")
    noun = "incident"

    incident_id = UnicodeAttribute()
    title = UnicodeAttribute()
    impact = UnicodeAttribute()
    state = UnicodeAttribute()
    components: Any = JSONAttribute(default=list)
    updates: Any = JSONAttribute(default=list)
    started_at = Moment()
    resolved_at = Moment(null=True)


class Region(Entity, discriminator="region"):
    """Another deployment of the product, whose health is asked each minute; the list belongs to the main tenant.

    - `state`: up, degraded, down or unknown, as it was last found.
    - `results`: of the last hour, the newest first: [milliseconds or None, state].
    """

    keys = Keys("REGION#all", "{region}")
    noun = "region"

    region = UnicodeAttribute()
    title = UnicodeAttribute()
    url = UnicodeAttribute()
    state = UnicodeAttribute(default="unknown")
    checked_at = Moment(null=True)
    results: Any = JSONAttribute(default=list)


class OwnSchedule(Entity, discriminator="own_schedule"):
    """A run of a job that somebody asked for: once at a time, or by cron (as EventBridge Scheduler writes it).

    - `job`: domain and name, such as `notifications.expire_plans`.
    - `schedule_name`: what it is called there.
    - `owner_id`: who made it.
    """

    keys = Keys("OWNSCHEDULE#all", "{schedule_id}")
    noun = "scheduled job"

    schedule_id = UnicodeAttribute()
    job = UnicodeAttribute()
    expression = UnicodeAttribute()
    time_zone = UnicodeAttribute(default="UTC")
    is_paused = BooleanAttribute(default=False)
    schedule_name = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
