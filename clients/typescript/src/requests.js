/**
 * @typedef {object} Asked What an operation is asked with; which parts it takes, its type says.
 * @property {Record<string, string | number>} [path] Names in its path.
 * @property {Record<string, unknown>} [query]
 * @property {unknown} [body] Sent as JSON.
 * @property {string} [key] Idempotency-Key; made where the operation takes one and none is given.
 * @property {string} [ifMatch] ETag of what was read, so that others' changes are not overwritten.
 * @property {boolean} [isSafe] Says that it has its effect once however often it is sent, though it takes no key.
 * @property {"ifOffline"} [stale] Without a line, return what was answered before.
 * @property {boolean} [isKept] False where the answer is not to be remembered.
 * @property {number} [attempts]
 * @property {number} [timeout] Milliseconds for each attempt.
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Prepared A request that is ready to be sent, as often as need be.
 * @property {string} method
 * @property {string} path With its query.
 * @property {unknown} [body]
 * @property {Record<string, string>} headers
 * @property {boolean} [isForm] Whether its body is sent as a form, not as JSON.
 * @property {boolean} isOpen Whether it needs no token.
 * @property {boolean} isSafe Whether it has its effect once, however often it is sent.
 */

const SAFE = ["GET", "HEAD", "PUT", "DELETE"];

/**
 * Make a request of an operation's line in the table (`METHOD path`, then `key` where it takes an Idempotency-Key,
 * `open` where it reads no token, and `form` where its body is one).
 *
 * @param {string} line
 * @param {Asked} asked
 * @param {() => string} newKey
 * @returns {Prepared}
 */
export function prepared(line, asked, newKey) {
  const [method, template, ...traits] = line.split(" ");
  const key = traits.includes("key") ? (asked.key ?? newKey()) : asked.key;
  const headers = {
    ...(key && { "Idempotency-Key": key }),
    ...(asked.ifMatch && { "If-Match": asked.ifMatch }),
  };
  const isSafe = asked.isSafe ?? (SAFE.includes(method) || Boolean(key));
  const path = filled(template, asked.path ?? {}) + written(asked.query ?? {});
  const [isOpen, isForm] = [traits.includes("open"), traits.includes("form")];
  return { method, path, body: asked.body, headers, isOpen, isForm, isSafe };
}

/**
 * @param {string} template
 * @param {Record<string, string | number>} names
 */
function filled(template, names) {
  return template.replace(/\{(\w+)\+?\}/g, (_, name) => {
    if (names[name] === undefined || names[name] === "") throw new TypeError(`\`path.${name}\` is missing`);
    return encodeURIComponent(names[name]);
  });
}

/** @param {Record<string, unknown>} query */
function written(query) {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((each) => each != null).map((each) => [name, String(each)]),
  );
  return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}
