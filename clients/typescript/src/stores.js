/**
 * What is kept between visits, by keys in alphabetical order.
 *
 * @typedef {object} Store
 * @property {(key: string) => Promise<unknown>} get
 * @property {(prefix: string) => Promise<[string, any][]>} entries All whose key begins with a prefix, in order.
 * @property {(changes: Record<string, unknown>) => Promise<void>} write All of it or nothing; undefined removes.
 */

/**
 * Keeps things as long as the process lives: for tests, and for programs that remember nothing.
 *
 * @implements {Store}
 */
export class MemoryStore {
  /** @type {Map<string, unknown>} */
  #kept = new Map();

  /** @param {string} key */
  async get(key) {
    return structuredClone(this.#kept.get(key));
  }

  /** @param {string} prefix */
  async entries(prefix) {
    const found = [...this.#kept].filter(([key]) => key.startsWith(prefix));
    return /** @type {[string, any][]} */ (structuredClone(found.sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  /** @param {Record<string, unknown>} changes */
  async write(changes) {
    for (const [key, value] of Object.entries(structuredClone(changes))) {
      if (value === undefined) this.#kept.delete(key);
      else this.#kept.set(key, value);
    }
  }
}

const THINGS = "things";

/**
 * Keeps things in the browser's IndexedDB, for all tabs of an app.
 *
 * @implements {Store}
 */
export class IndexedDbStore {
  /** @type {Promise<IDBDatabase> | undefined} */
  #database;

  /**
   * @param {string} [name]
   * @param {IDBFactory} [factory]
   */
  constructor(name = "lyceum", factory = globalThis.indexedDB) {
    this.name = name;
    this.factory = factory;
  }

  /** @param {string} key */
  async get(key) {
    return settled((await this.#things("readonly")).get(key));
  }

  /** @param {string} prefix */
  async entries(prefix) {
    const things = await this.#things("readonly");
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, values] = await Promise.all([settled(things.getAllKeys(range)), settled(things.getAll(range))]);
    return /** @type {[string, any][]} */ (keys.map((key, index) => [String(key), values[index]]));
  }

  /** @param {Record<string, unknown>} changes */
  async write(changes) {
    const things = await this.#things("readwrite");
    try {
      for (const [key, value] of Object.entries(changes)) {
        if (value === undefined) things.delete(key);
        else things.put(value, key);
      }
    } catch (error) {
      things.transaction.abort();
      throw error;
    }
    await new Promise((resolve, reject) => {
      things.transaction.oncomplete = resolve;
      things.transaction.onabort = () => reject(things.transaction.error);
    });
  }

  /** @param {IDBTransactionMode} mode */
  async #things(mode) {
    this.#database ??= this.#open();
    return (await this.#database).transaction(THINGS, mode).objectStore(THINGS);
  }

  /** @returns {Promise<IDBDatabase>} */
  async #open() {
    const request = this.factory.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(THINGS);
    const database = await settled(request);
    database.onclose = database.onversionchange = () => {
      database.close();
      this.#database = undefined;
    };
    return database;
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
