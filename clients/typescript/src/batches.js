import { LyceumError, refusal } from "./errors.js";
import { isWorthAnother, pause } from "./retries.js";

/** How many requests one round trip takes. */
const MOST = 20;
const ROUNDS = 4;

/**
 * @typedef {import("./requests.js").Prepared} Prepared
 * @typedef {{ status: number, data?: any, pagination?: any, etag?: string, error?: LyceumError }} Result
 */

/**
 * Send requests twenty at a time. Those for which there was no time, or which were turned away, are sent again.
 *
 * @param {import("./client.js").Client} client
 * @param {Prepared[]} requests
 * @returns {Promise<Result[]>}
 */
export async function batch(client, requests) {
  /** @type {Result[]} */
  const results = [];
  let waiting = requests.map((_, index) => index);
  for (let round = 0; waiting.length > 0 && round < ROUNDS; round += 1) {
    for (let begin = 0; begin < waiting.length; begin += MOST) {
      const some = waiting.slice(begin, begin + MOST);
      const got = await sent(client, some.map((index) => requests[index]));
      some.forEach((index, place) => (results[index] = got[place]));
    }
    waiting = waiting.filter((index) => isWorthAnother(results[index].error, requests[index].isSafe));
    const last = waiting.length > 0 && round + 1 < ROUNDS && results[waiting[0]].error;
    if (last) await client.machine.wait(pause(last, round, client.machine.random));
  }
  return results;
}

/**
 * @param {import("./client.js").Client} client
 * @param {Prepared[]} requests
 * @returns {Promise<Result[]>}
 */
async function sent(client, requests) {
  const body = {
    requests: requests.map(({ method, path, body, headers }) => ({
      method,
      path,
      ...(body !== undefined && { body }),
      ...(headers["Idempotency-Key"] && { idempotencyKey: headers["Idempotency-Key"] }),
      ...(headers["If-Match"] && { ifMatch: headers["If-Match"] }),
    })),
  };
  const isSafe = requests.every((each) => each.isSafe);
  const { data } = await client.send({ method: "POST", path: "/api/batch", body, headers: {}, isOpen: false, isSafe });
  return data.results.map(read);
}

/** @param {{ status: number, headers: Record<string, string>, body?: any }} told @returns {Result} */
function read({ status, headers, body }) {
  if (status >= 400) return { status, error: refusal(status, body, { get: (name) => headers[name] ?? null }) };
  return { status, data: body?.success ? body.data : body, pagination: body?.pagination, etag: headers.etag };
}
