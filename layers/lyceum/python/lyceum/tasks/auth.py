"""`code.send`, `undo_link.send`, `secrets.erase`, `app_grants.revoke`."""

from datetime import datetime
from typing import ClassVar, Literal

from lyceum.kit.event import PagedTask, Task


class SendCode(Task):
    """Send the one-time code that was asked for with a sign-in name, or that a sign-in of a user waits for.

    - `requester`: the hashed range of addresses that asked for it; others have tries of their own.
    - `channel`: email or sms, where the code is to go one way and no other.
    """

    name: ClassVar[str] = "code.send"
    worker: ClassVar[str] = "auth-events"
    purpose: Literal["verify", "reset", "sign_in", "second_step", "second_factor"]
    identifier: str | None = None
    user_id: str | None = None
    challenge_id: str | None = None
    requester: str | None = None
    channel: Literal["email", "sms"] | None = None


class SendUndoLink(Task):
    """Tell an address from before a change of credentials of it, with the link that undoes it."""

    name: ClassVar[str] = "undo_link.send"
    worker: ClassVar[str] = "auth-events"
    user_id: str
    undo_id: str


class EraseSecrets(Task):
    """Remove everything secret of an account that was erased."""

    name: ClassVar[str] = "secrets.erase"
    worker: ClassVar[str] = "auth-events"
    user_id: str


class RevokeAppGrants(PagedTask):
    """Remove what people let an app do before a moment, a page of one of its shards a task."""

    name: ClassVar[str] = "app_grants.revoke"
    worker: ClassVar[str] = "auth-events"
    client_id: str
    shard: int
    before: datetime
