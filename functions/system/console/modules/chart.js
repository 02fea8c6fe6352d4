// Lines over time, drawn from rows that have a time and numbers.

import { svg, words } from "./dom.js"
import { number } from "./words.js"

const WIDTH = 640
const HEIGHT = 180
const EDGE = 34
const TIME = /^(day|date|period|week|month|hour|minute|at|startsAt|bucket)$/

/** Return what of a list can be drawn: the name of its time and those of its numbers. */
export function drawable(rows) {
  if (rows.length < 3 || typeof rows[0] !== "object") return null
  const time = Object.keys(rows[0] ?? {}).find((name) => TIME.test(name) && typeof rows[0][name] === "string")
  const numbers = Object.keys(rows[0] ?? {}).filter((name) => rows.every((row) => row[name] === undefined || Number.isFinite(asNumber(row[name]))))
  return time && numbers.length ? { time, numbers: numbers.filter((name) => name !== time).slice(0, 3) } : null
}

const asNumber = (value) => (typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) ? Number(value) : NaN)

/** Draw one line for each number, each with its own picture, so that scales do not hide one another. */
export function charts(rows) {
  const found = drawable(rows)
  if (!found) return []
  const ordered = [...rows].sort((a, b) => String(a[found.time]).localeCompare(String(b[found.time])))
  return found.numbers.map((name) => line(ordered.map((row) => [String(row[found.time]), asNumber(row[name] ?? 0)]), name))
}

function line(points, name) {
  const most = Math.max(1, ...points.map(([, value]) => value))
  const least = Math.min(0, ...points.map(([, value]) => value))
  const x = (index) => EDGE + (index * (WIDTH - EDGE - 8)) / Math.max(1, points.length - 1)
  const y = (value) => HEIGHT - 22 - ((value - least) * (HEIGHT - 40)) / (most - least)
  const path = points.map(([, value], index) => `${index ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join("")
  const [first, last] = [points[0], points[points.length - 1]]
  const told = `${words(name)}: ${first[0]} ${number(first[1])} – ${last[0]} ${number(last[1])}, ≤ ${number(most)}`
  const text = (at, up, inside, anchor) => Object.assign(svg("text", { x: at, y: up, "text-anchor": anchor }), { textContent: inside })
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": told },
    svg("path", { class: "axis", d: `M${EDGE} 10V${HEIGHT - 22}H${WIDTH - 8}`, fill: "none" }),
    svg("path", { class: "line", d: path }),
    text(EDGE, 10, `${words(name)} ≤ ${number(most)}`, "start"),
    text(EDGE, HEIGHT - 6, first[0].slice(0, 16), "start"), text(WIDTH - 8, HEIGHT - 6, last[0].slice(0, 16), "end"))
}
