"""The sample app in a browser: a student's day with a line that goes and comes back."""

import importlib.util
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lyceum.kit import ids
from tests.e2e.browser.conftest import NARROW, WIDE, Viewer, faults, is_cut, keep
from tests.e2e.conftest import Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]
ROOT = Path(__file__).parents[3]
PHONE = 360
COURSE = "CSC 201"
PATIENCE = 60_000
FIRST_LOAD_BYTES, AGAIN_BYTES = 100_000, 20_000
expect.set_options(timeout=PATIENCE)


@dataclass
class App:
    """The app as it is served; `sent` has the bytes of each answer."""

    address: str
    sent: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def app(stack: Stack) -> Iterator[App]:
    """The app, served on this machine in front of the tenant of this file."""
    spec = importlib.util.spec_from_file_location("pwa_serve", ROOT / "examples/pwa/serve.py")
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.server(stack.facts["apiUrl"], host=stack.host)
    made = App(f"http://127.0.0.1:{server.server_port}")
    plain = module.Handler._answer

    def counted(handler: Any, status: int, body: bytes, headers: dict[str, str]) -> None:
        made.sent.append(len(body) + sum(len(name) + len(value) + 4 for name, value in headers.items()))
        plain(handler, status, body, headers)

    module.Handler._answer = counted
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()


@pytest.fixture
def page(app: App, viewer: Viewer) -> Iterator[Page]:
    """A phone with the app open; a complaint of the browser fails the test."""
    made = viewer.context(PHONE).new_page()
    made.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.goto(app.address)
    made.get_by_label("E-mail or username").wait_for()
    yield made
    made.context.close()
    assert complaints == []


def sign_in(page: Page, stack: Stack, key: str = "student") -> None:
    account = stack.facts["accounts"][key]
    page.get_by_label("E-mail or username").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Courses").wait_for()


def enter_course(page: Page, code: str) -> None:
    """Open a course from the list, and enrol in it first where that was not done before."""
    course = page.locator("main li").filter(has_text=code)
    join, link = course.get_by_role("button", name="Enrol"), course.get_by_role("link")
    join.or_(link).first.wait_for()
    if join.count():
        join.click()
    link.click()
    page.get_by_role("button", name="Keep all lessons").wait_for()


def go(page: Page, part: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=part).click()
    page.get_by_role("heading", name=part, level=1).wait_for()


