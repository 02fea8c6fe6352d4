"""The keys of payment providers, from the one secret that an operator makes; without it no provider is set up."""

import json
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

_KEPT = timedelta(minutes=1)
"""So soon a changed key is used."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class PaystackKeys(_Part):
    """`secretKey` signs calls and webhooks."""

    secret_key: str = Field(repr=False)
    base_url: str = "https://api.paystack.co"


class FlutterwaveKeys(_Part):
    """`clientId` and `clientSecret` get tokens, `secretHash` signs webhooks."""

    client_id: str
    client_secret: str = Field(repr=False)
    secret_hash: str = Field(repr=False)
    base_url: str = "https://f4bexperience.flutterwave.com"
    token_url: str = "https://idp.flutterwave.com/realms/flutterwave/protocol/openid-connect/token"  # noqa: S105 - an address


class StripeKeys(_Part):
    """`secretKey` signs calls, each of `webhookSecrets` webhooks: two while one takes the other's place."""

    secret_key: str = Field(repr=False)
    webhook_secrets: list[str] = Field(repr=False)
    base_url: str = "https://api.stripe.com"


class ProviderKeys(_Part):
    """Which providers are set up, and by what."""

    paystack: PaystackKeys | None = None
    flutterwave: FlutterwaveKeys | None = None
    stripe: StripeKeys | None = None

    @property
    def names(self) -> list[str]:
        """The providers that are set up."""
        return [name for name in type(self).model_fields if getattr(self, name) is not None]


class WrongKeys(RuntimeError):
    """The secret is not what it has to be; the message names fields and shows nothing of it."""


_known: tuple[datetime, ProviderKeys] | None = None


def provider_keys() -> ProviderKeys:
    """Return the keys, read anew each minute; raises WrongKeys."""
    global _known
    now = clock.now()
    if _known is None or not timedelta(0) <= now - _known[0] < _KEPT:
        _known = (now, _read())
    return _known[1]


def _read() -> ProviderKeys:
    name = settings().payment_secret
    if not name:
        return ProviderKeys()
    try:
        text = clients.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    except Exception as error:
        if clients.error_code(error) == "ResourceNotFoundException":
            return ProviderKeys()
        raise
    return parse(text)


def parse(text: str) -> ProviderKeys:
    """Read the secret; raises WrongKeys."""
    try:
        given: Any = json.loads(text)
        return ProviderKeys.model_validate(given)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        raise WrongKeys(f"the secret of payment providers is wrong at {wrong}") from None
    except ValueError:
        raise WrongKeys("the secret of payment providers is no JSON") from None
