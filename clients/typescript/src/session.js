import { LyceumError } from "./errors.js";

/** Milliseconds before its end at which a token is not used any longer. */
const MARGIN = 30_000;
const KEY = "session";

/**
 * @typedef {import("../generated/api.js").components["schemas"]["AuthSignedIn"]} SignedIn
 * @typedef {SignedIn["user"]} User
 *
 * @typedef {object} Kept
 * @property {User} user
 * @property {string} [accessToken]
 * @property {string} [refreshToken] Absent where the browser keeps it as a cookie.
 * @property {number} expiresAt
 */

/** Who is signed in, and their tokens: renewed before they end, by one request at a time, in one tab at a time. */
export class Session {
  /** @type {Kept | undefined} */
  #kept;
  /** @type {Promise<Kept> | undefined} */
  #renewal;
  #isRead = false;

  /**
   * @param {import("./platform.js").Platform} machine
   * @param {import("./stores.js").Store} store
   * @param {boolean} byCookie
   * @param {(refreshToken: string | undefined) => Promise<SignedIn>} renew
   * @param {() => void} onEnd
   */
  constructor(machine, store, byCookie, renew, onEnd) {
    this.machine = machine;
    this.store = store;
    this.byCookie = byCookie;
    this.renewBy = renew;
    this.onEnd = onEnd;
  }

  /** Return who is signed in. */
  async user() {
    return (await this.#read())?.user;
  }

  /** Return a token that is good for a while, or undefined when nobody is signed in. */
  async token() {
    const kept = await this.#read();
    if (!kept) return undefined;
    const isGood = kept.accessToken && kept.expiresAt - MARGIN > this.machine.now();
    return isGood ? kept.accessToken : this.renew(kept.accessToken);
  }

  /**
   * Return a new token in place of one that is spent: whoever asks meanwhile gets the same.
   *
   * @param {string} [spent]
   */
  async renew(spent) {
    this.#renewal ??= this.machine
      .lock("lyceum.session", () => this.#renewed(spent))
      .finally(() => (this.#renewal = undefined));
    return (await this.#renewal).accessToken;
  }

  /** @param {string} [spent] */
  async #renewed(spent) {
    const kept = await this.#read(true);
    if (!kept) throw new LyceumError({ code: "UNAUTHENTICATED", message: "Nobody is signed in.", status: 401 });
    if (kept.accessToken && kept.accessToken !== spent) return kept;
    try {
      return await this.begin(await this.renewBy(kept.refreshToken));
    } catch (error) {
      if (error instanceof LyceumError && error.status === 401) {
        await this.end();
        this.onEnd();
      }
      throw error;
    }
  }

  /**
   * Keep what a sign-in was answered.
   *
   * @param {SignedIn} signedIn
   * @returns {Promise<Kept>}
   */
  async begin({ user, accessToken, refreshToken, expiresInSeconds }) {
    const expiresAt = this.machine.now() + 1000 * expiresInSeconds;
    this.#kept = { user, accessToken, expiresAt, ...(this.byCookie ? {} : { refreshToken }) };
    this.#isRead = true;
    await this.store.write({ [KEY]: this.byCookie ? { user, expiresAt } : this.#kept });
    return this.#kept;
  }

  /** Forget the tokens; what the person did without a line stays, for when they sign in again. */
  async end() {
    this.#kept = undefined;
    await this.store.write({ [KEY]: undefined });
  }

  async #read(anew = false) {
    if (!this.#isRead || (anew && !this.byCookie)) this.#kept = /** @type {Kept | undefined} */ (await this.store.get(KEY));
    this.#isRead = true;
    return this.#kept;
  }
}
