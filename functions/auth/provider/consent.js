"use strict";
const place = document.getElementById("consent");
const known = ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge",
  "code_challenge_method", "nonce"];
const sent = new URLSearchParams(location.search);
const request = Object.fromEntries(known.filter((name) => sent.has(name)).map((name) => [name, sent.get(name)]));
const base = location.pathname.replace(/\/api\/oauth\/consent\/?$/, "");
let token = "";

function element(kind, text, more = {}) {
  const made = Object.assign(document.createElement(kind), more);
  if (text) made.textContent = text;
  return made;
}

function show(...parts) {
  place.replaceChildren(...parts);
}

async function call(method, path, body) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  if (body) headers["content-type"] = "application/json";
  const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(read.error?.message || words.failed), { code: read.error?.code });
  return read.data;
}

function field(label, name, type, autocomplete) {
  const input = element("input", "", { name, type, autocomplete, required: true });
  const made = element("label", label);
  made.append(element("br"), input);
  const line = element("p");
  line.append(made);
  return line;
}

function form(fields, submit) {
  const made = element("form");
  const failure = element("p", "", { role: "alert" });
  made.append(...fields, element("button", words.sign_in), failure);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await submit(Object.fromEntries(new FormData(made)));
    } catch (problem) {
      failure.textContent = problem.message;
    }
  });
  show(made);
}

async function signedIn(answer) {
  if (answer.accessToken) {
    token = answer.accessToken;
    await ask();
    return;
  }
  form([field(words.code, "code", "text", "one-time-code")], async ({ code }) =>
    signedIn(await call("POST", "/api/auth/login/2fa", { challengeToken: answer.challengeToken, code })));
}

function signIn() {
  const fields = [
    field(words.name, "identifier", "text", "username"),
    field(words.password, "password", "password", "current-password"),
  ];
  form(fields, async (given) => signedIn(await call("POST", "/api/auth/login", given)));
}

async function decide(decision) {
  try {
    const { redirectTo } = await call("POST", "/api/oauth/authorize", { ...request, decision });
    location.assign(redirectTo);
  } catch (problem) {
    if (problem.code !== "CONFIRMATION_REQUIRED") throw problem;
    prove(decision);
  }
}

function prove(decision) {
  form([field(words.password, "password", "password", "current-password")], async ({ password }) => {
    await call("POST", "/api/auth/confirm", { password });
    await decide(decision);
  });
}

async function ask() {
  const asked = await call("GET", `/api/oauth/authorize?${new URLSearchParams(request)}`);
  if (asked.redirectTo) {
    location.replace(asked.redirectTo);
    return;
  }
  const rights = element("ul");
  rights.append(...asked.wants.map((right) => element("li", right.words)));
  const choices = ["allow", "deny"].map((decision) => {
    const button = element("button", words[decision], { type: "button", id: decision });
    button.addEventListener("click", () => decide(decision).catch(fail));
    return button;
  });
  const line = element("p");
  line.append(choices[0], " ", choices[1]);
  show(element("h2", asked.clientName), element("p", words.wants), rights,
    element("p", `${words.as} ${asked.signedInAs}`), line);
}

function fail(problem) {
  show(element("p", problem.message || words.failed, { role: "alert" }));
}

async function begin() {
  try {
    token = (await call("POST", "/api/auth/refresh", {})).accessToken;
  } catch {
    signIn();
    return;
  }
  await ask();
}

begin().catch(fail);
