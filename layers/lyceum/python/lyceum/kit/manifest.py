"""What a domain's `lambdas.py` says: a row a Lambda: trigger, entities read and written, permissions, size.

Nothing is said twice: routes come from the door's `api`, events and tasks from its `consumer`, times from its `jobs`.
"""

from dataclasses import replace
from math import ceil
from typing import Literal, Self

from lyceum.kit.frozen import frozen
from lyceum.kit.table.entity import Entity
from lyceum.kit.table.keys import Index

SOCKET_STAGE = "live"
"""The one stage of the WebSocket API."""
SNAPSHOT_STORAGE_MB = 512
"""The most room on disk of functions that start from a snapshot."""


@frozen
class Http:
    """Called by the HTTP gateway for the routes that the module's `api` declares.

    It knows the public half of the signing keys where one of them asks who calls.

    Attributes:
        answers_the_rest: Whether it is also called for every path that no route declares; one function is.
    """

    answers_the_rest: bool = False


@frozen
class Stream:
    """Called with the changes of the table, in order, by its stream."""

    batch_size: int = 100


@frozen
class Queue:
    """Called with messages of its own queue: the events and tasks that the module's `consumer` names.

    Attributes:
        objects: Prefix of the deployment's bucket; new objects below it fill the queue, and nothing else does.
        batch_size: Most messages of one call.
        window_seconds: How long a batch may wait to be filled.
        concurrency: Most calls at once, at least 2; None for as many as it takes.
        a_call_sends: Of a worker that sends mails, how many a second one call at a time has time for; where a stage may
            send more, as many more work at once.
    """

    objects: str = ""
    batch_size: int = 10
    window_seconds: int = 0
    concurrency: int | None = None
    a_call_sends: int = 0

    def most_calls(self, mails_per_second: float) -> int | None:
        """Return how many calls there may be at once in a stage that may send so many mails in a second."""
        if not self.a_call_sends or self.concurrency is None:
            return self.concurrency
        return max(self.concurrency, ceil(mails_per_second / self.a_call_sends))


@frozen
class Schedule:
    """Called by EventBridge Scheduler when a job of the module's `jobs` is due; the input names the job."""


@frozen
class SocketAuthorizer:
    """Called by the WebSocket gateway before each connection."""


@frozen
class WebSocket:
    """Called by the WebSocket gateway when a connection opens and closes, and with each of its messages."""


Trigger = Http | Stream | Queue | Schedule | SocketAuthorizer | WebSocket


@frozen
class Sign:
    """May sign with the deployment's key."""


@frozen
class SignAudits:
    """May sign statements: the roots of audited days, capsules and receipts of tenants. Their key signs no tokens."""


@frozen
class VerifyAudits:
    """May verify signed statements: it knows the public half of their key."""


@frozen
class SignCredentials:
    """May sign certificates: credentials and the lists of those that hold no longer. Their key signs nothing else."""


@frozen
class VerifyCredentials:
    """May know the public half of the key of certificates."""


@frozen
class SendMail:
    """May send mail from the deployment's address."""


@frozen
class SendText:
    """May send text messages to phones, and publish to no topic."""


@frozen
class PushToApps:
    """May push to apps through the platform applications that the stage names, if any."""


@frozen
class PostToSockets:
    """May post to open WebSocket connections and close them."""


@frozen
class NameSockets:
    """May say where WebSocket connections are opened: it knows the address, and posts to none."""


@frozen
class Links:
    """May make links that lead back to the HTTP API: it knows the API's address and the secret that signs them."""


@frozen
class IdentitySecret:
    """May read the secret behind refresh tokens, one-time codes and second factors, in place of the one of all APIs."""


@frozen
class PutEvents:
    """May publish on the deployment's event bus."""


@frozen
class SendTasks:
    """May put tasks into the queues of the workers whose consumers name one."""


@frozen
class Bucket:
    """May do `actions` with the objects below a prefix of the deployment's bucket.

    With `parts`, those of an unfinished multipart upload are listed and dropped. With `miss`, an object that is not
    there is told apart from one that may not be read (S3 asks for ListBucket). With `lock`, what is written can be kept
    from everybody's removal for a time.
    """

    prefix: str
    actions: tuple[Literal["read", "write", "delete", "parts", "miss", "lock"], ...]


