"""Documents that content of cmi5 keeps for a learner (xAPI 1.0.3, part three, 2.3 and 2.6)."""

import hashlib
import json
from typing import Any

from lyceum.kit.errors import Conflict, Forbidden, NotFound, PreconditionFailed, TooLarge, rule_violation
from lyceum.kit.http import exchange
from lyceum.kit.table import Unit, find, remove_many
from lyceum.model.integrations.packages import PackageDocument, PackageUnit

from functions.integrations.packages import cmi5, cmi5_launch
from functions.integrations.packages.play_sessions import PlaySession
from functions.integrations.packages.schemas import DocumentQuery, ProfileQuery

MOST_BYTES = 64 * 1024
MOST = 50
PREFERENCES = "cmi5LearnerPreferences"
_PROFILE = "profile"
_JSON = "application/json"


def read_state(query: DocumentQuery) -> str:
    """Return a document, or the ids of all; raises NotFound, Forbidden (1 storage request)."""
    with cmi5.speaker() as sitting:
        _check(sitting, query)
        if query.state_id is None:
            rows = [each for each in _all(sitting) if each.name.startswith(_place(sitting))]
            return json.dumps([each.label for each in rows])
        if query.state_id == cmi5_launch.LAUNCH_DATA:
            unit = PackageUnit.require(
                user_id=sitting.user_id, registration_id=sitting.registration_id, number=sitting.number
            )
            return _told(json.dumps(cmi5_launch.launch_data(unit)), _JSON)
        return _shown(PackageDocument.fetch(user_id=sitting.user_id, name=_name(sitting, query.state_id)))


def write_state(query: DocumentQuery, *, is_merged: bool) -> str:
    """Keep a document, with `is_merged` its new fields beside the old ones; raises Forbidden, TooLarge."""
    with cmi5.speaker() as sitting:
        _check(sitting, query)
        if query.state_id in {None, cmi5_launch.LAUNCH_DATA}:
            raise Forbidden("The platform alone writes this document.")
        _write(sitting, _name(sitting, str(query.state_id)), str(query.state_id), is_merged=is_merged)
    return ""


def forget_state(query: DocumentQuery) -> str:
    """Forget a document, or all of the unit."""
    with cmi5.speaker() as sitting:
        _check(sitting, query)
        if query.state_id is None:
            remove_many([each for each in _all(sitting) if each.name.startswith(_place(sitting))])
        else:
            Unit().remove(PackageDocument.at(user_id=sitting.user_id, name=_name(sitting, query.state_id))).commit()
    return ""


def read_profile(query: ProfileQuery) -> str:
    """Return a document of the learner; what the learner prefers is there from the beginning (cmi5, 11)."""
    with cmi5.speaker() as sitting:
        _check_agent(sitting, query.agent)
        found = PackageDocument.fetch(user_id=sitting.user_id, name=_named(_PROFILE, query.profile_id))
        if found is None and query.profile_id == PREFERENCES:
            return _told(json.dumps({"languagePreference": "en", "audioPreference": "on"}), _JSON)
        return _shown(found)


def write_profile(query: ProfileQuery, *, is_merged: bool) -> str:
    """Keep a document of the learner; raises Forbidden, TooLarge, PreconditionFailed."""
    with cmi5.speaker() as sitting:
        _check_agent(sitting, query.agent)
        _write(sitting, _named(_PROFILE, query.profile_id), query.profile_id, is_merged=is_merged)
    return ""


def _check(sitting: PlaySession, query: DocumentQuery) -> None:
    _check_agent(sitting, query.agent)
    if query.activity_id != cmi5_launch.activity_id(sitting) or query.registration != sitting.registration_id:
        raise Forbidden("A unit has documents of its own activity and registration alone.")


def _check_agent(sitting: PlaySession, agent: str) -> None:
    try:
        named = json.loads(agent)["account"]["name"]
    except (ValueError, TypeError, KeyError, RecursionError):
        named = None
    if named != sitting.user_id:
        raise Forbidden("A unit has documents of its own learner alone.")


def _place(sitting: PlaySession) -> str:
    return f"{sitting.registration_id}#{sitting.number:03d}#"


def _name(sitting: PlaySession, label: str) -> str:
    return _named(_place(sitting).rstrip("#"), label)


def _named(place: str, label: str) -> str:
    return f"{place}#{hashlib.sha256(label.encode()).hexdigest()[:32]}"


def _all(sitting: PlaySession) -> list[PackageDocument]:
    return find(PackageDocument, user_id=sitting.user_id, limit=MOST * 4).items


def _shown(found: PackageDocument | None) -> str:
    if found is None:
        raise NotFound("There is no such document.")
    return _told(str(found.content), found.content_type)


def _told(content: str, content_type: str) -> str:
    answer = exchange.current().answer
    answer.headers |= {"Content-Type": content_type, "ETag": f'"{_digest(content)}"'}
    return content


def _digest(content: str) -> str:
    return hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()


def _write(sitting: PlaySession, name: str, label: str, *, is_merged: bool) -> None:
    asked = exchange.current()
    body, kind = asked.body, asked.headers.get("content-type", "application/octet-stream")[:100]
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A document has {MOST_BYTES} bytes at most.")
    at: dict[str, Any] = {"user_id": sitting.user_id, "name": name}
    known = PackageDocument.fetch(**at, consistent=True)
    _check_matches(asked.headers, known)
    if known is None and len(_all(sitting)) >= MOST * 4:
        raise rule_violation("TOO_MANY_DOCUMENTS", f"A learner has {MOST * 4} documents at most.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise rule_violation("TEXTS_ALONE", "Documents are texts.") from None
    document = known or PackageDocument(**at, label=label)
    if is_merged and known is not None:
        text = _merged(str(known.content), text)
    document.content, document.content_type = text, kind
    Unit().save(document).commit()


def _check_matches(headers: dict[str, str], known: PackageDocument | None) -> None:
    """Hold to what the writer saw (part three, 3.1)."""
    tag = f'"{_digest(str(known.content))}"' if known else None
    wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
    if (wanted and wanted not in {"*", tag}) or (unwanted and tag and unwanted in {"*", tag}):
        raise PreconditionFailed("The document is another one than you saw.")


def _merged(old: str, new: str) -> str:
    """Put the fields of a JSON object beside those of another (part three, 2.2)."""
    try:
        both = json.loads(old), json.loads(new)
    except (ValueError, RecursionError):
        both = (None, None)
    if not all(isinstance(each, dict) for each in both):
        raise Conflict("Only objects of JSON are merged.", code="NOT_MERGEABLE")
    return json.dumps({**both[0], **both[1]})
