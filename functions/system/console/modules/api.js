// Calls of the API. The access token lives in this module's memory and nowhere else; the session's cookie renews it.

/** An answer that is a refusal: its code, a sentence for people, and what is wrong by field. */
export class Problem extends Error {
  constructor(status, error) {
    super(error.message)
    this.status = status
    this.code = error.code
    this.details = error.details ?? []
  }
}

let token = null
let renewing = null
let onEnd = () => {}

/** Say what is to happen when the session has ended. */
export const whenEnded = (listener) => { onEnd = listener }

const base = new URL(".", document.baseURI)

async function ask(method, path, body, headers) {
  const sent = { ...headers }
  if (token) sent.Authorization = `Bearer ${token}`
  if (body !== undefined) sent["Content-Type"] = "application/json"
  const answer = await fetch(new URL(path.replace(/^\//, ""), base), {
    method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin",
  })
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json")
  const said = isJson ? await answer.json() : { data: await answer.text() }
  if (!answer.ok) throw new Problem(answer.status, said.error ?? { code: String(answer.status), message: answer.statusText })
  return said
}

/** Call an operation and return its envelope; an access token that ran out is renewed once. */
export async function call(method, path, { body, headers = {} } = {}) {
  try {
    return await ask(method, path, body, headers)
  } catch (problem) {
    if (problem.status !== 401 || !token) throw problem
  }
  if (!(await resume())) {
    onEnd()
    throw new Problem(401, { code: "UNAUTHENTICATED", message: "" })
  }
  return ask(method, path, body, headers)
}

/** Renew the session by its cookie; several callers wait for one renewal. Returns whether there is a session. */
export function resume() {
  renewing ??= ask("POST", "/api/auth/refresh", {}, {})
    .then(({ data }) => { token = data.accessToken; return true })
    .catch(() => { token = null; return false })
    .finally(() => { renewing = null })
  return renewing
}

/** Sign in; returns a challenge where a second step is needed, else nothing. */
export async function signIn(identifier, password) {
  token = null
  const { data } = await ask("POST", "/api/auth/login", { identifier, password }, {})
  if (data.challengeToken) return data
  token = data.accessToken
  return null
}

/** Finish a sign-in that needs a second step. */
export async function secondStep(challengeToken, code) {
  const { data } = await ask("POST", "/api/auth/login/2fa", { challengeToken, code }, {})
  token = data.accessToken
}

/** End the session here and on the server. */
export async function signOut() {
  await ask("POST", "/api/auth/logout", {}, {}).catch(() => null)
  token = null
}

/** Send a file to a slot: an HTML form's POST of its fields and then the file. */
export async function sendFile(slot, file) {
  const form = new FormData()
  for (const [name, value] of Object.entries(slot.fields)) form.append(name, value)
  form.append("file", file)
  const answer = await fetch(slot.url, { method: "POST", body: form })
  if (!answer.ok) throw new Problem(answer.status, { code: "UPLOAD_REFUSED", message: answer.statusText })
}
