const PREFIX = "answers/";
/** How many answers are kept; the oldest go first. */
const MOST = 300;

/**
 * Answers that were read before, by address and reader: sent again only when they changed, and there without a line.
 *
 * @typedef {{ etag: string, body: any, at: number }} KeptAnswer
 */
export class Answers {
  /** @type {Promise<Map<string, number>> | undefined} */
  #ages;

  /**
   * @param {import("./stores.js").Store} store
   * @param {() => number} now
   */
  constructor(store, now) {
    this.store = store;
    this.now = now;
  }

  /** @param {string} name @returns {Promise<KeptAnswer | undefined>} */
  async find(name) {
    return /** @type {any} */ (await this.store.get(PREFIX + name));
  }

  /**
   * @param {string} name
   * @param {string} etag
   * @param {any} body
   */
  async keep(name, etag, body) {
    const ages = await (this.#ages ??= this.#read());
    const at = this.now();
    ages.delete(PREFIX + name);
    ages.set(PREFIX + name, at);
    const gone = [...ages.keys()].slice(0, Math.max(0, ages.size - MOST));
    gone.forEach((key) => ages.delete(key));
    const dropped = Object.fromEntries(gone.map((key) => [key, undefined]));
    await this.store.write({ ...dropped, [PREFIX + name]: { etag, body, at } });
  }

  /** Forget all of them, as when another person takes the device. */
  async forget() {
    this.#ages = undefined;
    const found = await this.store.entries(PREFIX);
    await this.store.write(Object.fromEntries(found.map(([key]) => [key, undefined])));
  }

  async #read() {
    const found = await this.store.entries(PREFIX);
    return new Map(found.map(([key, { at }]) => /** @type {[string, number]} */ ([key, at])).sort((a, b) => a[1] - b[1]));
  }
}
