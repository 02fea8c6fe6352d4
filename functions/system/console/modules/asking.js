// Dialogs: what is grave is asked before, and who has to prove again who they are does it here.

import { call } from "./api.js"
import { el, show } from "./dom.js"
import { t } from "./words.js"

const dialog = () => document.getElementById("ask")

function open(what, inside, buttons) {
  return new Promise((settle) => {
    const end = (answer) => { dialog().close(); settle(answer) }
    const form = el("form", { onsubmit: (event) => { event.preventDefault(); end(true) } },
      el("h2", { id: "ask-what" }, what), inside, el("div", { class: "row" }, buttons(end)))
    show(dialog(), form)
    dialog().addEventListener("cancel", () => settle(false), { once: true })
    dialog().showModal()
  })
}

/** Ask whether something grave is to be done; returns the answer. */
export const confirmed = (what) => open(t("sure"), el("p", {}, what), (end) => [
  el("button", { class: "danger", type: "submit" }, t("yes")),
  el("button", { type: "button", onclick: () => end(false) }, t("no")),
])

/** Ask for the password and prove with it who is there; returns whether that was done. */
export async function proved() {
  const password = el("input", { type: "password", autocomplete: "current-password", required: true, id: "proof" })
  const isSaid = await open(t("proof"), el("div", { class: "field" }, el("label", { for: "proof" }, t("password")), password), (end) => [
    el("button", { class: "main", type: "submit" }, t("send")),
    el("button", { type: "button", onclick: () => end(false) }, t("no")),
  ])
  if (!isSaid) return false
  await call("POST", "/api/auth/confirm", { body: { password: password.value } })
  return true
}
