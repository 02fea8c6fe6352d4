"""What callers send and get of the second factor, and of named ranges of addresses."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from lyceum.kit.http.schemas import Request, Schema
from lyceum.kit.values.text import Line

from functions.auth.schemas import OldPassword, SixDigits


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError("this is no range of addresses, such as 203.0.113.0/24") from None


class EnableTwoFactor(Request):
    """How the second step is to be done: by an authenticator, or by codes to the proven address or number."""

    method: Literal["totp", "email", "sms"] = "totp"


class AuthenticatorCode(Request):
    """Six digits of an authenticator, or of the message that was sent."""

    code: SixDigits


class TwoFactorOff(Request):
    """What it takes to switch the second factor off."""

    password: OldPassword
    code: Annotated[str, StringConstraints(min_length=6, max_length=20, strip_whitespace=True)]


class Enrolment(Schema):
    """What an authenticator needs, the picture being a QR code of the URI; of other methods a code is on its way."""

    method: Literal["totp", "email", "sms"]
    secret: str | None = None
    otpauth_uri: str | None = None
    qr_svg: str | None = None


class RecoveryCodes(Schema):
    """Codes for the day when the authenticator is lost, each good once; they are not shown again."""

    recovery_codes: list[str]


class NameRange(Request):
    """A range of addresses, such as `203.0.113.0/24`: 20 bits of IPv4 or 40 of IPv6 at least."""

    name: Line
    network: Annotated[str, StringConstraints(max_length=50, strip_whitespace=True), AfterValidator(_network)]


class RangeView(Schema):
    """A range of addresses from which failed sign-ins are not counted."""

    range_id: str
    name: str
    network: str
