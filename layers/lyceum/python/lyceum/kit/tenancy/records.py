"""Which tenants there are. Both lists belong to the main tenant; a tenant's administrators change its own row alone."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class Tenant(Entity, discriminator="tenant"):
    """A tenant that was made; nothing in it is older than `created_at`.

    - `unknown_age`: what somebody counts as whose age is not known: `minor`, as in a school, or `adult`, as in a
      university.
    - `title`: what people call it.
    - `tier` and `state`: as its own `Organization` has them, for the list of all.
    - `minor_contacts`: with whom minors exchange messages: `staff` is teachers and assigned mentors alone, `classmates`
      is those of their courses too.
    """

    keys = Keys("TENANT#all", "{tenant_name}")
    noun = "tenant"

    tenant_name = UnicodeAttribute()
    unknown_age = UnicodeAttribute(default="minor")
    minor_contacts = UnicodeAttribute(default="classmates")
    title = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(default="startup")
    state = UnicodeAttribute(default="active")


class TenantHost(Entity, discriminator="tenant_host"):
    """A host of a tenant's own, beside the one below the deployment's domain."""

    keys = Keys("HOST#{host}", "HOST")
    noun = "host"

    host = UnicodeAttribute()
    tenant_name = UnicodeAttribute()
