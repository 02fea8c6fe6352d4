"""What follows for organisations: long jobs that move them, demonstration content, and keys that end with rights."""

from lyceum.events.users import UserActivated, UserDeleted, UserErased, UserRoleChanged, UserSuspended
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.long_jobs.worker import Progress, long_job
from lyceum.kit.table import Unit
from lyceum.tasks.organizations import DeleteOrganization, ExportOrganization, ImportOrganization, LoadDemoContent

from functions.organizations import demo_content
from functions.organizations.keys import api_keys
from functions.organizations.moving import departing, packing, unpacking

consumer = Consumer("organizations-events")
handler = consumer.handler


@long_job(consumer, ExportOrganization)
def pack(task: ExportOrganization, unit: Unit) -> Progress:
    """Pack a page of an organisation."""
    return packing.do_page(task, unit)


@long_job(consumer, ImportOrganization)
def unpack(task: ImportOrganization, unit: Unit) -> Progress:
    """Write a page of an organisation from its capsule."""
    return unpacking.do_page(task, unit)


@long_job(consumer, DeleteOrganization)
def remove(task: DeleteOrganization, unit: Unit) -> Progress:
    """Remove a page of an organisation."""
    return departing.do_page(task, unit)


@consumer.on(LoadDemoContent)
def load_demo(_task: LoadDemoContent, _unit: Unit) -> None:
    """Put the demonstration course into the tenant."""
    demo_content.load()


@consumer.on(UserRoleChanged)
@consumer.on(UserSuspended)
@consumer.on(UserActivated)
@consumer.on(UserDeleted)
@consumer.on(UserErased)
def follow_owner(event: UserRoleChanged | UserSuspended | UserActivated | UserDeleted | UserErased, unit: Unit) -> None:
    """Let the keys of a user end with the user's rights, or go on with those that are left."""
    api_keys.follow_owner(unit, event.user_id)