@frozen
class MalwareScan:
    """Is told whether the cloud's own malware scan looks at each file, and waits for its word."""


@frozen
class ReadBackups:
    """May ask how old the newest state is to which the table can be restored; it shows no item."""


@frozen
class EdgeKey:
    """May read the private key by which links of the content network are signed, where there is one."""


@frozen
class SearchCollection:
    """May ask and fill the stage's OpenSearch Serverless collection, where it names one."""


@frozen
class DescribeTable:
    """May ask how large the table is; it shows no item."""


@frozen
class OperateQueues:
    """May look at every queue, and move what lies among the dead letters back to the workers."""


@frozen
class ScheduleJobs:
    """May run the jobs of every domain, at once or by schedules of its own."""


@frozen
class MoveTenants:
    """May look through the whole table, and write and remove items of every family: it packs and moves tenants."""


@frozen
class CallWebhooks:
    """May call addresses that tenants give; in a local stack those of this machine too."""


@frozen
class EndCopies:
    """May let the content network before the API forget its copies, and ask whether that is done."""


@frozen
class CallOwnApi:
    """May send requests to this deployment's own API, in a local stack on this machine."""


@frozen
class CheckRegions:
    """May ask other deployments for their health, and in a local stack its own."""


@frozen
class PaymentProviders:
    """May read the keys of payment providers, and calls these."""


@frozen
class AskModels:
    """May ask the language model that the stage names, if any."""


@frozen
class Listen:
    """May have recordings of the bucket written down as words, by jobs of the stage's name."""


Permission = (
    AskModels
    | Listen
    | Sign
    | SignAudits
    | VerifyAudits
    | SignCredentials
    | VerifyCredentials
    | SendMail
    | SendText
    | PushToApps
    | PostToSockets
    | NameSockets
    | Links
    | IdentitySecret
    | PutEvents
    | SendTasks
    | Bucket
    | MalwareScan
    | ReadBackups
    | EdgeKey
    | SearchCollection
    | DescribeTable
    | OperateQueues
    | ScheduleJobs
    | MoveTenants
    | CallOwnApi
    | EndCopies
    | CallWebhooks
    | CheckRegions
    | PaymentProviders
)


@frozen
class Function:
    """One Lambda: the module it enters by and everything that is particular about it.

    Attributes:
        entry: The module below the domain's folder, such as `http.delivery`; in a collected row, its importable name.
        reads: Entities, each for its own key family alone, and beside them the indexes that are queried, such as
            `User.index("gsi1")`.
        writes: Entities; an index is written by writing its entity.
        storage_mb: Room on disk.
        layers: Dependency groups beside `runtime`, which every function has.
        goes_with: What a stage must have so that it has the function: the content network before the API, or nothing.
    """

    entry: str
    trigger: Trigger
    reads: tuple[type[Entity] | Index, ...] = ()
    writes: tuple[type[Entity], ...] = ()
    permissions: tuple[Permission, ...] = ()
    memory_mb: int = 512
    timeout_seconds: int = 10
    storage_mb: int = SNAPSHOT_STORAGE_MB
    layers: tuple[str, ...] = ()
    goes_with: Literal["", "api_edge"] = ""

    def within(self, domain: str) -> Self:
        """Return the row with the importable name of its entry."""
        return replace(self, entry=f"functions.{domain}.{self.entry}")

    @property
    def domain(self) -> str:
        """The domain folder that the code of a collected row is in."""
        return self.entry.split(".")[1]

    @property
    def name(self) -> str:
        """The short name of a collected row: `auth` for `functions.auth.http`, else such as `exams-delivery`."""
        module = self.entry.rpartition(".")[2]
        return self.domain if module == "http" else f"{self.domain}-{module.replace('_', '-')}"

    @property
    def can_have_snapshot(self) -> bool:
        """Whether it can start from a snapshot in AWS, which functions with more room on disk can not."""
        return self.storage_mb <= SNAPSHOT_STORAGE_MB

    @property
    def is_http(self) -> bool:
        """Whether the gateway sends requests to it."""
        return isinstance(self.trigger, Http)

    def may(self, *kinds: type[Permission]) -> bool:
        """Whether the row grants a permission of one of these kinds."""
        return any(isinstance(permission, kinds) for permission in self.permissions)
