"""How far each schedule is in each tenant. The list belongs to the main tenant."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class ScheduleMark(Entity, discriminator="schedule_mark"):
    """The beginning of the last span of time that a schedule has done for good in a tenant."""

    keys = Keys("MARK#{schedule}", "{tenant_name}")
    noun = "schedule mark"

    schedule = UnicodeAttribute()
    tenant_name = UnicodeAttribute()
    done = Moment()
