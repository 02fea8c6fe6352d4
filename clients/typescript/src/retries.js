import { LyceumError } from "./errors.js";

/** How often a request is sent at most. */
export const ATTEMPTS = 6;
/** The longest pause that is waited for, in seconds; who is told to come later than that is told so. */
export const PATIENCE = 60;
const LONGEST = 16;

/**
 * Say whether a request that failed is to be sent again.
 *
 * Whoever was turned away before anything was done (429, `UNAVAILABLE` with a time to come back) may always. Where
 * nobody knows, only a request that has its effect once does: GET, PUT, DELETE, and those with a key of their own.
 *
 * @param {unknown} error
 * @param {boolean} isSafe
 * @returns {error is LyceumError}
 */
export function isWorthAnother(error, isSafe) {
  if (!(error instanceof LyceumError) || (error.retryAfter ?? 0) > PATIENCE) return false;
  if (error.status === 429 || (error.code === "UNAVAILABLE" && error.retryAfter !== undefined)) return true;
  return isSafe && (error.isUnanswered || [502, 503, 504].includes(error.status) || error.reason === "IN_PROGRESS");
}

/**
 * Return the milliseconds to wait: what the server said, or else 1, 2, 4, 8, 16 seconds of which a half is random.
 *
 * @param {LyceumError} error
 * @param {number} attempt From 0 on.
 * @param {() => number} random
 */
export function pause(error, attempt, random) {
  if (error.retryAfter !== undefined) return 1000 * (error.retryAfter + random());
  return 500 * Math.min(2 ** attempt, LONGEST) * (1 + random());
}

/**
 * Do something until it is done, or there is no use in doing it again.
 *
 * @template T
 * @param {import("./platform.js").Platform} machine
 * @param {{ isSafe: boolean, attempts?: number, signal?: AbortSignal }} how
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function persist(machine, { isSafe, attempts = ATTEMPTS, signal }, act) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (attempt + 1 >= attempts || signal?.aborted || !isWorthAnother(error, isSafe)) throw error;
      await machine.wait(pause(error, attempt, machine.random), signal);
    }
  }
}
