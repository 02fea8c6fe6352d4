"""How a unit of cmi5 is launched: the parameters of its address, and the document that it reads first.

Source: cmi5 (Quartz), sections 8 and 10.
"""

import json
from typing import Any

from lyceum.kit.settings import settings
from lyceum.model.integrations.packages import PackageUnit

from functions.integrations.packages import play_sessions
from functions.integrations.packages.play_sessions import PlaySession
from functions.integrations.statements import actors

SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVES_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
LAUNCH_DATA = "LMS.LaunchData"


def activity_id(sitting: PlaySession) -> str:
    """Name a unit as an activity of this deployment; the package's own id stands in the context."""
    return f"{settings().api_url}/xapi/activities/{sitting.content_id}/{sitting.number}"


def parameters(sitting: PlaySession, ticket: str) -> dict[str, str]:
    """Return what a launch adds to a unit's address (8.1)."""
    base = play_sessions.base()
    return {
        "endpoint": f"{base}/xapi/cmi5/",
        "fetch": f"{base}/xapi/cmi5/fetch/{ticket}",
        "actor": json.dumps(actors.agent(sitting.user_id), separators=(",", ":")),
        "registration": sitting.registration_id,
        "activityId": activity_id(sitting),
    }


def context_of(unit: PackageUnit) -> dict[str, Any]:
    """Return the context that every statement of a sitting begins from (10.2.1)."""
    return {
        "contextActivities": {"grouping": [{"objectType": "Activity", "id": unit.unit["unit_id"]}]},
        "extensions": {SESSION: unit.session_id},
    }


def launch_data(unit: PackageUnit) -> dict[str, Any]:
    """Return the document that a unit reads before anything else (10.2)."""
    told = {
        "contextTemplate": context_of(unit),
        "launchMode": "Normal",
        "launchParameters": unit.unit["parameters"],
        "moveOn": unit.unit["moves_on"],
    }
    if unit.unit["mastery"] is not None:
        told["masteryScore"] = float(unit.unit["mastery"])
    if unit.unit["entitlement"]:
        told["entitlementKey"] = {"courseStructure": unit.unit["entitlement"]}
    return told
