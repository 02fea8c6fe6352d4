"""What a function is told by its environment, read once and checked at the first use."""

import os
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError


class Settings(BaseModel):
    """The environment of a function; each field is the variable `LYCEUM_<FIELD>`."""

    model_config = ConfigDict(frozen=True)

    stage: str = "dev"
    function: str = "lyceum"
    table: str = "lyceum"
    bus: str = "lyceum"
    bucket: str = "lyceum-files"
    signing_key: str = ""
    secret: str = ""
    parking_queue: str = ""
    malware_scan: bool = False
    edge_domain: str = ""
    edge_key_id: str = ""
    edge_secret: str = ""
    issuer: str = "https://lyceum.invalid"
    api_url: str = "https://lyceum.invalid"
    mail_from: str = "lyceum@example.com"
    appearance: str = ""
    domain: str = "localhost"
    access_token_seconds: int = 900
    refresh_token_seconds: int = 7 * 24 * 3600
    session_max_seconds: int = 90 * 24 * 3600
    country_header: str = ""
    sms_sender: str = ""
    sms_most_usd: str = "0.10"
    channels: str = "email,push"
    mail_set: str = ""
    fcm_application: str = ""
    apns_application: str = ""
    socket_api: str = ""
    phone_cooldown_hours: int = 72
    argon2_memory_kib: int = 19_456
    argon2_passes: int = 2
    free_exams_daily: int = 20
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
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = ", ".join(f"LYCEUM_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise InvalidSettings(wrong) from None
