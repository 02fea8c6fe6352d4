import { based, effects } from "./effects.js";

/**
 * @typedef {object} Wanted Something to be done without a line.
 * @property {string} type
 * @property {string} [key] Id of what it is about.
 * @property {Record<string, any>} [value] The fields of the request that does the same with a line.
 * @property {number} [baseVersion]
 * @property {Record<string, string>} [about] Told to nobody: what its effect needs, such as a lesson's `courseId`.
 *
 * @typedef {Wanted & { operationId: string, seq: number, value: Record<string, any>, at: string }} Queued
 *
 * @typedef {object} Row A thing that the device has a copy of.
 * @property {string} type
 * @property {string} key
 * @property {any} value
 * @property {number} [version]
 * @property {boolean} [isPending] Whether something of it is not with the server yet.
 *
 * @typedef {{ deviceId: string, nextSeq: number, cursor?: string, etag?: string }} State
 */

/** What a person did without a line, in its order, and the copy of what the server has, both in the store. */
export class Queue {
  /**
   * @param {import("../client.js").Client} client
   * @param {string} userId
   * @param {Record<string, import("./effects.js").EffectOf>} [own] Effects of an app, by type.
   */
  constructor(client, userId, own = {}) {
    this.client = client;
    this.userId = userId;
    this.effects = { ...effects, ...own };
    this.home = `sync/${userId}/`;
  }

  /** @param {string} name */
  at(name) {
    return this.home + name;
  }

  /** @returns {Promise<State>} */
  async state() {
    const kept = /** @type {State | undefined} */ (await this.client.store.get(this.at("state")));
    return kept ?? { deviceId: this.client.newId(), nextSeq: 1 };
  }

  /** @returns {Promise<Queued[]>} */
  async waiting() {
    return (await this.client.store.entries(this.at("queue/"))).map(([, operation]) => operation);
  }

  /** @param {number} seq */
  place(seq) {
    return this.at(`queue/${String(seq).padStart(12, "0")}`);
  }

  /**
   * Put an operation at the end.
   *
   * @param {Wanted} wanted
   * @returns {Promise<Queued>}
   */
  add(wanted) {
    return this.#alone(async () => {
      const state = await this.state();
      const effect = this.effects[wanted.type]?.({ value: {}, ...wanted, operationId: "", seq: 0, at: "" }, this.userId);
      const { value = {}, ...rest } = based(wanted, effect && (await this.row(effect.type, effect.key)));
      const at = new Date(this.client.machine.now()).toISOString();
      const queued = { ...rest, value, operationId: this.client.newId(), seq: state.nextSeq, at };
      const following = { ...state, nextSeq: state.nextSeq + 1 };
      await this.client.store.write({ [this.place(queued.seq)]: queued, [this.at("state")]: following });
      return queued;
    });
  }

  /**
   * Take operations off that are settled, with changes of other things, all at once.
   *
   * @param {Queued[]} settled
   * @param {Record<string, unknown>} changes
   */
  settle(settled, changes) {
    const gone = Object.fromEntries(settled.map(({ seq }) => [this.place(seq), undefined]));
    return this.client.store.write({ ...gone, ...changes });
  }

  /**
   * Number what waits anew, from what the server expects next: the copy here is older or newer than the server's.
   *
   * @param {number} nextSeq
   */
  renumber(nextSeq) {
    return this.#alone(async () => {
      const waiting = await this.waiting();
      /** @type {Record<string, unknown>} */
      const changes = Object.fromEntries(waiting.map(({ seq }) => [this.place(seq), undefined]));
      waiting.forEach((operation, index) => {
        changes[this.place(nextSeq + index)] = { ...operation, seq: nextSeq + index };
      });
      const state = { ...(await this.state()), nextSeq: nextSeq + waiting.length };
      await this.client.store.write({ ...changes, [this.at("state")]: state });
    });
  }

  /**
   * Change what is known of the device itself.
   *
   * @param {Partial<State>} parts
   * @param {Record<string, unknown>} [changes]
   */
  keep(parts, changes = {}) {
    return this.#alone(async () => {
      const state = { ...(await this.state()), ...parts };
      await this.client.store.write({ ...changes, [this.at("state")]: state });
    });
  }

  /**
   * Return a thing as its owner shall see it: the server's copy with what waits here done to it.
   *
   * @param {string} type
   * @param {string} key
   * @returns {Promise<Row | undefined>}
   */
  async row(type, key) {
    return (await this.rows(type)).find((row) => row.key === key);
  }

  /**
   * Return the things of a type, as their owner shall see them.
   *
   * @param {string} type
   * @returns {Promise<Row[]>}
   */
  async rows(type) {
    const kept = await this.client.store.entries(this.at(`rows/${type}/`));
    const rows = new Map(kept.map(([, row]) => /** @type {[string, Row]} */ ([row.key, row])));
    for (const operation of await this.waiting()) this.#show(rows, type, operation);
    return [...rows.values()];
  }

  /**
   * @param {Map<string, Row>} rows
   * @param {string} type
   * @param {Queued} operation
   */
  #show(rows, type, operation) {
    const effect = this.effects[operation.type]?.(operation, this.userId);
    if (effect?.type !== type) return;
    const value = effect.to(rows.get(effect.key)?.value);
    if (value === undefined) rows.delete(effect.key);
    else rows.set(effect.key, { ...raised(rows.get(effect.key)), type, key: effect.key, value, isPending: true });
  }

  /**
   * Return the changes of the server's copy that an operation made which the server applied.
   *
   * @param {Queued} operation
   * @param {any} answered What the request was answered.
   * @param {(key: string) => Promise<Row | undefined>} read
   * @returns {Promise<Record<string, Row | undefined>>}
   */
  async done(operation, answered, read) {
    const effect = this.effects[operation.type]?.(operation, this.userId);
    if (!effect) return {};
    const place = this.at(`rows/${effect.type}/${effect.key}`);
    const before = await read(place);
    const value = effect.to(before?.value);
    const version = answered?.version ?? raised(before).version;
    return { [place]: value === undefined ? undefined : { type: effect.type, key: effect.key, value, version } };
  }

  /**
   * @template T
   * @param {() => Promise<T>} act
   */
  #alone(act) {
    return this.client.machine.lock(`lyceum.queue.${this.userId}`, act);
  }
}

/** @param {Row | undefined} row */
function raised(row) {
  return row?.version === undefined ? { version: row ? undefined : 1 } : { version: row.version + 1 };
}
