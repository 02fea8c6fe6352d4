import { Queue } from "./queue.js";

export { effects } from "./effects.js";

const MOST = 50;
/** How often a push that comes no further is sent again before it is left for later. */
const ROUNDS = 6;
const RETRY_SECONDS = 5;
/** Milliseconds; the pauses grow up to it, and last half a minute in all. */
const LONGEST_PAUSE = 12_000;
const OUT_OF_STEP = ["OUT_OF_ORDER", "SEQUENCE_REUSED"];
const PUSH = { method: "POST", path: "/api/sync/push", headers: {}, isOpen: false, isSafe: true };

/**
 * @typedef {import("./queue.js").Wanted} Wanted
 * @typedef {import("./queue.js").Queued} Queued
 * @typedef {import("./queue.js").Row} Row
 *
 * @typedef {object} Refused An operation that the server did not apply as it was; kept until it is dismissed.
 * @property {Queued} operation
 * @property {"conflict" | "rejected"} status
 * @property {string} code
 * @property {string} [message]
 * @property {any} [server] What stands there, by field.
 * @property {any} [value] The copy that was made of this device's side, where one was.
 *
 * @typedef {object} Report What one run did.
 * @property {number} applied
 * @property {number} merged
 * @property {Refused[]} conflicts
 * @property {Refused[]} rejected
 * @property {number} pulled How many changes came.
 * @property {number} waiting How many operations are to be sent again later.
 *
 * @typedef {object} SyncOptions
 * @property {(refused: Refused) => unknown} [onConflict] Others changed the same meanwhile.
 * @property {(refused: Refused) => unknown} [onRejected] It was undone here, since the server does not take it.
 * @property {() => unknown} [onChange] Something that is shown may have changed.
 * @property {Record<string, import("./effects.js").EffectOf>} [effects] Those of an app, by type of operation.
 */

/** Keeps a person's things here and with the server the same, on a line that comes and goes. */
export class Sync {
  /** @type {Promise<Report> | undefined} */
  #run;

  /**
   * @param {import("../client.js").Client} client
   * @param {SyncOptions} [options]
   */
  constructor(client, options = {}) {
    this.client = client;
    this.options = options;
  }

