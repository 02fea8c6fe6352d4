"""Tenants that jobs visit, and how far each schedule is. Both lists belong to the main tenant; no other holds one."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Tenant(Entity, discriminator="tenant"):
    """A tenant in which something may be due; `created_at` is the earliest moment at which anything could be."""

    keys = Keys("TENANT#all", "{tenant_name}")
    noun = "tenant"

    tenant_name = UnicodeAttribute()


class ScheduleMark(Entity, discriminator="schedule_mark"):
    """The beginning of the last span of time that a schedule has done for good in a tenant."""

    keys = Keys("MARK#{schedule}", "{tenant_name}")
    noun = "schedule mark"

    schedule = UnicodeAttribute()
    tenant_name = UnicodeAttribute()
    done = Moment()
