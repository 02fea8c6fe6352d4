import { Answers } from "./answers.js";
import { batch } from "./batches.js";
import { LyceumError } from "./errors.js";
import { exchange } from "./exchange.js";
import { newId, platform } from "./platform.js";
import { prepared } from "./requests.js";
import { persist } from "./retries.js";
import { Session } from "./session.js";
import { MemoryStore } from "./stores.js";

const TIMEOUT = 30_000;
const SPARE_TIMEOUT = 8000;
/** Characters; what is shorter fits one packet anyway. */
const PACKED_FROM = 1400;
const LOG_IN = "POST /api/auth/login open";
const SECOND_STEP = "POST /api/auth/login/2fa open";
const RENEW = "POST /api/auth/refresh open";
const LOG_OUT = "POST /api/auth/logout";

/**
 * @typedef {import("./requests.js").Asked} Asked
 * @typedef {import("./requests.js").Prepared} Prepared
 * @typedef {import("./types.js").OperationId} OperationId
 * @typedef {import("./session.js").SignedIn} SignedIn
 * @typedef {import("./session.js").User} User
 *
 * @typedef {object} Options
 * @property {string} url Where the API is, without `/api`.
 * @property {Record<string, string>} [operations] The table of `generated/operations.js`, or those that an app uses.
 * @property {import("./stores.js").Store} [store] What outlives a visit; by default nothing does.
 * @property {"store" | "cookie"} [refreshToken] Who keeps it. The browser does it best, on the API's own site.
 * @property {string} [language] In which messages come.
 * @property {boolean} [gzip] Packs long bodies, such as those of many operations, for slow lines.
 * @property {() => void} [onSignedOut] The session has ended, and the person has to sign in again.
 */

