"""Events of devices that work without a line."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class SyncAdvanced(Event):
    """Operations that a device did without a line are being settled, or are as far as they go for now.

    - `state`: `syncing`, `done`, or `waiting` when some have to be sent again.
    - `settled`: how many of the `total` that were sent together.
    """

    name: ClassVar[str] = "sync.advanced"
    user_id: str
    device_id: str
    state: Literal["syncing", "done", "waiting"]
    settled: int
    total: int
