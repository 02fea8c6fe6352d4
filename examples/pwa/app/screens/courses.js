import { button, make, words } from "../dom.js";
import { act, client, read, sync } from "../lyceum.js";

/** Courses of which all lessons were read in this visit. */
const whole = new Set();

const staleNote = (isStale) => isStale && make("p", { class: "quiet" }, "As it was read when there was a line.");

/** Courses: one's own first, then what can be joined. */
export async function courses(again) {
  const [{ data, isStale }, own, isHeard] = await Promise.all([
    read("listCourses", { query: { limit: 20 } }),
    sync.rows("course"),
    sync.hasPulled(),
  ]);
  const mine = new Map(own.map((row) => [row.key, row.value]));
  const card = (course) => {
    const enrolment = mine.get(course.courseId);
    const join = async () => {
      await client.call("enrolInCourse", { path: { courseId: course.courseId }, isSafe: true });
      await sync.until("course", course.courseId);
      again();
    };
    return make(
      "li",
      { class: "card" },
      make("h2", {}, enrolment ? make("a", { href: `#/courses/${course.courseId}` }, course.title) : course.title),
      make("p", { class: "quiet" }, `${course.code ?? ""} · ${course.statistics?.lessons ?? 0} lessons`),
      make("p", {}, words(course.description)),
      enrolment ? make("p", { class: "good" }, `${enrolment.lessons.length} lessons done`) : isHeard && button("Enrol", join),
    );
  };
  const ordered = [...data].sort((a, b) => mine.has(b.courseId) - mine.has(a.courseId));
  return [make("h1", {}, "Courses"), staleNote(isStale), make("ul", { class: "cards" }, ordered.map(card))];
}

/** A course with its lessons, each of which is read ahead so that it is there without a line. */
export async function course(again, courseId) {
  const [{ data: shown }, { data: lessons, isStale }, own] = await Promise.all([
    read("showCourse", { path: { courseId } }),
    read("listLessons", { path: { courseId }, query: { limit: 100 } }),
    sync.rows("course"),
  ]);
  const done = own.find(({ key }) => key === courseId)?.value.lessons ?? [];
  const keep = async () => {
    for (const { lessonId } of lessons) await read("showLesson", { path: { lessonId } });
    whole.add(courseId);
    again();
  };
  const line = ({ lessonId, title }) =>
    make(
      "li",
      { class: "card" },
      make("a", { href: `#/lessons/${lessonId}` }, title),
      done.includes(lessonId) && make("p", { class: "good" }, "Done"),
    );
  return [
    make("h1", {}, shown.title),
    staleNote(isStale),
    make("progress", { max: lessons.length || 1, value: done.length, "aria-label": "Lessons done" }),
    whole.has(courseId)
      ? make("p", { class: "good" }, "All lessons are on this device.")
      : button("Keep all lessons on this device", keep, { class: "plain" }),
    make("ul", { class: "cards" }, lessons.map(line)),
  ];
}

/** A lesson, with what one does with it: finishing it, and a note. */
export async function lesson(again, lessonId) {
  const { data: shown } = await read("showLesson", { path: { lessonId } });
  const [own, notes] = await Promise.all([sync.rows("course"), sync.rows("note")]);
  const isDone = shown.isCompleted || own.some(({ value }) => value.lessons.includes(lessonId));
  const finish = () => act({ type: "lesson.complete", key: lessonId, about: { courseId: shown.courseId } });
  const text = make("textarea", { id: "note", rows: 3 });
  const keep = async () => {
    const written = text.value.trim();
    text.value = "";
    if (written) await act({ type: "note.create", key: client.newId(), value: { lessonId, text: written } });
  };
  const mine = notes.filter(({ value }) => value.lessonId === lessonId);
  return [
    make("p", {}, make("a", { href: `#/courses/${shown.courseId}` }, "Back to the course")),
    make("h1", {}, shown.title),
    make("div", { class: "lesson" }, words(shown.body ?? shown.summary).split(/\n+/).map((part) => make("p", {}, part))),
    isDone ? make("p", { class: "good" }, "You have finished this lesson.") : button("I have finished this lesson", finish),
    make("h2", {}, "My notes"),
    ...mine.map(({ value, isPending }) => make("p", { class: "card" }, words(value.text), isPending && make("span", { class: "quiet" }, " (not sent yet)"))),
    make("label", { for: "note" }, "A new note"),
    text,
    button("Keep the note", keep),
  ];
}

/** All notes, and what the server did not take of what was done. */
export async function notes() {
  const [rows, refused] = await Promise.all([sync.rows("note"), sync.refused()]);
  const drop = ({ key, version }) => act({ type: "note.remove", key, baseVersion: version });
  return [
    make("h1", {}, "Notes"),
    ...refused.map(({ operation, message, code }) =>
      make(
        "div",
        { class: "card" },
        make("p", { class: "problem" }, message ?? code),
        make("p", {}, words(operation.value.text ?? operation.type)),
        button("I have seen it", () => sync.dismiss(operation.operationId).then(() => dispatchEvent(new Event("hashchange")))),
      ),
    ),
    rows.length === 0 && make("p", {}, "None yet: write one at a lesson."),
    make(
      "ul",
      { class: "cards" },
      rows.map((row) =>
        make("li", { class: "card" }, make("p", {}, words(row.value.text)), row.isPending && make("p", { class: "quiet" }, "Not sent yet"), button("Remove", () => drop(row), { class: "plain" })),
      ),
    ),
  ];
}
