// The few helpers of a page without a framework.

/** Make an element: `make("a", { href: "#" }, "text")`; what begins with `on` is listened to. */
export function make(tag, traits = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

/** A button that acts once at a time, and shows beside itself why something did not work. */
export function button(text, act, traits = {}) {
  const problem = make("span", { class: "problem", role: "alert" });
  const press = async () => {
    made.disabled = true;
    problem.textContent = "";
    try {
      await act();
    } catch (error) {
      problem.textContent = said(error);
    } finally {
      made.disabled = false;
    }
  };
  const made = make("button", { type: "button", onclick: press, ...traits }, text);
  return make("div", {}, made, problem);
}

/** Put error into words for people. */
export function said(error) {
  if (error.isUnanswered) return "There is no line just now. Try again later.";
  if (error.name === "OperationError") return "This code does not open the exam.";
  return error.message;
}

/** Show text that may hold a little markup as its words and lines alone. */
export function words(markup = "") {
  const lined = markup.replace(/<\/(p|li|h\d|pre)>|<br ?\/?>/g, "$&\n").replaceAll("<pre>", "\n<pre>");
  return new DOMParser().parseFromString(lined, "text/html").body.textContent.trim();
}
