// Elements, made of text alone: nothing that comes from elsewhere is ever read as HTML.

/** Make an element: its attributes, its listeners (`onclick`), and what is in it. */
export function el(name, attributes = {}, ...inside) {
  const made = document.createElement(name)
  fill(made, attributes)
  made.append(...inside.flat(3).filter((each) => each !== null && each !== undefined && each !== false))
  return made
}

/** Make an element of a drawing. */
export function svg(name, attributes = {}, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  fill(made, attributes)
  made.append(...inside)
  return made
}

function fill(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value)
  }
}

/** Put something in the place of what an element holds. */
export const show = (place, ...inside) => place.replaceChildren(...inside.flat(3).filter(Boolean))

/** Say something in passing, to those who listen too. */
export function say(text) {
  const place = document.getElementById("said")
  place.textContent = text
  setTimeout(() => place.textContent === text && (place.textContent = ""), 5000)
}

/** Write a name such as `lastSeenAt` as words. */
export const words = (name) => {
  const text = String(name).replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ").toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}