/** A client of one API for one person at a time. */
export class Client {
  /** @param {Options & Partial<import("./platform.js").Platform>} options */
  constructor({ url, operations = {}, store = new MemoryStore(), refreshToken, language, gzip = false, onSignedOut, ...machine }) {
    this.url = url.replace(/\/+$/, "");
    this.operations = operations;
    this.store = store;
    this.machine = platform(machine);
    this.byCookie = refreshToken === "cookie";
    this.language = language;
    this.gzip = gzip && "CompressionStream" in globalThis;
    this.answers = new Answers(store, this.machine.now);
    this.session = new Session(this.machine, store, this.byCookie, (token) => this.#renewed(token), onSignedOut ?? (() => {}));
  }

  /** Make an id, as the API takes them from devices. */
  newId() {
    return newId(this.machine);
  }

  /**
   * Call an operation and return its data.
   *
   * @template {OperationId} K
   * @template {import("./types.js").Call<K>} A
   * @param {K} operation
   * @param {import("./types.js").Given<K, A>} asked
   * @returns {Promise<import("./types.js").DataOf<K, A>>}
   */
  async call(operation, ...asked) {
    return (await this.ask(operation, ...asked)).data;
  }

  /**
   * Call an operation and return all of its answer: `data`, `pagination`, `etag`, `status`, and `isStale` where it was
   * read before and there is no line.
   *
   * @template {OperationId} K
   * @template {import("./types.js").Call<K>} A
   * @param {K} operation
   * @param {import("./types.js").Given<K, A>} asked
   * @returns {Promise<import("./types.js").Answer<import("./types.js").DataOf<K, A>>>}
   */
  async ask(operation, ...[asked = /** @type {any} */ ({})]) {
    return this.send(this.prepare(operation, asked), asked);
  }

  /**
   * Return the things of a list one by one, read page by page as they are wanted.
   *
   * @template {import("./types.js").ListId} K
   * @param {K} operation
   * @param {import("./types.js").Given<K, import("./types.js").Call<K>>} asked
   * @returns {AsyncGenerator<import("./types.js").ItemOf<K>, void, undefined>}
   */
  async *each(operation, ...[asked = /** @type {any} */ ({})]) {
    const given = /** @type {Asked} */ (asked);
    let cursor = given.query?.cursor;
    for (;;) {
      const query = { ...given.query, .../** @type {{}} */ (cursor && { cursor }) };
      const { data, pagination } = await this.send(this.prepare(operation, { ...given, query }), given);
      yield* data;
      if (!pagination?.hasNext || !pagination.nextCursor) return;
      cursor = pagination.nextCursor;
    }
  }

  /**
   * Send several requests in one round trip, twenty at a time; each has a result of its own, in their order.
   *
   * @template {readonly import("./types.js").BatchedCall[]} R
   * @param {R} requests
   * @returns {Promise<import("./types.js").BatchResults<R>>}
   */
  async batch(requests) {
    const made = requests.map(({ operation, ...asked }) => this.prepare(operation, /** @type {Asked} */ (asked)));
    return /** @type {any} */ (await batch(this, made));
  }

  /**
   * Sign in with a password. Where a second step is needed the answer has a `challenge`: go on with `finishSignIn`.
   *
   * @param {{ identifier: string, password: string }} who
   * @returns {Promise<{ user?: User, challenge?: any }>}
   */
  async signIn(who) {
    const deviceToken = /** @type {string | undefined} */ (await this.store.get("device"));
    return this.#enter(LOG_IN, { ...who, ...(deviceToken && { deviceToken }) });
  }

  /**
   * Take the second step of a sign-in.
   *
   * @param {Record<string, unknown>} step `challengeToken` with `method` and `code`, as `finishLogin` takes them.
   */
  async finishSignIn(step) {
    return this.#enter(SECOND_STEP, step);
  }

  /**
   * Go on as whoever a sign-in of another kind answered: by code, launch, passkey or identity provider.
   *
   * @param {SignedIn} signedIn
   */
  async adopt(signedIn) {
    const before = await this.session.user();
    if (before && before.userId !== signedIn.user.userId) await this.answers.forget();
    if (signedIn.deviceToken) await this.store.write({ device: signedIn.deviceToken });
    await this.session.begin(signedIn);
    return { user: signedIn.user };
  }

  /** End the session, here at least, and forget what was read. */
  async signOut() {
    try {
      await this.send(prepared(LOG_OUT, { isSafe: true }, () => ""), { attempts: 2 });
    } catch (error) {
      if (!(error instanceof LyceumError)) throw error;
    }
    await this.session.end();
    await this.answers.forget();
  }

  /**
   * @param {string} operation
   * @param {Asked} asked
   */
  prepare(operation, asked) {
    const line = this.operations[operation];
    if (!line) throw new TypeError(`\`${operation}\` is not in the table of operations that this client was given`);
    return prepared(line, asked, () => this.newId());
  }

  /**
   * Send a request until it is answered, or there is no use in sending it again.
   *
   * @param {Prepared} request
   * @param {Pick<Asked, "attempts" | "timeout" | "signal" | "stale" | "isKept">} [how]
   * @returns {Promise<any>}
   */
  async send(request, how = {}) {
    const name = await this.#nameOf(request, how.isKept ?? true);
    const known = name === undefined ? undefined : await this.answers.find(name);
    const isSpare = Boolean(known && how.stale);
    try {
      if (isSpare && !this.machine.isOnline()) throw new LyceumError({ code: "NETWORK", message: "There is no line." });
      const attempts = isSpare ? Math.min(how.attempts ?? 2, 2) : how.attempts;
      const fresh = persist(this.machine, { isSafe: request.isSafe, attempts, signal: how.signal }, () =>
        this.#sentOnce(request, known?.etag, how),
      ).then((got) => this.#answer(got, name, known));
      return await (isSpare ? this.#inTime(fresh) : fresh);
    } catch (error) {
      if (!known || !isSpare || !(error instanceof LyceumError) || !error.isUnanswered) throw error;
      return { status: 200, data: known.body.data, pagination: known.body.pagination, etag: known.etag, isStale: true };
    }
  }

  /**
   * Wait some seconds for an answer that an earlier one can stand for; it is kept when it comes after that.
   *
   * @param {Promise<any>} fresh
   */
  async #inTime(fresh) {
    let cancel = () => {};
    const late = new Promise((_, reject) => {
      const error = new LyceumError({ code: "TIMEOUT", message: "There was no answer in time." });
      cancel = this.machine.after(() => reject(error), SPARE_TIMEOUT);
    });
    fresh.catch(() => {});
    return Promise.race([fresh, late]).finally(cancel);
  }

  /**
   * Return under which name the answer of a request is kept: by its reader, since answers differ.
   *
   * @param {Prepared} request
   * @param {boolean} isKept
   */
  async #nameOf(request, isKept) {
    if (request.method !== "GET" || !isKept) return undefined;
    return `${request.isOpen ? "" : ((await this.session.user())?.userId ?? "")} ${request.path}`;
  }

  /**
   * @param {import("./exchange.js").Got} got
   * @param {string | undefined} name
   * @param {import("./answers.js").KeptAnswer | undefined} known
   */
  async #answer({ status, headers, body }, name, known) {
    const etag = headers.get("etag") ?? known?.etag;
    if (status === 304 && known) [status, body] = [200, known.body];
    else if (name && etag && body?.success) await this.answers.keep(name, etag, body);
    const isWrapped = body?.success === true;
    const isReplayed = headers.get("idempotency-replayed") === "true";
    const meta = isWrapped ? { pagination: body.pagination, meta: body.meta } : {};
    return { status, data: isWrapped ? body.data : body, ...meta, etag, isStale: false, isReplayed };
  }

