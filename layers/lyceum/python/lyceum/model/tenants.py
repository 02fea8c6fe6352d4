"""Tenants that schedules have to visit. The list belongs to the main tenant; no other holds one."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.table.entity import Entity, Keys


class Tenant(Entity, discriminator="tenant"):
    """A tenant in which something may be due; `created_at` is the earliest moment at which anything could be."""

    keys = Keys("TENANT#all", "{tenant_name}")
    noun = "tenant"

    tenant_name = UnicodeAttribute()
