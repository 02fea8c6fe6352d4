// The pages that are no single operation: sign-in, overview, a domain's operations, and the public status.

import { call, secondStep, signIn } from "./api.js"
import { el, show, words } from "./dom.js"
import { has, isOpen } from "./operations.js"
import { address } from "./operation.js"
import { details, table, value } from "./results.js"
import { number, t } from "./words.js"

const FIRST = ["/api/admin/analytics", "/api/admin/queues", "/api/admin/health/errors", "/api/admin/jobs", "/api/admin/import/history", "/api/admin/reports"]
/** What the first page shows of, where it is there and may be seen. */

const input = (id, label, attributes) => {
  const control = el("input", { id, required: true, ...attributes })
  return [control, el("div", { class: "field" }, el("label", { for: id }, label), control)]
}

/** Build the page that signs somebody in; `done` is called when that is so. */
export function signInPage(done, message) {
  const [who, whoField] = input("who", t("identifier"), { autocomplete: "username" })
  const [password, passwordField] = input("password", t("password"), { type: "password", autocomplete: "current-password" })
  const place = el("div")
  const problem = el("div", { role: "alert" }, message ?? "")
  if (message) problem.className = "problem"
  const attempt = async (act) => {
    try {
      await act()
    } catch (error) {
      problem.className = "problem"
      problem.textContent = error.message || t("offline")
    }
  }
  const second = (challenge) => {
    const [code, codeField] = input("code", t("code"), { autocomplete: "one-time-code", inputmode: "numeric" })
    const send = (event) => { event.preventDefault(); attempt(async () => { await secondStep(challenge.challengeToken, code.value); done() }) }
    show(place, el("form", { onsubmit: send }, codeField, el("p", { class: "help" }, t("codeHelp")), el("button", { class: "main" }, t("send"))))
    code.focus()
  }
  const send = (event) => {
    event.preventDefault()
    attempt(async () => {
      const challenge = await signIn(who.value, password.value)
      if (challenge) second(challenge)
      else done()
    })
  }
  show(place, el("form", { onsubmit: send }, whoField, passwordField, el("button", { class: "main" }, t("signIn"))))
  return [el("div", { class: "narrow" }, el("h1", {}, t("signIn")), problem, el("div", { class: "card" }, place))]
}

/** Build the overview: what matters first, each from its own operation. */
export function overviewPage(all) {
  const found = FIRST.map((path) => all.find((each) => each.path === path && each.method === "GET")).filter(Boolean)
  const cards = found.map((operation) => {
    const place = el("div", {}, "…")
    call("GET", operation.path).then(({ data }) => show(place, value(Array.isArray(data) ? data.slice(0, 5) : data)))
      .catch((error) => show(place, el("span", { class: "fault" }, error.message || t("failed"))))
    return el("section", { class: "card" }, el("h2", {}, el("a", { href: address(operation) }, operation.summary)), place)
  })
  const none = el("p", {}, t("noRight"))
  return [el("h1", {}, t("overview")), el("div", { class: "cards" }, all.length ? cards : none), el("h2", {}, t("every")), domains(all)]
}

function domains(all) {
  const names = [...new Set(all.map((each) => each.domain))].sort()
  return el("div", { class: "cards" }, names.map((name) => el("section", { class: "card" }, el("h2", {}, el("a", { href: `#/domain/${name}` }, words(name))), operations(all.filter((each) => each.domain === name)))))
}

const operations = (some) => el("ul", {}, some.filter(isOpen).concat(some.filter((each) => !isOpen(each))).map((each) => el("li", {}, el("a", { href: address(each) }, each.summary))))

/** Build the page of a domain: all that may be done there. */
export const domainPage = (name, all) => [el("h1", {}, words(name)), el("div", { class: "card" }, operations(all.filter((each) => each.domain === name)))]

/** Build the public status page: parts of the service, incidents, and the last 90 days. */
export function statusPage() {
  const place = el("div", {}, "…")
  const path = has("/api/status") ? "/api/status" : "/api/health"
  call("GET", path).then(({ data }) => show(place, status(data))).catch((error) => show(place, el("p", { class: "problem" }, error.message || t("offline"))))
  return [el("h1", {}, t("status")), place]
}

function status(data) {
  const { components, incidents, days, dependencies, ...rest } = data
  const parts = components ?? dependencies ?? []
  return [
    el("section", { class: "card" }, details(rest)),
    parts.length ? el("section", { class: "card" }, el("h2", {}, t("services")), table(parts)) : null,
    days?.length ? el("section", { class: "card" }, el("h2", {}, t("days")), strip(days)) : null,
    el("section", { class: "card" }, el("h2", {}, t("incidents")), incidents?.length ? table(incidents) : el("p", {}, t("operational"))),
  ]
}

function strip(days) {
  const share = (day) => {
    const known = Object.values(day.uptime ?? {}).filter((each) => each !== null).map(Number)
    return known.length ? Math.min(...known) : undefined
  }
  const tone = (day) => (share(day) === undefined ? "none" : share(day) < 99.9 ? "bad" : "")
  const known = days.map(share).filter((each) => each !== undefined)
  const mean = known.length ? `${number(known.reduce((sum, each) => sum + each, 0) / known.length)} %` : "–"
  const bars = days.map((day) => el("span", { class: tone(day), title: `${day.day}: ${share(day) ?? "–"}` }))
  return el("div", {}, el("div", { class: "days", role: "img", "aria-label": `${t("days")}: ${mean}` }, bars), el("p", { class: "soft" }, mean))
}

