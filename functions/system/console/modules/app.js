// The console: a session, a few pages, and one page for each operation that administers.

import { call, resume, signOut, whenEnded } from "./api.js"
import { el, show, words } from "./dom.js"
import { administering, load } from "./operations.js"
import { operationPage } from "./operation.js"
import { domainPage, overviewPage, signInPage, statusPage } from "./views.js"
import { t } from "./words.js"

const state = { me: null, all: [] }
const main = document.getElementById("main")

async function enter() {
  state.me = (await call("GET", "/api/auth/me")).data
  state.all = administering(state.me.permissions)
  route()
}

async function leave() {
  await signOut()
  forget()
}

function forget(message) {
  state.me = null
  state.all = []
  route(message)
}

function top(path) {
  const names = [...new Set(state.all.map((each) => each.domain))].sort()
  const places = [["#/", t("overview")], ...names.map((name) => [`#/domain/${name}`, words(name)]), ["#/status", t("status")]]
  const links = places.map(([href, label]) => el("li", {}, el("a", { href, "aria-current": `#${path}` === href && "page" }, label)))
  const who = state.me && el("button", { type: "button", onclick: leave }, `${t("signOut")} (${state.me.username ?? state.me.firstName})`)
  show(document.getElementById("top"), el("div", { class: "bar" }, el("strong", {}, t("console")), who), el("nav", { "aria-label": t("console") }, el("ul", {}, links)))
}

function page(path, given) {
  const [, kind, name] = path.split("/")
  if (kind === "status") return statusPage()
  if (!state.me) return null
  if (kind === "domain") return domainPage(name, state.all)
  const operation = kind === "op" && state.all.find((each) => each.id === name)
  return operation ? operationPage(operation, given, state.all) : overviewPage(state.all)
}

function route(message) {
  const [path, query] = (location.hash.slice(1) || "/").split("?")
  top(path)
  show(main, page(path, new URLSearchParams(query)) ?? signInPage(enter, typeof message === "string" ? message : undefined))
  document.title = `${main.querySelector("h1")?.textContent ?? ""} · ${t("console")}`
}

whenEnded(() => forget(t("ended")))
addEventListener("hashchange", () => { route(); main.focus() })
await load()
if (await resume()) await enter().catch(() => forget())
else route()
