"""The tasks of users: copying somebody's data, erasing an account, and resetting statistics of learning."""

from typing import ClassVar

from lyceum.kit.event import Task


class ExportPersonalData(Task):
    """Write everything about a person into one file."""

    name: ClassVar[str] = "personal_data.export"
    worker: ClassVar[str] = "users-personal-data"
    user_id: str
    request_id: str


class EraseAccount(Task):
    """Erase an account that was deleted for good, unless it is held; what stops half-way the daily job goes on with."""

    name: ClassVar[str] = "account.erase"
    worker: ClassVar[str] = "users-erasure"
    user_id: str
    day: str


class ResetStatistics(Task):
    """Remove what was counted of somebody's learning."""

    name: ClassVar[str] = "statistics.reset"
    worker: ClassVar[str] = "users-erasure"
    user_id: str
