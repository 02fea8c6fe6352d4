import { LyceumError } from "./errors.js";

/** How far the sender's clock may be off, in seconds; what is older may have been caught and sent again. */
const TOLERANCE = 300;

/**
 * Prove that a webhook comes from Lyceum and is fresh, and return what it tells (Standard Webhooks 1.0).
 *
 * Throws a LyceumError `SIGNATURE_INVALID` otherwise. Deliveries may come twice: `id` is the same for both.
 *
 * @param {string | string[]} secrets `whsec_...`; several while one is exchanged for another.
 * @param {string} body As it came, not parsed.
 * @param {{ get(name: string): string | null } | Record<string, string | undefined>} headers
 * @param {() => number} [now] Milliseconds since 1970.
 * @returns {Promise<{ id: string, event: any }>}
 */
export async function verifyWebhook(secrets, body, headers, now = Date.now) {
  const read = (/** @type {string} */ name) =>
    (typeof headers.get === "function" ? headers.get(name) : /** @type {any} */ (headers)[name]) ?? "";
  const [id, at, signatures] = [read("webhook-id"), read("webhook-timestamp"), read("webhook-signature")];
  const isFresh = /^\d+$/.test(at) && Math.abs(now() / 1000 - Number(at)) <= TOLERANCE;
  const given = signatures.split(" ").filter((/** @type {string} */ each) => each.startsWith("v1,"));
  const content = new TextEncoder().encode(`${id}.${at}.${body}`);
  for (const secret of isFresh ? [secrets].flat() : []) {
    const key = await imported(secret);
    for (const signature of given) {
      if (await crypto.subtle.verify("HMAC", key, bytes(signature.slice(3)), content)) return { id, event: JSON.parse(body) };
    }
  }
  throw new LyceumError({ code: "SIGNATURE_INVALID", message: "This webhook is not proven." });
}

/** @param {string} secret */
function imported(secret) {
  const raw = bytes(secret.replace(/^whsec_/, ""));
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** @param {string} written Base64; anything else is none. */
function bytes(written) {
  try {
    return Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
