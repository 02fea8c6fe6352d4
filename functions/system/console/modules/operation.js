// One operation of the API as a page: its form, its answer, and for a list what may be done with each row.

import { call, sendFile } from "./api.js"
import { confirmed, proved } from "./asking.js"
import { el, say, show, words } from "./dom.js"
import { control, placeFaults } from "./form.js"
import { actionsOn, isGrave, isOpen, namesIn, parametersOf } from "./operations.js"
import { details, table, value } from "./results.js"
import { charts } from "./chart.js"
import { number, t } from "./words.js"

const TICK = 2000
const GOING = /^(waiting|uploaded|queued|pending|running|confirmed|processing|scheduled)$/

/** What a row of a list hands on to the form that is opened from it. */
const carried = new Map()

/** Return the address of an operation's page, with what its path names; `row` fills its form. */
export function address(operation, row = {}) {
  const named = Object.fromEntries(namesIn(operation.path).filter((name) => row[name] !== undefined).map((name) => [name, row[name]]))
  carried.set(operation.id, row)
  return `#/op/${operation.id}?${new URLSearchParams(named)}`
}

/** Build the page of an operation. */
export function operationPage(operation, given, all) {
  const row = carried.get(operation.id) ?? {}
  const answer = el("section", { class: "card", hidden: true, "aria-live": "polite" })
  const problem = el("div")
  const parts = [...parametersOf(operation, "path"), ...parametersOf(operation, "query")].map((each) => ({
    ...each,
    ...control(each.name, { ...each.schema, description: each.description }, { isRequired: each.required, value: given.get(each.name) ?? undefined, depth: 1 }),
  }))
  const body = operation.body ? control("body", operation.body.schema, { path: "", isRequired: true, value: row }) : null
  const send = async (cursor) => run({ operation, parts, body, form, problem, answer, all, cursor, send })
  const label = operation.method === "GET" ? t("search") : words(operation.id)
  const tone = isGrave(operation) ? "danger" : "main"
  const form = el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send() } },
    parts.map((each) => each.node), body?.node, el("button", { class: tone, type: "submit" }, label))
  const isQuiet = operation.method === "GET" && parts.every((each) => !each.required || given.get(each.name))
  if (isQuiet) send()
  const filters = isOpen(operation) && parts.length ? el("details", {}, el("summary", {}, t("filter")), form) : form
  return [el("h1", {}, operation.summary), description(operation), el("section", { class: "card" }, filters, problem), answer]
}

const description = (operation) => (operation.description ? el("p", { class: "soft help" }, operation.description.replace(/`/g, "")) : null)

function requestOf({ operation, parts, body, cursor }) {
  let path = operation.path
  const query = new URLSearchParams()
  for (const part of parts) {
    const said = part.read()
    if (part.in === "path") path = path.replace(`{${part.name}}`, encodeURIComponent(said ?? ""))
    else if (said !== undefined) query.set(part.name, String(said))
  }
  if (cursor) query.set("cursor", cursor)
  const isRepeatable = operation.parameters.some((each) => each.name === "Idempotency-Key")
  const headers = isRepeatable ? { "Idempotency-Key": crypto.randomUUID() } : {}
  return [operation.method, query.size ? `${path}?${query}` : path, { body: body ? body.read() : operation.method === "POST" ? {} : undefined, headers }]
}

async function run(page) {
  const { operation, form, problem, answer } = page
  const button = form.querySelector("button[type=submit]")
  if (isGrave(operation) && !(await confirmed(operation.summary))) return
  button.disabled = true
  show(problem)
  placeFaults(form, [])
  try {
    const said = await once(requestOf(page))
    answer.hidden = false
    show(answer, await shown(said, page))
    if (operation.method !== "GET") say(t("done"))
  } catch (error) {
    const rest = placeFaults(form, error.details ?? [])
    const lines = [error.message || t("failed"), ...rest.map((each) => [each.field, each.message].filter(Boolean).join(": ")).filter((each) => each !== error.message)]
    show(problem, el("div", { class: "problem", role: "alert" }, lines.map((each) => el("div", {}, each))))
  } finally {
    button.disabled = false
  }
}

/** Send a request; where it needs a fresh proof, ask for that and send it once more. */
async function once(request) {
  try {
    return await call(...request)
  } catch (error) {
    if (error.code !== "CONFIRMATION_REQUIRED" || !(await proved())) throw error
    return call(...request)
  }
}

async function shown({ data, pagination }, page) {
  if (Array.isArray(data)) return listed(data, pagination, page)
  const thing = data && typeof data === "object" ? details(data) : value(data)
  const slot = data?.upload ?? (data?.fields && data?.url ? data : null)
  if (data?.jobId && GOING.test(data.state ?? "")) watch(data, page)
  return [thing, ...(slot ? [upload(slot)] : []), ...buttons(data ?? {}, page)]
}

function listed(rows, pagination, { operation, all, send }) {
  if (!rows.length) return [el("p", { class: "soft" }, t("nothing"))]
  const count = pagination?.total === undefined ? null : el("p", { class: "soft" }, `${number(pagination.total)} ${t("total")}`)
  const pages = el("div", { class: "row" },
    pagination?.hasPrev && el("button", { type: "button", onclick: () => send() }, t("first")),
    pagination?.hasNext && el("button", { type: "button", onclick: () => send(pagination.nextCursor) }, t("more")))
  return [count, ...charts(rows), table(rows, (row) => actions(row, operation, all)), pages]
}

function actions(row, operation, all) {
  const found = actionsOn(row, operation, all)
  if (!found.length) return []
  const links = found.map((each) => el("li", {}, el("a", { href: address(each, row) }, each.summary)))
  return [el("details", {}, el("summary", {}, t("actions")), el("ul", {}, links))]
}

const buttons = (data, { operation, all }) => (operation.method === "GET" ? actions(data, operation, all) : [])

function upload(slot) {
  const file = el("input", { type: "file", id: "slot" })
  const send = async () => {
    if (!file.files.length) return
    try {
      await sendFile(slot, file.files[0])
      say(t("sent"))
    } catch (error) {
      say(error.message || t("failed"))
    }
  }
  return el("div", { class: "field" }, el("label", { for: "slot" }, t("file")), file, el("button", { type: "button", class: "main", onclick: send }, t("upload")))
}

/** Look again at a job that goes on, as long as its page is open. */
function watch(job, page) {
  const asked = page.all.find((each) => each.method === "GET" && namesIn(each.path).join() === "jobId" && each.path.endsWith("{jobId}") && each.domain === page.operation.domain)
  const path = asked ? asked.path.replace("{jobId}", job.jobId) : `/api/jobs/${job.jobId}`
  setTimeout(async () => {
    if (!page.answer.isConnected) return
    try {
      show(page.answer, await shown(await call("GET", path), page))
    } catch (error) {
      say(error.message || t("failed"))
    }
  }, TICK)
}
