"""Launches over HTTP: LTI 1.3 as a tool, and the platforms that launch."""

from typing import Annotated

from lyceum.kit.http import OWNER, PUBLIC, SIGNED, Answer, Api, Caller, Query, exchange, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.model.courses.course import Course
from lyceum.rules.sessions import recheck

from functions.integrations.launches import answering, launching, members, platforms
from functions.integrations.launches.schemas import (
    ChosenCourses,
    LaunchSent,
    LinkingAnswer,
    LoginBegun,
    NewPlatform,
    PlatformList,
    PlatformView,
    ToolKeys,
)

api = Api("integrations", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_INTEGRATIONS)
_PAGE = "text/plain"


def _origin() -> str:
    return platforms.origin(exchange.current().headers.get("host", ""))


@api.get("/api/lti/login", access=PUBLIC, limit="6000/hour", raw=_PAGE, status=302, refuses=(401,))
def open_launch(query: Annotated[LoginBegun, Query()], answer: Answer) -> str:
    """Begin a launch that a platform asks for, and send the browser back to it (LTI 1.3 Core, 5.1)."""
    answer.headers["Location"] = launching.begin(query, _origin())
    return ""


@api.post("/api/lti/login", access=PUBLIC, limit="6000/hour", raw=_PAGE, status=302, form=True, refuses=(401,))
def open_posted_launch(body: LoginBegun, answer: Answer) -> str:
    """Begin a launch that a platform asks for by a form, and send the browser back to it."""
    answer.headers["Location"] = launching.begin(body, _origin())
    return ""


@api.post("/api/lti/launch", access=SIGNED, limit="6000/hour", raw=_PAGE, status=302, form=True, refuses=(401, 403))
def accept_launch(body: LaunchSent, answer: Answer) -> str:
    """Take a platform's signed message, and lead the browser on with a ticket that signs in."""
    answer.headers["Location"] = launching.finish(body, _origin())
    return ""


@api.get("/api/lti/jwks", access=PUBLIC, raw="application/json", cache_control="public, max-age=300")
def list_tool_keys() -> ToolKeys:
    """List the public keys by which platforms know what this tool signed."""
    return ToolKeys(keys=platforms.public_keys())


@api.post("/api/lti/deep-links/{deepLinkId}", access=may(Permission.WRITE_COURSES), limit="120/hour", refuses=(422,))
def choose_linked_courses(caller: Caller, deep_link_id: str, body: ChosenCourses) -> LinkingAnswer:
    """Choose the courses that a platform shows, and get what the browser posts to it."""
    return answering.choose(caller, deep_link_id, body, _origin())


@api.post(
    "/api/lti/courses/{courseId}/members", access=OWNER, owner_of=Course, status=202, limit="60/hour", refuses=(422,)
)
def import_members(caller: Caller, course_id: str) -> JobView:
    """Bring the learners of the platforms' courses that show this one into it; a job does it."""
    return view(members.start(caller, course_id))


@api.post("/api/admin/lti/platforms", access=_ADMIN.proven(), status=201, limit="60/hour", refuses=(409, 422))
def register_platform(body: NewPlatform) -> PlatformView:
    """Register a learning platform, whose people may launch from then on."""
    return platforms.view(platforms.create(body), _origin())


@api.get("/api/admin/lti/platforms", access=_ADMIN)
def list_platforms() -> PlatformList:
    """List the learning platforms, with what each has to be told of this tool."""
    return PlatformList(platforms=[platforms.view(each, _origin()) for each in platforms.every()])


@api.delete("/api/admin/lti/platforms/{platformId}", access=_ADMIN)
def remove_platform(platform_id: str) -> Removed:
    """Remove a learning platform; accounts of its people stay."""
    platforms.remove(platform_id)
    return Removed(id=platform_id)
