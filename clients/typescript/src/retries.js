import { LyceumError } from "./errors.js";

/** How often a request is sent at most. */
export const ATTEMPTS = 6;
/** The longest pause that is waited for, in seconds; who is told to come later than that is told so. */
export const PATIENCE = 60;
const LONGEST = 16;
/** How often an act is asked for that is still being worked on, and the seconds between: longer than any work lasts. */
const LOOKS = 30;
const LOOK_SECONDS = 2;
const IN_PROGRESS = "IN_PROGRESS";

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
  return isSafe && (error.isUnanswered || [502, 503, 504].includes(error.status) || error.reason === IN_PROGRESS);
}

/**
 * Return the milliseconds to wait: what the server said, or else 1, 2, 4, 8, 16 seconds of which a half is random.
 *
 * @param {LyceumError} error
 * @param {number} attempt From 0 on.
 * @param {() => number} random
 */
export function pause(error, attempt, random) {
  if (error.reason === IN_PROGRESS) return 500 * LOOK_SECONDS * (1 + random() * 2);
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
  for (let attempt = 0, looks = 0; ; ) {
    try {
      return await act();
    } catch (error) {
      if (signal?.aborted || !isWorthAnother(error, isSafe)) throw error;
      if (error.reason === IN_PROGRESS ? (looks += 1) > LOOKS : attempt + 1 >= attempts) throw error;
      await machine.wait(pause(error, attempt, machine.random), signal);
      if (error.reason !== IN_PROGRESS) attempt += 1;
    }
  }
}
