"""Launches: begun by a platform, proven by its signature, ended with a ticket that begins a session.

No cookie is needed: the state is unguessable, stands in storage and is spent with the launch, and the nonce follows
from it. A person of a platform is an account of its own: an address that a platform tells opens nobody's account.
"""

import hashlib
import re
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from lyceum.kit import clock, ids
from lyceum.kit.errors import BadRequest, Forbidden, Unauthenticated
from lyceum.kit.identity import Role, sealing
from lyceum.kit.table import Unit
from lyceum.model.auth import LaunchTicket
from lyceum.model.integrations.launches import DeepLink, LaunchState, Platform, RosterLink, ScoreLink
from lyceum.model.users.account import User

from functions.integrations.launches import accounts, platforms, proving
from functions.integrations.launches.schemas import SCORE_SCOPE, LaunchClaims, LaunchSent, LoginBegun

_STATE_STANDS = timedelta(minutes=10)
_TICKET_STANDS = timedelta(minutes=2)
_LINK_STANDS = timedelta(hours=1)
_NONCE = "lti nonce"
_COURSE = re.compile(r"/courses/([0-9A-Z]{26})")


def begin(begun: LoginBegun, origin: str) -> str:
    """Return the address that the browser is sent to for the signed message (2 storage requests).

    Raises Unauthenticated for a platform that is not registered, BadRequest for a target that is not here.
    """
    if _path(begun.target_link_uri, origin) is None:
        raise BadRequest("The target is not an address of this tool.")
    platform = platforms.meant(begun.iss, begun.client_id)
    state = ids.new_secret()
    Unit().create(LaunchState(state=state, platform_id=platform.platform_id, ttl=_STATE_STANDS)).commit()
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": f"{platforms.api_at(origin)}/launch",
        "login_hint": begun.login_hint,
        "state": state,
        "nonce": sealing.mark(_NONCE, state),
        **({"lti_message_hint": begun.lti_message_hint} if begun.lti_message_hint else {}),
    }
    joint = "&" if "?" in platform.authorization_url else "?"
    return f"{platform.authorization_url}{joint}{urlencode(asked)}"


def finish(sent: LaunchSent, origin: str) -> str:
    """Take a launch and return where the browser goes on, with a ticket in the fragment.

    The state is spent with what the launch writes, so it can not be used twice. Raises Unauthenticated, Forbidden.
    """
    state = LaunchState.fetch(state=sent.state, consistent=True)
    over = Unauthenticated("This launch is over. Begin again on your platform.")
    if state is None or state.created_at is None or state.created_at < clock.now() - _STATE_STANDS:
        raise over
    platform = Platform.fetch(platform_id=state.platform_id)
    if platform is None:
        raise over
    claims = proving.claims_of(sent.id_token, platform, sealing.mark(_NONCE, sent.state))
    unit = Unit().remove(state, when=LaunchState.pk.exists(), refuse=over)
    user = accounts.known(platform.platform_id, claims.sub)
    if user is None:
        names = (claims.given_name, claims.family_name)
        user = accounts.make(unit, platform.platform_id, claims.sub, names, claims.roles)
    if user.status_at(clock.now()) != "active":
        raise Forbidden("This account is suspended.", code="ACCOUNT_SUSPENDED")
    after = _after(unit, platform, claims, user, origin)
    ticket = ids.new_secret()
    digest, ends = hashlib.sha256(ticket.encode()).hexdigest(), clock.now() + _TICKET_STANDS
    unit.create(LaunchTicket(digest=digest, user_id=user.user_id, expires_at=ends, ttl=ends)).commit()
    return f"{after}#{urlencode({'ticket': ticket})}"


def _path(address: str, origin: str) -> str | None:
    """Return the path of an address of this tool, None for another's."""
    parts = urlsplit(address)
    is_here = f"{parts.scheme}://{parts.netloc}".lower() == origin.lower()
    return parts.path or "/" if is_here else None


def _after(unit: Unit, platform: Platform, claims: LaunchClaims, user: User, origin: str) -> str:
    """Note what the launch is for, and return where it leads."""
    if claims.linking is not None:
        if user.role == Role.STUDENT.value:
            raise Forbidden("Teachers choose what a platform shows.")
        link = DeepLink(
            deep_link_id=ids.new_id(),
            user_id=user.user_id,
            platform_id=platform.platform_id,
            deployment_id=claims.deployment_id,
            return_url=claims.linking.deep_link_return_url,
            data=claims.linking.data,
            ttl=_LINK_STANDS,
        )
        unit.create(link)
        return f"{origin}/deep-links/{link.deep_link_id}"
    path = (_path(claims.target, origin) if claims.target else None) or "/"
    course = _COURSE.search(f"/courses/{claims.custom.get('course_id', '')}") or _COURSE.search(path)
    scores = claims.scores
    if course and scores and scores.lineitem and SCORE_SCOPE in scores.scope:
        _note_scores(unit, platform, claims, user, course[1], scores.lineitem)
    if course and claims.people and user.role != Role.STUDENT.value and accounts.is_teacher(claims.roles):
        _note_people(unit, platform, course[1], claims.people.context_memberships_url)
    return f"{origin}{path}"


def _note_people(unit: Unit, platform: Platform, course_id: str, url: str) -> None:
    """Keep where the people of a course are told, by the word of one who teaches it there (NRPS 2.0, 2.3)."""
    if urlsplit(url).netloc == urlsplit(platform.token_url).netloc:
        unit.put(RosterLink(course_id=course_id, platform_id=platform.platform_id, memberships_url=url))


def _note_scores(
    unit: Unit, platform: Platform, claims: LaunchClaims, user: User, course_id: str, line_item_url: str
) -> None:
    """Keep where scores go, if that is where the platform's tokens are made: its token goes to no other host."""
    if urlsplit(line_item_url).netloc != urlsplit(platform.token_url).netloc:
        return
    unit.put(
        ScoreLink(
            user_id=user.user_id,
            course_id=course_id,
            platform_id=platform.platform_id,
            line_item_url=line_item_url,
            remote_user_id=claims.sub,
        )
    )
