"""AWS in process: moto holds the table, bucket, bus, signing key and secret that the product expects."""

import io
import itertools
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.session import get_session
from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.dynamodb.models import dynamodb_backends

from local import scripted_model
from lyceum.kit import context
from lyceum.kit.aws import clients as aws
from lyceum.kit.identity import tokens
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity
from lyceum.rules.stream.new_messages import shown_by
from lyceum.rules.stream.saved_answers import saves_of
from tests.support import tenancy
from tests.support.storage import quick_storage, unwired_storage

_numbers = itertools.count(1)
ACCOUNT = "123456789012"
REGION = "eu-west-1"
INDEX_NAMES = ("GSI1", "GSI2")


@dataclass
class Cloud:
    """The emulated services and what was put into them."""

    dynamodb: Any
    s3: Any
    events: Any
    tenants: list[str] = field(default_factory=list)
    known: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @contextmanager
    def new_tenant(self) -> Iterator[str]:
        """Open a tenant that nobody used before and work inside it."""
        name = f"t{next(_numbers)}"
        self.tenants.append(name)
        with tenancy.existing(name), context.working(context.RequestContext(tenant=name, actor="test")):
            yield name
        forget_items(f"{name}|")
        forget_items("main|")  # what schedules kept about the tenant
        tenancy.begin_now()  # those around it are there still

    def items(self, tenant: str) -> list[dict[str, Any]]:
        """Read everything that a tenant stored."""
        partitions = [each for key, each in _table().items.items() if key.value.startswith(f"{tenant}|")]
        return [item.to_json()["Attributes"] for partition in partitions for item in partition.values()]

    def outbox(self, tenant: str) -> list[dict[str, Any]]:
        """Return the messages that a tenant's items leave as they stand, as EventBridge would hand them on."""
        from functions.outbox.stream import Parcel, unpack

        records = [{"dynamodb": {"Keys": {}, "NewImage": item}} for item in self.items(tenant)]
        parcels = [parcel for record in records for parcel in unpack(record)]
        parcels += [Parcel.of(task) for record in records for task in (*saves_of(record), shown_by(record)) if task]
        return [{"Source": "lyceum", "DetailType": parcel.name, "Detail": parcel.detail} for parcel in parcels]

    def published(self, tenant: str) -> list[dict[str, Any]]:
        """Return every message that a look at a tenant's items ever found.

        A queue keeps what a later write takes off its item.
        """
        known = self.known.setdefault(tenant, {})
        known |= {entry["Detail"]: entry for entry in self.outbox(tenant)}
        return list(known.values())


def unwired() -> AbstractContextManager[None]:
    """Let storage be asked without a wire, where very many requests are made."""
    return unwired_storage(ACCOUNT, REGION)


@contextmanager
def cloud_in_process() -> Iterator[Cloud]:
    """Start the emulated services and forget every client made before."""
    with mock_aws(), quick_storage():
        session = get_session()
        clients = {
            name: session.create_client(name)
            for name in ("dynamodb", "s3", "events", "kms", "secretsmanager", "sesv2", "sqs")
        }
        key = clients["kms"].create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        audits = clients["kms"].create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        secret = clients["secretsmanager"].create_secret(Name="lyceum-test", SecretString="for tests only")
        os.environ["LYCEUM_SIGNING_KEY"] = key["KeyMetadata"]["Arn"]
        os.environ["LYCEUM_AUDIT_KEY"] = audits["KeyMetadata"]["Arn"]
        os.environ["LYCEUM_SECRET"] = secret["ARN"]
        forget_clients()
        language_model = aws.client("bedrock-runtime").meta.events
        language_model.unregister("before-send", botocore_stubber)  # it has no Converse
        language_model.register("before-send", _ask_scripted_model)
        _create_table(clients["dynamodb"])
        clients["s3"].create_bucket(
            Bucket=settings().bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        clients["events"].create_event_bus(Name=settings().bus)
        clients["sesv2"].create_email_identity(EmailIdentity=settings().mail_from)
        yield Cloud(clients["dynamodb"], clients["s3"], clients["events"])


def forget_items(prefix: str) -> None:
    """Drop the partitions that start so: the emulator looks at every item of the table in each query of an index."""
    table = _table()
    for key in [key for key in table.items if key.value.startswith(prefix)]:
        del table.items[key]


def _table() -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables[settings().table]


def forget_clients() -> None:
    """Drop everything that a process keeps between requests."""
    settings.cache_clear()
    aws.client.cache_clear()
    aws.secret_text.cache_clear()
    aws.sockets.cache_clear()
    tokens.forget()
    Entity._connection = None


def _create_table(dynamodb: Any) -> None:
    names = ["PK", "SK", *(f"{index}{part}" for index in INDEX_NAMES for part in ("PK", "SK"))]
    dynamodb.create_table(
        TableName=settings().table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_key_schema("PK", "SK"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _key_schema(f"{index}PK", f"{index}SK"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in INDEX_NAMES
        ],
    )


def _key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


class _Raw(io.BytesIO):
    """A body as it comes from the network."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the body in one piece."""
        yield self.read()


def _ask_scripted_model(request: AWSRequest, **_: Any) -> AWSResponse:
    """Answer in the place of Bedrock; signing and parsing stay the client's own."""
    try:
        body = scripted_model.converse(json.loads(request.body))
    except scripted_model.Down:
        headers = {"x-amzn-ErrorType": "ServiceUnavailableException"}
        return AWSResponse(request.url, 503, headers, _Raw(b"{}"))
    is_written = str(request.url).endswith("/converse-stream")
    return AWSResponse(request.url, 200, {}, _Raw(_in_parts(body) if is_written else json.dumps(body).encode()))


def _in_parts(body: dict[str, Any]) -> bytes:
    """Write an answer as a stream of events (vnd.amazon.eventstream), its tool call seven letters at a time."""
    use = body["output"]["message"]["content"][0]["toolUse"]
    text = json.dumps(use["input"])
    start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
    parts = [text[place : place + 7] for place in range(0, len(text), 7)]
    told = [{"contentBlockIndex": 0, "delta": {"toolUse": {"input": part}}} for part in parts]
    events = [("contentBlockStart", {"contentBlockIndex": 0, "start": start})]
    events += [("contentBlockDelta", each) for each in told]
    events += [("messageStop", {"stopReason": "tool_use"}), ("metadata", {"usage": body["usage"], "metrics": {}})]
    return b"".join(_event(name, each) for name, each in events)


def _event(name: str, payload: dict[str, Any]) -> bytes:
    headers = b""
    for key, value in ((":message-type", "event"), (":event-type", name), (":content-type", "application/json")):
        headers += bytes([len(key)]) + key.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
    content = json.dumps(payload).encode()
    prelude = (len(headers) + len(content) + 16).to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    whole = prelude + zlib.crc32(prelude).to_bytes(4, "big") + headers + content
    return whole + zlib.crc32(whole).to_bytes(4, "big")
