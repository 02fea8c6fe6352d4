/**
 * @typedef {import("../generated/api.js").ErrorCode} ErrorCode
 * @typedef {"NETWORK" | "TIMEOUT" | "ABORTED"} OwnCode
 * @typedef {{ field?: string, message?: string, code?: string }} Detail
 */

/**
 * Anything that went wrong with a call. Tell errors by `code`, and those of rules by `reason`; show `message` to people.
 *
 * - `status`: of HTTP, 0 where there was no answer (`NETWORK`, `TIMEOUT`, `ABORTED`).
 * - `details`: the fields that were refused, each as it was sent.
 * - `retryAfter`: seconds after which the server is ready again, where it said so.
 */
export class LyceumError extends Error {
  /**
   * @param {{ code: string, message: string, status?: number, details?: Detail[], retryAfter?: number,
   *   requestId?: string, cause?: unknown }} told
   */
  constructor({ code, message, status = 0, details = [], retryAfter, requestId, cause }) {
    super(message, { cause });
    this.name = "LyceumError";
    /** @type {ErrorCode | OwnCode | (string & {})} */
    this.code = code;
    this.status = status;
    this.details = details;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }

  /** The code of the rule that refused, or else `code`. */
  get reason() {
    return this.details[0]?.code ?? this.code;
  }

  /** Whether there was no answer, so that nobody knows whether the call had its effect. */
  get isUnanswered() {
    return this.code === "NETWORK" || this.code === "TIMEOUT";
  }

  /**
   * Say whether an error is one of some codes, by its own or by that of the rule.
   *
   * @param {unknown} error
   * @param {...(ErrorCode | OwnCode | (string & {}))} codes
   * @returns {error is LyceumError}
   */
  static is(error, ...codes) {
    return error instanceof LyceumError && (codes.includes(error.code) || codes.includes(error.reason));
  }
}

/**
 * Return the error that an answer tells of; anything that is not the API's own form gets a code by its status.
 *
 * @param {number} status
 * @param {any} body
 * @param {{ get(name: string): string | null }} headers
 */
export function refusal(status, body, headers) {
  const told = body?.error ?? {};
  const seconds = headers.get("retry-after");
  return new LyceumError({
    code: told.code ?? `HTTP_${status}`,
    message: told.message ?? `The server answered ${status}.`,
    status,
    details: told.details ?? [],
    retryAfter: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : undefined,
    requestId: body?.meta?.requestId ?? headers.get("x-request-id") ?? undefined,
  });
}