  async #queue() {
    const user = await this.client.session.user();
    if (!user) throw new TypeError("nobody is signed in, so nothing can be kept for them");
    return new Queue(this.client, user.userId, this.options.effects);
  }

  /**
   * Do something now, as far as the person sees, and with the server when there is a line.
   *
   * @param {Wanted} wanted
   * @returns {Promise<Queued>}
   */
  async add(wanted) {
    const queued = await (await this.#queue()).add(wanted);
    this.options.onChange?.();
    return queued;
  }

  /**
   * Return the things of a type as the person shall see them: `note`, `bookmark`, `review`, `course`, `preferences`.
   *
   * @param {string} type
   * @returns {Promise<Row[]>}
   */
  async rows(type) {
    return (await this.#queue()).rows(type);
  }

  /** Return the id by which the server knows this device. */
  async deviceId() {
    const queue = await this.#queue();
    await queue.keep({});
    return (await queue.state()).deviceId;
  }

  /** Say whether the server was heard already, so that what is missing here is missing there too. */
  async hasPulled() {
    return Boolean((await (await this.#queue()).state()).cursor);
  }

  /** Return what the server does not have yet, in its order. */
  async waiting() {
    return (await this.#queue()).waiting();
  }

  /** Return what the server did not take, until it is dismissed. @returns {Promise<Refused[]>} */
  async refused() {
    const queue = await this.#queue();
    return (await this.client.store.entries(queue.at("refused/"))).map(([, refused]) => refused);
  }

  /** @param {string} operationId */
  async dismiss(operationId) {
    const queue = await this.#queue();
    await this.client.store.write({ [queue.at(`refused/${operationId}`)]: undefined });
  }

  /**
   * Send what waits and fetch what changed; whoever asks meanwhile gets the same run.
   *
   * Throws a LyceumError when there is no line; nothing is lost, and the next run goes on.
   *
   * @returns {Promise<Report>}
   */
  run() {
    this.#run ??= this.client.machine
      .lock("lyceum.sync", () => this.#ran())
      .finally(() => {
        this.#run = undefined;
        this.options.onChange?.();
      });
    return this.#run;
  }

  /**
   * Run until a thing is here that was made by a call of its own, and say whether it is: changes come seconds after.
   *
   * @param {string} type
   * @param {string} key
   */
  async until(type, key) {
    for (let pause = 500; pause <= LONGEST_PAUSE; pause *= 1.6) {
      await this.run();
      if ((await this.rows(type)).some((row) => row.key === key)) return true;
      await this.client.machine.wait(pause);
    }
    return false;
  }

  async #ran() {
    const queue = await this.#queue();
    /** @type {Report} */
    const report = { applied: 0, merged: 0, conflicts: [], rejected: [], pulled: 0, waiting: 0 };
    await queue.keep({});
    for (let isSent = true; isSent; ) {
      isSent = await this.#push(queue, report);
      await this.#pull(queue, report);
      report.waiting = (await queue.waiting()).length;
      isSent &&= report.waiting > 0;
    }
    return report;
  }

  /**
   * Send all that waits, and say whether that went; what is added meanwhile is sent by the same run.
   *
   * @param {Queue} queue
   * @param {Report} report
   */
  async #push(queue, report) {
    for (let idle = 0; idle < ROUNDS; ) {
      const sent = (await queue.waiting()).slice(0, MOST);
      if (sent.length === 0) return true;
      const { deviceId } = await queue.state();
      const body = { deviceId, operations: sent.map(({ about, ...operation }) => operation) };
      const { data } = await this.client.send({ ...PUSH, body });
      const settled = await this.#settle(queue, sent, data.results, report);
      if (data.results.some((/** @type {any} */ each) => OUT_OF_STEP.includes(each.code))) {
        await queue.renumber(data.nextSeq);
        idle += 1;
      } else if (settled < sent.length) {
        idle = settled > 0 ? 0 : idle + 1;
        await this.client.machine.wait(1000 * (data.retryAfterSeconds ?? RETRY_SECONDS));
      }
    }
    return false;
  }

  /**
   * Take what was settled off the queue, and return how many that were.
   *
   * @param {Queue} queue
   * @param {Queued[]} sent
   * @param {any[]} results
   * @param {Report} report
   */
  async #settle(queue, sent, results, report) {
    /** @type {Record<string, any>} */
    const changes = {};
    const read = async (/** @type {string} */ place) =>
      place in changes ? changes[place] : /** @type {any} */ (await this.client.store.get(place));
    /** @type {Refused[]} */
    const refused = [];
    const settled = [];
    for (const operation of sent) {
      const result = results.find((each) => each.operationId === operation.operationId);
      if (!result || result.status === "retry" || OUT_OF_STEP.includes(result.code)) break;
      settled.push(operation);
      if (result.status === "applied" || result.status === "merged") {
        report[/** @type {"applied" | "merged"} */ (result.status)] += 1;
        Object.assign(changes, await queue.done(operation, result.value, read));
      } else {
        const { status, code, message, server, value } = result;
        refused.push({ operation, status, code, message, server, value });
        changes[queue.at(`refused/${operation.operationId}`)] = refused.at(-1);
      }
    }
    await queue.settle(settled, changes);
    refused.forEach((each) => this.#tell(each, report));
    return settled.length;
  }

  /**
   * @param {Refused} refused
   * @param {Report} report
   */
  #tell(refused, report) {
    const isConflict = refused.status === "conflict";
    report[isConflict ? "conflicts" : "rejected"].push(refused);
    (isConflict ? this.options.onConflict : this.options.onRejected)?.(refused);
  }

  /**
   * @param {Queue} queue
   * @param {Report} report
   */
  async #pull(queue, report) {
    for (;;) {
      const { cursor, etag } = await queue.state();
      /** @type {Record<string, string>} */
      const headers = etag ? { "If-None-Match": etag } : {};
      const path = `/api/sync/pull${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`;
      const asked = { method: "GET", path, headers, isOpen: false, isSafe: true };
      const answer = await this.client.send(asked, { isKept: false });
      if (answer.status === 304) return;
      const { changes, isFirst, hasMore } = answer.data;
      const dropped = isFirst ? await this.client.store.entries(queue.at("rows/")) : [];
      /** @type {Record<string, unknown>} */
      const written = Object.fromEntries(dropped.map(([key]) => [key, undefined]));
      for (const { type, key, isRemoved, version, value } of changes) {
        written[queue.at(`rows/${type}/${key}`)] = isRemoved ? undefined : { type, key, version, value };
      }
      const isSame = answer.data.cursor === cursor;
      await queue.keep({ cursor: answer.data.cursor, etag: isSame ? answer.etag : undefined }, written);
      report.pulled += changes.length;
      if (!hasMore) return;
    }
  }

  /**
   * Run whenever there is a line again, the app is looked at again, or `every` milliseconds went by; returns how to end.
   *
   * @param {{ every?: number, onError?: (error: unknown) => unknown }} [how]
   */
  start({ every = 5 * 60_000, onError = () => {} } = {}) {
    const { machine } = this.client;
    let stop = () => {};
    const again = () => {
      stop();
      stop = machine.after(again, every);
      if (machine.isOnline()) this.run().catch(onError);
    };
    const seen = () => globalThis.document?.visibilityState !== "hidden" && again();
    globalThis.addEventListener?.("online", again);
    globalThis.document?.addEventListener("visibilitychange", seen);
    again();
    return () => {
      stop();
      globalThis.removeEventListener?.("online", again);
      globalThis.document?.removeEventListener("visibilitychange", seen);
    };
  }
}