def look(page: Page, name: str) -> None:
    """Look at a screen by rules at each width, and keep pictures of it."""
    for width in (NARROW, PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": 780})
        assert not is_cut(page), (name, width)
        assert faults(page) == [], (name, width)
        keep(page, f"pwa-{name}-{width}")
    page.set_viewport_size({"width": PHONE, "height": 780})


def test_the_first_load_is_small_and_so_is_keeping_the_app(app: App, viewer: Viewer) -> None:
    made = viewer.context(PHONE).new_page()
    app.sent.clear()
    made.goto(app.address)
    made.get_by_label("E-mail or username").wait_for(timeout=PATIENCE)
    made.evaluate("navigator.serviceWorker.ready")
    assert 10_000 < sum(app.sent) <= FIRST_LOAD_BYTES
    app.sent.clear()
    made.reload()
    made.get_by_label("E-mail or username").wait_for(timeout=PATIENCE)
    assert sum(app.sent) < AGAIN_BYTES
    made.context.close()


def test_a_wrong_password_says_so(page: Page) -> None:
    page.get_by_label("E-mail or username").fill("nobody@example.com")
    page.get_by_label("Password").fill("not it at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    look(page, "sign-in")


def test_a_lesson_is_done_and_noted_without_a_line_and_the_server_learns_of_it(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    page.evaluate("navigator.serviceWorker.ready")
    page.locator("main li").first.wait_for()
    look(page, "courses")
    enter_course(page, COURSE)
    page.get_by_role("button", name="Keep all lessons").click()
    expect(page.get_by_text("All lessons are on this device.")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    lessons = page.locator("main li").filter(has_not_text="Done").get_by_role("link")
    lessons.first.click()
    page.get_by_label("A new note").fill("Read in the bus.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Read in the bus.")).to_be_visible()
    expect(page.get_by_label("A new note")).to_have_value("")
    page.get_by_role("button", name="I have finished this lesson").click()
    expect(page.get_by_text("You have finished this lesson.")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("2 to send")
    expect(page.get_by_role("status")).to_contain_text("Without a line")
    look(page, "lesson-offline")
    lesson_id = page.url.rpartition("/")[2]
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("0 to send")
    student = stack.as_("student")
    assert student.get(f"/api/lessons/{lesson_id}").data["isCompleted"]
    notes = student.get(f"/api/notes?lessonId={lesson_id}").data
    assert [each["text"] for each in notes] == ["Read in the bus."]


def test_practice_is_answered_without_a_line_and_handed_in_with_one(page: Page, stack: Stack) -> None:
    sign_in(page, stack)
    enter_course(page, COURSE)
    go(page, "Practice")
    page.get_by_role("button", name="Practise").first.click()
    page.locator("fieldset").first.wait_for()
    page.context.set_offline(True)
    answered = 0
    for form in page.locator("fieldset").all():
        choices = form.locator("input[type=radio]")
        if choices.count():
            choices.first.check()
            answered += 1
    expect(page.get_by_role("status")).to_contain_text(f"{answered} to send")
    look(page, "practice-offline")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("no line")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("heading", name="Your result").wait_for()
    look(page, "result")


@pytest.fixture
def exam(stack: Stack, topics: list[str]) -> dict[str, Any]:
    """A test that can be taken along."""
    mentor, teacher = stack.as_("mentor"), stack.as_("instructor")
    drawn = mentor.post("/api/exams/start", {"mode": "practice", "topicIds": topics[:1], "count": 3}).data
    mentor.post(f"/api/exams/{drawn['examId']}/submit")
    test = {"title": f"On the road {ids.new_id()[-4:]}", "subject": "Sets", "gradeLevel": "200", "published": True}
    chosen = [each["questionId"] for each in drawn["questions"]]
    made: dict[str, Any] = teacher.post(
        "/api/practice-tests", {**test, "questionIds": chosen, "rules": {"offlineHours": 1}}
    ).data
    return made


def test_an_exam_is_sat_without_a_line(page: Page, stack: Stack, exam: dict[str, Any]) -> None:
    sign_in(page, stack, "second_student")
    go(page, "Exams")
    mine = page.locator("main li").filter(has_text=exam["title"])
    mine.get_by_role("button", name="Take it along").click()
    mine.get_by_role("link").wait_for()
    look(page, "exams")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    mine.get_by_role("link").click()
    page.get_by_role("button", name="Open the exam").click()
    page.locator("fieldset").first.wait_for()
    for form in page.locator("fieldset").all():
        if form.locator("input[type=radio], input[type=checkbox]").count():
            form.locator("input").first.check()
    look(page, "exam-offline")
    page.reload()
    expect(page.locator("input:checked").first).to_be_attached()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("no line")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in, and accepted.")).to_be_visible()
    look(page, "receipt")


def test_the_browsers_store_is_the_twin_of_the_one_in_memory(page: Page) -> None:
    kept = page.evaluate(_STORES)
    assert kept["indexed"] == kept["memory"]
    assert kept["memory"] == [{"text": "x"}, None, [["a/1", 1], ["a/2", 2]], [["a/2", 2]], None]


_STORES = """async () => {
  const { IndexedDbStore, MemoryStore } = await import("./client/src/stores.js");
  const used = async (store) => {
    await store.write({ "a/2": 2, "a/1": 1, "b/1": 3, thing: { text: "x" } });
    const before = [await store.get("thing"), await store.get("other"), await store.entries("a/")];
    await store.write({ "a/1": undefined, thing: undefined });
    const whole = { "a/2": 5, "a/3": () => "functions are kept by no store" };
    await store.write(whole).catch(() => undefined);
    return [...before, await store.entries("a/"), await store.get("thing")].map((each) => each ?? null);
  };
  return { indexed: await used(new IndexedDbStore("twin")), memory: await used(new MemoryStore()) };
}"""


def test_it_goes_by_keyboard_alone(page: Page, stack: Stack) -> None:
    account = stack.facts["accounts"]["student"]
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.get_by_label("E-mail or username").evaluate("each => each === document.activeElement"):
            break
    page.keyboard.type(account["email"])
    page.keyboard.press("Tab")
    page.keyboard.type(account["password"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Courses").wait_for()
    eventually(lambda: page.evaluate("document.activeElement.id === 'main'"), "the focus follows", 10)
