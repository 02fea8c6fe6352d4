import { make, said } from "../dom.js";
import { begin, client } from "../lyceum.js";

export async function signIn() {
  const problem = make("p", { class: "problem", role: "alert" });
  const who = make("input", { type: "text", id: "who", autocomplete: "username", autocapitalize: "none", required: true });
  const password = make("input", { type: "password", id: "password", autocomplete: "current-password", required: true });
  const submit = make("button", {}, "Sign in");
  const enter = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.textContent = "";
    try {
      const { challenge } = await client.signIn({ identifier: who.value.trim(), password: password.value });
      if (challenge) throw new Error("This account needs a second step, which this small app does not have.");
      begin();
      location.hash = "#/courses";
    } catch (error) {
      problem.textContent = said(error);
    } finally {
      submit.disabled = false;
    }
  };
  return [
    make("h1", {}, "Sign in"),
    make(
      "form",
      { onsubmit: enter },
      make("label", { for: "who" }, "E-mail or username"),
      who,
      make("label", { for: "password" }, "Password"),
      password,
      submit,
      problem,
    ),
  ];
}
