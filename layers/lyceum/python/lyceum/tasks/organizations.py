"""`organizations.export`, `organizations.import`, `organizations.delete` and `organizations.load_demo`."""

from typing import ClassVar

from lyceum.kit.event import Task
from lyceum.kit.long_jobs.task import JobTask


class ExportOrganization(JobTask):
    """Pack some items of an organisation, then some of its files."""

    name: ClassVar[str] = "organizations.export"
    worker: ClassVar[str] = "organizations-events"
    organization_id: str
    capsule_id: str


class ImportOrganization(JobTask):
    """Write a part of a capsule into an organisation that was made for it, then some of its files."""

    name: ClassVar[str] = "organizations.import"
    worker: ClassVar[str] = "organizations-events"
    organization_id: str
    folder: str
    signer: str = ""


class DeleteOrganization(JobTask):
    """Remove some items of an organisation, then some of its files."""

    name: ClassVar[str] = "organizations.delete"
    worker: ClassVar[str] = "organizations-events"
    organization_id: str


class LoadDemoContent(Task):
    """Put a small course to look at into the tenant."""

    name: ClassVar[str] = "organizations.load_demo"
    worker: ClassVar[str] = "organizations-events"
