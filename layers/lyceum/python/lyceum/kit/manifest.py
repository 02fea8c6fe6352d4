"""What a row of the function table says: trigger, key families, permissions, size."""

from dataclasses import dataclass
from typing import Literal

SOCKET_STAGE = "live"
"""The one stage of the WebSocket API."""
SNAPSHOT_STORAGE_MB = 512
"""The most room on disk of functions that start from a snapshot."""


@dataclass(frozen=True)
class Http:
    """Called by the HTTP gateway for the routes that the module's `api` declares."""


@dataclass(frozen=True)
class Authorizer:
    """Called by the gateway before each protected route."""


@dataclass(frozen=True)
class Stream:
    """Called with the changes of the table, in order, by its stream."""

    batch_size: int = 100


@dataclass(frozen=True)
class Queue:
    """Called with messages of its own queue, which a rule fills with domain events or with new objects of a prefix.

    With another `source` the events are those that a service of AWS puts on the account's default bus.
    """

    events: tuple[str, ...] = ()
    source: str = "lyceum"
    objects: str = ""
    batch_size: int = 10
    window_seconds: int = 0
    concurrency: int | None = None


@dataclass(frozen=True)
class Schedule:
    """Called on time by EventBridge Scheduler, as `rate(1 minute)` or `cron(0 3 * * ? *)` say, in UTC."""

    expression: str


@dataclass(frozen=True)
class SocketAuthorizer:
    """Called by the WebSocket gateway before each connection."""


@dataclass(frozen=True)
class WebSocket:
    """Called by the WebSocket gateway when a connection opens and closes, and with each of its messages."""


Trigger = Http | Authorizer | Stream | Queue | Schedule | SocketAuthorizer | WebSocket


@dataclass(frozen=True)
class Sign:
    """May sign with the deployment's key."""


@dataclass(frozen=True)
class PublicKey:
    """May read the public half of the signing key."""


@dataclass(frozen=True)
class SendMail:
    """May send mail from the deployment's address."""


@dataclass(frozen=True)
class SendText:
    """May send text messages to phones, and publish to no topic."""


@dataclass(frozen=True)
class PushToApps:
    """May push to apps through the platform applications that the stage names, if any."""


@dataclass(frozen=True)
class PostToSockets:
    """May post to open WebSocket connections and close them."""


@dataclass(frozen=True)
class Links:
    """May make links that lead back to the HTTP API: it knows the API's address and the secret that signs them."""


@dataclass(frozen=True)
class IdentitySecret:
    """May read the secret behind refresh tokens, one-time codes and second factors, in place of the one of all APIs."""


@dataclass(frozen=True)
class PutEvents:
    """May publish on the deployment's event bus."""


@dataclass(frozen=True)
class Bucket:
    """May do `actions` with the objects below a prefix of the deployment's bucket.

    With `parts`, those of an unfinished multipart upload are listed and dropped. With `miss`, an object that is not there is told apart from one that may not be read (S3 asks for ListBucket).
    """

    prefix: str
    actions: tuple[Literal["read", "write", "delete", "parts", "miss"], ...]


@dataclass(frozen=True)
class MalwareScan:
    """Is told whether the cloud's own malware scan looks at each file, and waits for its word."""


@dataclass(frozen=True)
class EdgeKey:
    """May read the private key by which links of the content network are signed, where there is one."""


Permission = (
    Sign
    | PublicKey
    | SendMail
    | SendText
    | PushToApps
    | PostToSockets
    | Links
    | IdentitySecret
    | PutEvents
    | Bucket
    | MalwareScan
    | EdgeKey
)


@dataclass(frozen=True)
class Function:
    """One Lambda: the module it enters by and everything that is particular about it."""

    entry: str
    trigger: Trigger
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    memory_mb: int = 512
    timeout_seconds: int = 10
    storage_mb: int = SNAPSHOT_STORAGE_MB
    layers: tuple[str, ...] = ()
    reserved_concurrency: int | None = None

    @property
    def domain(self) -> str:
        """The domain folder that the code is in."""
        return self.entry.split(".")[1]

    @property
    def name(self) -> str:
        """The short name: `exams` for `functions.exams.http.delivery`, `exams-sweep` for `functions.exams.jobs`."""
        module = self.entry.rpartition(".")[2]
        return self.domain if module in {"api", "http"} else f"{self.domain}-{module.replace('_', '-')}"

    @property
    def has_snapshot(self) -> bool:
        """Whether it starts from a snapshot in AWS, which functions with more room on disk can not."""
        return self.storage_mb <= SNAPSHOT_STORAGE_MB

    @property
    def is_http(self) -> bool:
        """Whether the gateway sends requests to it."""
        return isinstance(self.trigger, Http)

    def may(self, *kinds: type[Permission]) -> bool:
        """Whether the row grants a permission of one of these kinds."""
        return any(isinstance(permission, kinds) for permission in self.permissions)
