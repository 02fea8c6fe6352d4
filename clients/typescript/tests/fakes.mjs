// A machine without line and patience, and a server that answers by rules: what the tests of the client stand on.
import * as operations from "../generated/operations.js";
import { Client, MemoryStore } from "../src/index.js";

export const USER = { userId: "01J8Z3N6Q40000000000000001", username: "amina" };

/** A machine whose pauses pass at once; `machine.waits` has how long each would have been. */
export function machine(fetch) {
  const made = {
    at: Date.UTC(2026, 10, 30),
    waits: [],
    isUp: true,
    now: () => made.at,
    wait: async (milliseconds) => {
      made.waits.push(milliseconds);
      made.at += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    after: () => () => {},
    random: () => 0.5,
    isOnline: () => made.isUp,
    fetch,
  };
  return made;
}

/** A server that answers by a function of (method, path, body, headers), and remembers what it was asked. */
export function server(answer) {
  const asked = [];
  const fetch = async (url, { method, headers = {}, body, signal } = {}) => {
    if (signal?.aborted) throw new DOMException("aborted", "AbortError");
    const { pathname, search } = new URL(url);
    const sent = typeof body === "string" && body.startsWith("{") ? JSON.parse(body) : body;
    const call = { method, path: pathname + search, body: sent, headers };
    asked.push(call);
    const got = await answer(call, asked);
    if (got instanceof Error) throw got;
    return got instanceof Response ? got : json(got);
  };
  return { asked, fetch };
}

export function json({ status = 200, headers = {}, ...body }) {
  const text = status === 204 || status === 304 ? null : JSON.stringify({ success: status < 400, ...body });
  return new Response(text, { status, headers: { "content-type": "application/json", ...headers } });
}

export const refused = (status, code, headers = {}, details = []) =>
  json({ status, headers, error: { code, message: `This is ${code}.`, details } });

export const noLine = () => new TypeError("fetch failed");

let generation = 0;

export function signedIn(user = USER) {
  generation += 1;
  const tokens = { accessToken: `access-${generation}`, refreshToken: `refresh-${generation}`, expiresInSeconds: 900 };
  return { ...tokens, user };
}

/** A client of such a server, with somebody signed in. */
export async function client(answer, { store = new MemoryStore(), user = USER, ...options } = {}) {
  const { asked, fetch } = server(answer);
  const made = machine(fetch);
  const lyceum = new Client({ url: "https://api.test/", operations, store, ...made, ...options });
  if (user) await lyceum.adopt(signedIn(user));
  return { lyceum, asked, machine: made, store };
}
