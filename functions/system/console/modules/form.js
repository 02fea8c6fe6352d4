// Forms made from schemas: one control for each field, with its help, its bounds, and its faults beside it.

import { el, words } from "./dom.js"
import { resolve } from "./operations.js"
import { t } from "./words.js"

const DEEPEST = 5
const TEXTS = /^(body|text|stem|description|explanation|message|reason|bio|comment|note|resolution|content)$/i
const LONG = 300
const ANY_LENGTH = 100_000
let count = 0

/** Make a control of a schema; returns `{node, read}`, where `read` gives the value or undefined for nothing said. */
export function control(name, schema, { path = name, isRequired = false, value, depth = 0 } = {}) {
  const kind = resolve(schema)
  const given = value ?? kind.default ?? undefined
  const choices = (kind.oneOf ?? kind.anyOf ?? []).map(resolve).filter((each) => each.type !== "null")
  const facts = { name, kind, path, isRequired, given, depth }
  if (choices.length > 1) return choice(facts, choices)
  if (kind.const !== undefined) return { node: null, read: () => kind.const }
  if (kind.enum) return picked(facts)
  if (kind.type === "array") return kind.items && resolve(kind.items).type !== "object" ? lines(facts) : repeated(facts)
  if (kind.type === "object" || kind.properties) return group(facts)
  if (kind.type === "boolean") return flag(facts)
  return single(facts)
}

function field({ name, kind, path, isRequired }, input, { isInline = false } = {}) {
  const id = (input.id = `f${(count += 1)}`)
  const help = kind.description ? el("span", { class: "help", id: `${id}h` }, kind.description) : null
  const fault = el("span", { class: "fault", id: `${id}e` })
  input.setAttribute("aria-describedby", `${id}e${help ? ` ${id}h` : ""}`)
  const label = el("label", { for: id }, words(name), isRequired ? " *" : "")
  const inside = isInline ? [input, " ", label] : [label, input]
  return el("div", { class: "field", "data-path": path }, inside, help, fault)
}

function single(facts) {
  const { kind, given, isRequired } = facts
  const isNumber = kind.type === "integer" || kind.type === "number"
  const types = { "date-time": "datetime-local", date: "date", password: "password", email: "email" }
  const most = kind.maxLength ?? ANY_LENGTH
  const isLong = !isNumber && !types[kind.format] && (TEXTS.test(facts.name) || (most > LONG && most < ANY_LENGTH))
  const input = isLong
    ? el("textarea", { required: isRequired, maxlength: kind.maxLength })
    : el("input", {
        type: isNumber ? "number" : (types[kind.format] ?? "text"), required: isRequired, autocomplete: "off", maxlength: kind.maxLength,
        min: kind.minimum, max: kind.maximum, step: isNumber ? (kind.type === "integer" ? 1 : "any") : null,
      })
  if (given !== undefined && given !== null) input.value = kind.format === "date-time" ? local(given) : String(given)
  const read = () => {
    if (input.value === "") return undefined
    if (isNumber) return Number(input.value)
    return kind.format === "date-time" ? new Date(input.value).toISOString() : input.value
  }
  return { node: field(facts, input), read }
}

const local = (text) => {
  const at = new Date(text)
  return new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16)
}

function picked(facts) {
  const { kind, given, isRequired } = facts
  const options = kind.enum.filter((each) => each !== null).map((each) => el("option", { value: String(each), selected: each === given }, words(each)))
  const input = el("select", { required: isRequired }, el("option", { value: "" }, t("unset")), options)
  const read = () => kind.enum.find((each) => String(each) === input.value)
  return { node: field(facts, input), read }
}

function flag(facts) {
  const { kind, given, isRequired } = facts
  if (given === undefined && !isRequired) {
    const made = picked({ ...facts, kind: { ...kind, enum: ["yes", "no"] } })
    return { node: made.node, read: () => ({ yes: true, no: false })[made.read()] }
  }
  const input = el("input", { type: "checkbox", checked: given === true })
  return { node: field(facts, input, { isInline: true }), read: () => input.checked }
}

function lines(facts) {
  const items = resolve(facts.kind.items)
  const input = el("textarea", { required: facts.isRequired })
  input.value = (facts.given ?? []).join("\n")
  const help = [facts.kind.description, items.enum ? items.enum.join(", ") : null, t("lines")].filter(Boolean).join("\n")
  const read = () => {
    const found = input.value.split("\n").map((line) => line.trim()).filter(Boolean)
    if (!found.length) return facts.isRequired ? [] : undefined
    return items.type === "integer" || items.type === "number" ? found.map(Number) : found
  }
  return { node: field({ ...facts, kind: { ...facts.kind, description: help } }, input), read }
}

