"""`code.send`."""

from typing import ClassVar, Literal

from lyceum.kit.event import Task


class SendCode(Task):
    """Send the one-time code that was asked for with a sign-in name, or that a sign-in of a user waits for."""

    name: ClassVar[str] = "code.send"
    worker: ClassVar[str] = "auth-events"
    purpose: Literal["verify", "reset", "sign_in", "second_step"]
    identifier: str | None = None
    user_id: str | None = None
    challenge_id: str | None = None
