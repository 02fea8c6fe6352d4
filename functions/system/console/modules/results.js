// Answers as people read them: lists as tables, things as pairs of a name and a value, progress as a bar.

import { charts } from "./chart.js"
import { el, words } from "./dom.js"
import { moment, number, t } from "./words.js"

const SHOWN = 6
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const GOOD = /^(ok|up|on|active|completed|done|verified|resolved|operational|ready|sent|true)$/
const BAD = /^(down|failed|degraded|suspended|rejected|error|dead|open|outage|critical)$/

/** Show any value. */
export function value(given, name = "") {
  if (given === null || given === undefined) return el("span", { class: "soft" }, "–")
  if (typeof given === "boolean") return el("span", {}, given ? t("yesWord") : t("noWord"))
  if (typeof given === "number") return name === "percent" ? bar(given) : el("span", {}, number(given))
  if (Array.isArray(given)) return list(given)
  if (typeof given === "object") return details(given)
  if (TIME.test(given)) return el("time", { datetime: given }, moment(given))
  const tone = GOOD.test(given) ? " good" : BAD.test(given) ? " bad" : ""
  return el("span", /^(status|state|severity)$/.test(name) ? { class: `state${tone}` } : {}, given)
}

const bar = (percent) => el("span", {}, el("progress", { max: 100, value: percent, "aria-label": t("running") }), ` ${number(percent)} %`)

function list(rows) {
  if (!rows.length) return el("span", { class: "soft" }, t("nothing"))
  if (rows.every((each) => typeof each !== "object" || each === null)) return el("span", {}, rows.join(", "))
  return el("div", {}, charts(rows), table(rows))
}

/** Show a thing: each of its fields with its name. */
export function details(thing) {
  const pairs = Object.entries(thing).map(([name, given]) => [el("dt", {}, words(name)), el("dd", {}, value(given, name))])
  return pairs.length ? el("dl", {}, pairs) : el("span", { class: "soft" }, t("nothing"))
}

/** Show a list as a table; `more(row)` gives what may be done with a row. */
export function table(rows, more = () => []) {
  const names = columns(rows)
  const head = el("thead", {}, el("tr", {}, [...names.map(words), t("details")].map((each) => el("th", { scope: "col" }, each))))
  const body = rows.map((row) => {
    const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)))
    const inside = Object.keys(rest).length ? el("details", {}, el("summary", {}, t("details")), details(rest)) : null
    const cells = names.map((name) => el("td", { "data-label": words(name) }, value(row[name], name)))
    return el("tr", {}, cells, el("td", { "data-label": t("details") }, inside, more(row)))
  })
  return el("table", {}, head, el("tbody", {}, body))
}

/** Choose the columns: what is short, the plainest first; ids stand among the details where there is anything else. */
function columns(rows) {
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const plain = all.filter((name) => rows.every((row) => typeof row[name] !== "object" || row[name] === null) && !rows.some((row) => String(row[name] ?? "").length > 120))
  const named = plain.filter((name) => !/Id$|^version$|Hash$/.test(name))
  return (named.length ? named : plain).slice(0, SHOWN)
}
