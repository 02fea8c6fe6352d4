/**
 * What a client takes from the machine it runs on. Each part can be given, so tests need no line and no patience.
 *
 * @typedef {object} Platform
 * @property {typeof fetch} fetch
 * @property {() => number} now Milliseconds since 1970.
 * @property {(milliseconds: number, signal?: AbortSignal) => Promise<void>} wait Ends early, and well, on the signal.
 * @property {(act: () => void, milliseconds: number) => () => void} after Does something later; returns how to prevent it.
 * @property {() => number} random From 0 to 1.
 * @property {(count: number) => Uint8Array} bytes Random ones, not to be guessed.
 * @property {<T>(name: string, act: () => Promise<T>) => Promise<T>} lock Lets one at a time act under a name.
 * @property {() => boolean} isOnline False where there surely is no line.
 */

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map();

/**
 * Let one at a time act: among all tabs where the browser can (Web Locks), or else in this process.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
function lock(name, act) {
  const locks = globalThis.navigator?.locks;
  if (locks) return /** @type {Promise<T>} */ (locks.request(name, act));
  const mine = (queues.get(name) ?? Promise.resolve()).catch(() => {}).then(act);
  queues.set(name, mine);
  return mine;
}

/** @type {Platform["wait"]} */
function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const cancel = after(resolve, signal?.aborted ? 0 : milliseconds);
    signal?.addEventListener("abort", () => (cancel(), resolve()), { once: true });
  });
}

/** @type {Platform["after"]} */
function after(act, milliseconds) {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}

/**
 * Return the machine's own parts, less those that are given.
 *
 * @param {Partial<Platform>} [given]
 * @returns {Platform}
 */
export function platform(given = {}) {
  return {
    fetch: (...asked) => globalThis.fetch(...asked),
    now: Date.now,
    wait,
    after,
    random: Math.random,
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    lock,
    isOnline: () => globalThis.navigator?.onLine !== false,
    ...Object.fromEntries(Object.entries(given).filter(([, part]) => part !== undefined)),
  };
}

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Make a ULID: 48 bits of time and 80 random ones, as 26 letters of Crockford's base 32.
 *
 * @param {Pick<Platform, "now" | "bytes">} machine
 */
export function newId(machine) {
  let time = machine.now();
  let text = "";
  for (let place = 0; place < 10; place += 1) {
    text = LETTERS[time % 32] + text;
    time = Math.floor(time / 32);
  }
  return text + [...machine.bytes(16)].map((byte) => LETTERS[byte % 32]).join("");
}