function group(facts) {
  const { name, kind, path, given, depth, isRequired } = facts
  if (!kind.properties) return pairs(facts)
  if (depth > DEEPEST) return { node: null, read: () => undefined }
  const wanted = kind.required ?? []
  const parts = Object.entries(kind.properties)
    .filter(([, each]) => !each.readOnly)
    .map(([part, each]) => [part, control(part, each, {
      path: path ? `${path}.${part}` : part, isRequired: wanted.includes(part) && (isRequired || depth === 0), value: given?.[part], depth: depth + 1,
    })])
  const inside = parts.map(([, each]) => each.node).filter(Boolean)
  const node = depth === 0 ? el("div", {}, inside) : el("fieldset", { "data-path": path }, el("legend", {}, words(name)), inside)
  const read = () => {
    const found = Object.fromEntries(parts.map(([part, each]) => [part, each.read()]).filter(([, each]) => each !== undefined))
    return Object.keys(found).length || isRequired || depth === 0 ? found : undefined
  }
  return { node, read }
}

function choice(facts, choices) {
  const { name, path, given, depth, isRequired } = facts
  const label = (each, index) => each.title ?? Object.values(each.properties ?? {}).map((one) => resolve(one).const).find(Boolean) ?? `${words(name)} ${index + 1}`
  const fits = choices.findIndex((each) => Object.entries(each.properties ?? {}).some(([part, one]) => resolve(one).const !== undefined && resolve(one).const === given?.[part]))
  const pick = el("select", { "aria-label": words(name) }, choices.map((each, index) => el("option", { value: index, selected: index === fits }, words(label(each, index)))))
  const place = el("div")
  let inner
  const change = () => {
    inner = control(name, choices[Number(pick.value)], { path, isRequired, value: given, depth })
    place.replaceChildren(...[inner.node].filter(Boolean))
  }
  pick.addEventListener("change", change)
  change()
  const node = depth === 0 ? el("div", {}, el("div", { class: "field" }, pick), place) : el("fieldset", { "data-path": path }, el("legend", {}, words(name)), pick, place)
  return { node, read: () => inner.read() }
}

function repeated({ name, kind, path, given, depth, isRequired }) {
  const rows = []
  const place = el("div")
  const add = (value) => {
    const made = control(name, kind.items ?? {}, { path: `${path}[${rows.length}]`, isRequired: true, value, depth: Math.max(1, depth + 1) })
    const gone = () => { rows.splice(rows.indexOf(made), 1); row.remove() }
    const row = el("div", {}, made.node, el("button", { type: "button", onclick: gone }, t("remove")))
    rows.push(made)
    place.append(row)
  }
  for (const each of given ?? []) add(each)
  const more = el("button", { type: "button", onclick: () => add() }, t("add"))
  const read = () => (rows.length || isRequired ? rows.map((each) => each.read()).filter((each) => each !== undefined) : undefined)
  return { node: el("fieldset", { "data-path": path }, el("legend", {}, words(name)), kind.description && el("span", { class: "help" }, kind.description), place, more), read }
}

function pairs({ name, kind, path, given, depth }) {
  const rows = []
  const inner = kind.additionalProperties || Object.values(kind.patternProperties ?? {})[0] || {}
  const schema = inner === true || !resolve(inner).type ? { type: "string" } : inner
  const place = el("div")
  const add = (key = "", value) => {
    const named = control(t("key"), { type: "string" }, { path: "", value: key })
    const made = control(t("value"), schema, { path: key ? `${path}.${key}` : path, value, depth: Math.max(1, depth + 1) })
    const pair = { named, made }
    const gone = () => { rows.splice(rows.indexOf(pair), 1); row.remove() }
    const row = el("div", {}, named.node, made.node, el("button", { type: "button", onclick: gone }, t("remove")))
    rows.push(pair)
    place.append(row)
  }
  for (const [key, value] of Object.entries(given ?? {})) add(key, value)
  const more = el("button", { type: "button", onclick: () => add() }, t("add"))
  const read = () => {
    const found = rows.map(({ named, made }) => [named.read(), made.read()]).filter(([key]) => key)
    return found.length ? Object.fromEntries(found) : undefined
  }
  return { node: el("fieldset", { "data-path": path }, el("legend", {}, words(name)), kind.description && el("span", { class: "help" }, kind.description), place, more), read }
}

/** Put each fault of a refusal beside its field; returns those that belong to none. */
export function placeFaults(form, details) {
  for (const old of form.querySelectorAll(".fault")) old.textContent = ""
  for (const old of form.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid")
  const rest = []
  for (const detail of details) {
    const place = detail.field && form.querySelector(`[data-path="${CSS.escape(detail.field)}"]`)
    if (!place) { rest.push(detail); continue }
    const fault = place.querySelector(".fault") ?? place.appendChild(el("span", { class: "fault" }))
    fault.textContent = detail.message
    place.querySelector("input, select, textarea")?.setAttribute("aria-invalid", "true")
  }
  form.querySelector("[aria-invalid]")?.focus()
  return rest
}
