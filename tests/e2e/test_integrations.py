"""Standards in the deployed stack: somebody of a directory comes and leaves, rosters are read, and content speaks."""

import json
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import NAMESPACE_OID, uuid5

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
SCIM = {"content-type": "application/scim+json"}
XAPI = {"x-experience-api-version": "1.0.3"}
ROSTERS = "/ims/oneroster/rostering/v1p2"


def test_a_directory_brings_somebody_and_takes_them_away(stack: Stack) -> None:
    admin = stack.as_("admin")
    wanted = {"userName": f"pupil-{ids.new_id().lower()}@school.org", "name": {"givenName": "Ada", "familyName": "Obi"}}
    made = admin.send("POST", "/scim/v2/Users", wanted, SCIM)
    assert made.status == 201, made.text
    path = f"/scim/v2/Users/{made.json['id']}"
    leaves = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    assert admin.send("PATCH", path, leaves, SCIM).json["active"] is False
    assert admin.get(f"{ROSTERS}/users/{made.json['id']}").json["user"]["enabledUser"] == "false"
    assert admin.send("DELETE", path, None, {}).status == 204
    assert admin.get(path).status == 404


def test_what_content_says_is_kept_for_its_learner(stack: Stack) -> None:
    student = stack.as_("student")
    address = student.get("/api/auth/me").data["email"]
    name = str(uuid5(NAMESPACE_OID, ids.new_id()))
    said = {
        "id": name,
        "actor": {"mbox": f"mailto:{address}"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://content.school.org/unit/1"},
    }
    assert student.send("POST", "/xapi/statements", said, XAPI).json == [name]
    assert student.get(f"/xapi/statements?statementId={name}").json["id"] == name


LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


class LearningPlatform:
    """A learning platform on this machine: it signs launches, gives tokens, tells its people and takes scores."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.scores: list[dict[str, Any]] = []
        self.client_id = f"tool-{ids.new_id()}"
        platform = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                public = RSAAlgorithm.to_jwk(platform.key.public_key(), as_dict=True)
                learner = {"user_id": "pupil-2", "roles": [f"{MEMBERSHIP}Learner"], "given_name": "Bola"}
                told = {"keys": [{**public, "kid": "k1"}]} if self.path == "/certs" else {"members": [learner]}
                self._tell(told)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/scores"):
                    platform.scores.append(json.loads(body))
                self._tell({"access_token": "t0k3n", "expires_in": 3600})

            def _tell(self, told: Any) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://localhost:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def registration(self) -> dict[str, Any]:
        """Return how the platform describes itself."""
        places = {"authorizationUrl": "/auth", "tokenUrl": "/token", "keysUrl": "/certs"}
        told = {name: f"{self.url}{path}" for name, path in places.items()}
        return {"label": "Platform", "issuer": self.url, "clientId": self.client_id, "deploymentIds": ["1"], **told}

    def launch(self, api: Remote, sub: str, course_id: str, role: str) -> Remote:
        """Launch somebody into a course without cookies, and return who they are here."""
        host = api.host or urlsplit(api.url).netloc
        here = f"{urlsplit(api.url).scheme}://{host}"
        asked = {"iss": self.url, "client_id": self.client_id, "login_hint": sub, "target_link_uri": f"{here}/"}
        begun = parse_qs(urlsplit(_location(api, "GET", f"/api/lti/login?{urlencode(asked)}")).query)
        assert begun["redirect_uri"] == [f"{here}{urlsplit(api.url).path}/api/lti/launch"]
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": self.client_id, "sub": sub, "nonce": begun["nonce"][0], "iat": now, "exp": now + 60,
            f"{LTI}version": "1.3.0", f"{LTI}message_type": "LtiResourceLinkRequest", f"{LTI}deployment_id": "1",
            f"{LTI}target_link_uri": f"{here}/", f"{LTI}roles": [f"{MEMBERSHIP}{role}"],
            f"{LTI}custom": {"course_id": course_id},
            NRPS: {"context_memberships_url": f"{self.url}/members"},
            AGS: {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"], "lineitem": f"{self.url}/items/1",
            },
        }  # fmt: skip
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k1"})
        body = urlencode({"id_token": token, "state": begun["state"][0]}).encode()
        after = parse_qs(urlsplit(_location(api, "POST", "/api/lti/launch", body)).fragment)
        signed_in = api.post("/api/auth/login/launch", {"ticket": after["ticket"][0]}).data
        return Remote(api.url, signed_in["accessToken"], api.host)


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""


def _location(api: Remote, method: str, path: str, body: bytes | None = None) -> str:
    """Send a request as a browser without cookies does, and return where it is led."""
    headers = {"Host": api.host} if api.host else {}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    request = urllib.request.Request(api.url + path, body, headers, method=method)
    with pytest.raises(HTTPError) as led:
        urllib.request.build_opener(_Staying).open(request, timeout=60)
    assert led.value.code == 302, led.value.read()
    return str(led.value.headers["Location"])


def test_people_of_a_platform_come_learn_and_their_scores_go_back(stack: Stack) -> None:
    platform, admin = LearningPlatform(), stack.as_("admin")
    made = admin.post("/api/admin/lti/platforms", platform.registration())
    assert made.status == 201, made.text
    own = {"title": f"Algebra {ids.new_id()}", "category": "other", "isPublished": True}
    course_id = admin.post("/api/courses", own).data["courseId"]
    lesson_id = admin.post(f"/api/courses/{course_id}/lessons", {"title": "One", "format": "text"}).data["lessonId"]
    platform.launch(stack.api, "teacher-1", course_id, "Instructor")
    begun = admin.post(f"/api/lti/courses/{course_id}/members").data
    ended = {"done", "failed"}
    job = eventually(
        lambda: (job := admin.get(f"/api/jobs/{begun['jobId']}").data)["state"] in ended and job, "the members"
    )
    assert (job["state"], job["done"]) == ("done", 1), job
    pupil = platform.launch(stack.api, "pupil-2", course_id, "Learner")
    assert pupil.post("/api/lessons/complete", {"lessonId": lesson_id}).data["percent"] == 100
    score = eventually(lambda: platform.scores[0] if platform.scores else None, "the score")
    assert (score["userId"], score["scoreGiven"], score["gradingProgress"]) == ("pupil-2", 100, "FullyGraded")
