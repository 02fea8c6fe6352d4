// Which screen is shown, and what is said of the line.
import { button, make, said } from "./dom.js";
import { begin, client, hasLine, onChange, signOut, sync } from "./lyceum.js";
import { course, courses, lesson, notes } from "./screens/courses.js";
import { exam, exams } from "./screens/exams.js";
import { practice } from "./screens/practice.js";
import { signIn } from "./screens/sign_in.js";

const SCREENS = { "sign-in": [signIn], courses: [courses, course], lessons: [, lesson], practice: [practice], exams: [exams, exam], notes: [notes] };
/** Screens that show things which change by themselves; forms are left alone while somebody fills them in. */
const LIVELY = [courses, course, lesson, notes];

const main = document.querySelector("main");
const nav = document.querySelector("nav");
const line = document.querySelector("#line");
let shown;

async function show(isMoved = true) {
  const user = await client.session.user();
  const [, part = "courses", id] = (user ? location.hash || "#/courses" : "#/sign-in").split("/");
  const screen = SCREENS[part]?.[id ? 1 : 0] ?? courses;
  nav.hidden = !user;
  for (const link of nav.children) {
    if (link.hash === `#/${part}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const turn = (shown = {});
  try {
    const parts = await screen(() => show(), id);
    if (shown !== turn) return;
    const held = main.contains(document.activeElement) ? document.activeElement.textContent : undefined;
    main.replaceChildren(...parts.filter(Boolean));
    if (!isMoved && held) [...main.querySelectorAll("a, button")].find((each) => each.textContent === held)?.focus();
  } catch (error) {
    if (shown !== turn) return;
    main.replaceChildren(make("p", { class: "problem", role: "alert" }, said(error)), button("Try again", () => show()));
  }
  document.title = `${main.querySelector("h1")?.textContent ?? "Lyceum"} · Lyceum`;
  shown = { screen };
  if (isMoved) main.focus();
}

async function tellLine() {
  if (!(await client.session.user())) return line.replaceChildren();
  const [waiting, refused] = await Promise.all([sync.waiting(), sync.refused()]);
  line.replaceChildren(
    hasLine() ? "With a line" : make("span", { class: "off" }, "Without a line: everything stays on this device"),
    ` · ${waiting.length} to send`,
    ...(refused.length > 0 ? [" ", make("a", { href: "#/notes" }, `${refused.length} not taken`)] : []),
    " ",
    make("a", { href: "#/sign-in", onclick: (event) => (event.preventDefault(), signOut()) }, "Sign out"),
  );
}

/** Whether somebody writes, or has written what is not kept yet. */
const isBusy = () =>
  [...main.querySelectorAll("input[type=text], textarea")].some((field) => field.value || field === document.activeElement);

onChange(() => {
  tellLine();
  if (LIVELY.includes(shown?.screen) && !isBusy()) show(false);
});
addEventListener("hashchange", () => (show(), tellLine()));
document.querySelector(".skip").addEventListener("click", (event) => (event.preventDefault(), main.focus()));

if (await client.session.user()) begin();
await show(false);
await tellLine();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js", { type: "module" });
