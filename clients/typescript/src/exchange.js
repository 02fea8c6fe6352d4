import { LyceumError, refusal } from "./errors.js";

/**
 * @typedef {object} Sent
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {BodyInit} [body]
 * @property {AbortSignal} [signal]
 * @property {number} timeout Milliseconds after which nobody waits any longer.
 * @property {RequestCredentials} [credentials]
 *
 * @typedef {{ status: number, headers: Headers, body: any }} Got
 */

/**
 * Send a request once and read all of its answer.
 *
 * Throws a LyceumError for a status of 400 and more, and for an answer that did not come, or not whole.
 *
 * @param {import("./platform.js").Platform} machine
 * @param {Sent} sent
 * @returns {Promise<Got>}
 */
export async function exchange(machine, { url, timeout, signal, ...request }) {
  const control = new AbortController();
  const abort = () => control.abort();
  let isLate = false;
  const cancel = machine.after(() => ((isLate = true), abort()), timeout);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    if (signal?.aborted) abort();
    const answer = await machine.fetch(url, { ...request, signal: control.signal });
    const body = await read(answer);
    if (answer.status >= 400) throw refusal(answer.status, body, answer.headers);
    return { status: answer.status, headers: answer.headers, body };
  } catch (error) {
    if (error instanceof LyceumError) throw error;
    const code = signal?.aborted ? "ABORTED" : isLate ? "TIMEOUT" : "NETWORK";
    throw new LyceumError({ code, message: "There was no answer.", cause: error });
  } finally {
    cancel();
    signal?.removeEventListener("abort", abort);
  }
}

/** @param {Response} answer */
async function read(answer) {
  const type = answer.headers.get("content-type") ?? "";
  if (answer.status === 204 || answer.status === 304) return undefined;
  if (/^[^;]*json/.test(type)) return parsed(await answer.text(), answer.status);
  return /^text\/|xml|mpegurl/.test(type) || answer.status >= 400 ? answer.text() : answer.blob();
}

/**
 * @param {string} text
 * @param {number} status
 */
function parsed(text, status) {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch (error) {
    if (status >= 400) return undefined;
    throw error;
  }
}