  /**
   * @param {Prepared} request
   * @param {string | undefined} etag
   * @param {Pick<Asked, "timeout" | "signal">} how
   */
  async #sentOnce(request, etag, how) {
    const token = request.isOpen ? undefined : await this.session.token();
    try {
      return await this.#exchange(request, token, etag, how);
    } catch (error) {
      if (!token || !LyceumError.is(error, "UNAUTHENTICATED")) throw error;
      return this.#exchange(request, await this.session.renew(token), etag, how);
    }
  }

  /**
   * @param {Prepared} request
   * @param {string | undefined} token
   * @param {string | undefined} etag
   * @param {Pick<Asked, "timeout" | "signal">} how
   */
  async #exchange({ method, path, body, headers, isForm }, token, etag, { timeout = TIMEOUT, signal }) {
    const isJson = body !== undefined && !isForm;
    const form = /** @type {Record<string, string> | undefined} */ (body);
    const text = isJson ? JSON.stringify(body) : undefined;
    const isPacked = this.gzip && text !== undefined && text.length > PACKED_FROM;
    return exchange(this.machine, {
      method,
      url: this.url + path,
      headers: {
        ...headers,
        ...(isJson && { "Content-Type": isPacked ? "application/gzip" : "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(etag && { "If-None-Match": etag }),
        ...(this.language && { "Accept-Language": this.language }),
      },
      body: isPacked ? await packed(text) : (text ?? (form && new URLSearchParams(form))),
      credentials: this.byCookie ? "include" : "same-origin",
      timeout,
      signal,
    });
  }

  /** @param {string | undefined} refreshToken @returns {Promise<SignedIn>} */
  async #renewed(refreshToken) {
    const body = refreshToken ? { refreshToken } : {};
    const request = prepared(RENEW, { body, isSafe: true }, () => "");
    return (await this.send(request, { timeout: 10_000, attempts: 4 })).data;
  }

  /**
   * @param {string} line
   * @param {unknown} body
   */
  async #enter(line, body) {
    const { data } = await this.send(prepared(line, { body, isSafe: true }, () => ""));
    return data.challengeToken ? { challenge: data } : this.adopt(data);
  }
}

/** @param {string} text */
function packed(text) {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}
