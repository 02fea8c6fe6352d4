"""A unit that tries every way out of its frame, and a server elsewhere that notes who comes."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_UNIT = """<!DOCTYPE html><html><head><title>Unit</title></head><body><p id="told">none</p><p id="kept"></p><script>
function find(win) {
  while (!win.API && win.parent && win.parent !== win) { win = win.parent; }
  return win.API;
}
var api = find(window), refused = [];
api.LMSInitialize("");
document.getElementById("told").textContent = api.LMSGetValue("cmi.core.student_name");
api.LMSSetValue("cmi.core.score.raw", "90");
api.LMSSetValue("cmi.core.lesson_status", "completed");
api.LMSFinish("");
function attempt(name, act) { try { act(); } catch (error) { refused.push(name); } }
["ELSEWHERE/fetch", "HOME/api/health"].forEach(function (address) {
  fetch(address, { mode: "no-cors" }).catch(function () { refused.push("fetch " + address); });
});
attempt("image", function () { new Image().src = "ELSEWHERE/image"; });
attempt("beacon", function () { navigator.sendBeacon("ELSEWHERE/beacon", "x"); });
attempt("socket", function () { new WebSocket("ELSEWHERE/socket".replace("http", "ws")); });
attempt("window", function () { window.open("ELSEWHERE/window"); });
attempt("top", function () { top.location = "ELSEWHERE/top"; });
attempt("frame", function () {
  var frame = document.createElement("iframe");
  frame.src = "ELSEWHERE/frame";
  document.body.appendChild(frame);
});
attempt("form", function () {
  var form = document.createElement("form"), frame = document.createElement("iframe");
  frame.name = form.target = "hole";
  form.action = "ELSEWHERE/form";
  document.body.appendChild(frame);
  document.body.appendChild(form);
  form.submit();
});
attempt("script", function () {
  var script = document.createElement("script");
  script.src = "ELSEWHERE/script";
  document.body.appendChild(script);
});
setTimeout(function () {
  document.getElementById("kept").textContent = refused.join(" ");
}, 700);
function leave() { location.href = "ELSEWHERE/location"; }
</script></body></html>"""


def reaching_unit(address: str, home: str) -> bytes:
    """Return a page of SCORM 1.2 that reports and then tries to reach `address` and the API at `home`."""
    return _UNIT.replace("ELSEWHERE", address).replace("HOME", home).encode()


class Elsewhere:
    """A server on this machine that notes which paths are asked for."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        seen = self.seen

        class Noting(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append(self.path)
                self.send_response(204)
                self.end_headers()

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}"
