"""What goes back to platforms: courses that teachers chose (Deep Linking 2.0) and scores (AGS 2.0)."""

import json
from urllib.parse import urlencode, urlsplit, urlunsplit

from lyceum.kit import clock
from lyceum.kit.errors import NotFound, Unavailable, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.outgoing.client import client
from lyceum.kit.outgoing.errors import OutgoingError
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.courses.course import Course
from lyceum.model.integrations.launches import DeepLink, Platform, ScoreLink

from functions.integrations.launches import platforms
from functions.integrations.launches.schemas import LINKING, LTI, SCORE_SCOPE, ChosenCourses, LinkingAnswer

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FULL_MARKS = 100


def choose(caller: Principal, deep_link_id: str, wanted: ChosenCourses, origin: str) -> LinkingAnswer:
    """Sign what a teacher chose for the platform, once; raises NotFound, RuleViolation COURSE_NOT_PUBLISHED."""
    gone = NotFound("There is no such deep link.")
    link = DeepLink.fetch(deep_link_id=deep_link_id, consistent=True)
    if link is None or link.user_id != caller.user_id or (link.ttl or 0) < clock.now().timestamp():
        raise gone
    platform = Platform.require(platform_id=link.platform_id)
    courses = batch_fetch([Course.at(course_id=each) for each in dict.fromkeys(wanted.course_ids)])
    published = [each for each in courses if isinstance(each, Course) and each.status == "published"]
    if len(published) < len(courses):
        raise rule_violation("COURSE_NOT_PUBLISHED", "Only published courses are shown on platforms.")
    items = [
        {
            "type": "ltiResourceLink",
            "title": course.title,
            "url": f"{origin}/courses/{course.course_id}",
            "custom": {"course_id": course.course_id},
            "lineItem": {"scoreMaximum": _FULL_MARKS, "label": course.title, "resourceId": course.course_id},
        }
        for course in published
    ]
    claims = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "nonce": link.deep_link_id,
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": link.deployment_id,
        f"{LINKING}content_items": items,
        **({f"{LINKING}data": link.data} if link.data is not None else {}),
    }
    signed = platforms.signed(claims)
    Unit().remove(link, when=DeepLink.pk.exists(), refuse=gone).commit()
    return LinkingAnswer(return_url=link.return_url, jwt=signed)


def links_of(user_id: str, course_id: str) -> list[ScoreLink]:
    """Return where the score of a learner in a course goes (1 storage request)."""
    return [each for each in find(ScoreLink, user_id=user_id).items if each.course_id == course_id]


def send_score(user_id: str, course_id: str, platform_id: str, completed_at: str) -> None:
    """Tell a platform that a learner completed a course, with full marks; raises Unavailable to be tried again."""
    link = ScoreLink.fetch(user_id=user_id, course_id=course_id, platform_id=platform_id, consistent=True)
    platform = Platform.fetch(platform_id=platform_id)
    if link is None or platform is None:
        return
    score = {
        "userId": link.remote_user_id,
        "scoreGiven": _FULL_MARKS,
        "scoreMaximum": _FULL_MARKS,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": completed_at,
    }
    headers = {
        "Authorization": f"Bearer {token(platform, SCORE_SCOPE)}",
        "Content-Type": "application/vnd.ims.lis.v1.score+json",
    }
    try:
        reply = client().call("POST", _scores_of(link.line_item_url), body=json.dumps(score).encode(), headers=headers)
    except OutgoingError as error:
        raise Unavailable from error
    if not reply.is_success and reply.status not in {404, 409}:
        raise Unavailable


def _scores_of(line_item_url: str) -> str:
    """Return the address of a line item's scores: its query stays at the end (AGS 2.0, 3.4.1)."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores"))


def token(platform: Platform, scope: str) -> str:
    """Ask a platform for an access token by a signed assertion (Security Framework 1.0, 4.1; RFC 7523)."""
    assertion = platforms.signed({"iss": platform.client_id, "sub": platform.client_id, "aud": platform.token_url})
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
            "scope": scope,
        }
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        reply = client().call("POST", platform.token_url, body=form.encode(), headers=headers)
        token = json.loads(reply.body)["access_token"] if reply.is_success else None
    except (OutgoingError, ValueError, KeyError, TypeError) as error:
        raise Unavailable from error
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise Unavailable
    return token
