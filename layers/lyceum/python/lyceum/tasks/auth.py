"""`code.send`."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class SendCode(Event):
    """Somebody asked for a one-time code for a sign-in name, or a sign-in of a user waits for one."""

    name: ClassVar[str] = "code.requested"
    purpose: Literal["verify", "reset", "sign_in", "second_step"]
    identifier: str | None = None
    user_id: str | None = None
    challenge_id: str | None = None
