"""What a provider's account and the ledger say otherwise, as reports keep it."""

from typing import Any

from lyceum.model.payments.ledger import LedgerEntry
from lyceum.rules.providers.port import SettledLine


def difference(kind: str, line: SettledLine, here: int | None, reference: str = "") -> dict[str, Any]:
    """Write down a line of a provider and what is booked of it here (minor units; None for nothing)."""
    return {
        "kind": kind,
        "reference": reference or line.reference,
        "provider_id": line.provider_id,
        "there": line.amount,
        "here": here,
        "currency": line.currency,
    }


def not_there(reference: str, entry: LedgerEntry) -> dict[str, Any]:
    """Write down an entry of a charge or refund that a provider does not have."""
    leg = next(leg for leg in entry.legs if leg["account"].startswith("provider."))
    gross = sum(int(leg["amount"]) for leg in entry.legs if leg["account"] == "fees") + int(leg["amount"])
    return {"kind": "missing_there", "reference": reference, "here": abs(gross), "currency": leg["currency"]}
