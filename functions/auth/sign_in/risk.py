"""How unlike its user's others a sign-in looks."""

from collections.abc import Sequence

from lyceum.model.auth import Device

from functions.auth.client_context import ClientContext

NOTICE_FROM = 40
CHALLENGE_FROM = 70
_WEIGHTS = {"new_device": 40, "new_network": 30, "new_country": 30, "failures_before": 30}
_MANY_FAILURES = 3


def reasons(client: ClientContext, devices: Sequence[Device], failures: int) -> list[str]:
    """Return what is unusual about a sign-in; nothing is at the first one, and little on a device that is known.

    `devices` are those that the user signed in on before, `failures` the failed tries just before this one.
    """
    if not devices:
        return []
    seen = {
        "new_device": all(device.token_hash != client.device_hash for device in devices),
        "new_network": all(device.network != client.network for device in devices),
        "new_country": client.country is not None
        and all(device.country not in {client.country, None} for device in devices),
        "failures_before": failures >= _MANY_FAILURES,
    }
    return [name for name, is_so in seen.items() if is_so]


def score(found: Sequence[str]) -> int:
    """Add up the weights: from 40 on the user is told, from 70 on a code is asked for."""
    return sum(_WEIGHTS[name] for name in found)
