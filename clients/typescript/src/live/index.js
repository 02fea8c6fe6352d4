import { LyceumError } from "../errors.js";
import { prepared } from "../requests.js";
import { pause } from "../retries.js";
import { readStream } from "./stream.js";

const TICKET = "POST /api/realtime/ticket";
const STREAMS = ["notifications", "assignments", "course-progress"];
const PING = 4 * 60_000;
const OPENING = 30_000;
/** How many connections in a row may fail before events are read by streams for a while. */
const TRIES = 2;
const STREAMED = 5 * 60_000;
const STREAM_TIMEOUT = 25_000;
const STREAM_PAUSE = 3000;
/** For how long the server keeps events; after a longer absence lists have to be read again. */
const KEPT = 24 * 3600_000;
const REMEMBERED = 500;

/**
 * @typedef {{ event: string, channel: string, id?: number, at?: string, data?: any }} LiveEvent
 *
 * @typedef {object} LiveOptions
 * @property {string[]} [topics] `course:ID`, `question:ID`, `group:ID`, `everybody`, `leaderboard`.
 * @property {(event: LiveEvent) => unknown} onEvent Each event once, in the order of its channel.
 * @property {(state: "live" | "streaming" | "waiting" | "ended") => unknown} [onState]
 * @property {() => unknown} [onGap] Events were missed that the server no longer has: read the lists again.
 * @property {string} [url] Where sockets are, if not where the ticket says.
 * @property {typeof WebSocket} [WebSocket]
 */

/** Hears what happens, by a socket, or by streams of events where there can be none; nothing is told twice. */
export class Live {
  /** @type {Record<string, number>} */
  #after = {};
  /** @type {Set<string>} */
  #told = new Set();
  /** @type {WebSocket | undefined} */
  #socket;
  #heardAt = 0;
  #end = new AbortController();

  /**
   * @param {import("../client.js").Client} client
   * @param {LiveOptions} options
   */
  constructor(client, options) {
    this.client = client;
    this.options = options;
    this.topics = new Set(options.topics ?? []);
    this.Socket = "WebSocket" in options ? options.WebSocket : globalThis.WebSocket;
  }

  /** Hear from now on, or from where the last visit ended, until `stop`; it returns when that is done. */
  async start() {
    const place = await this.#place();
    const kept = /** @type {{ after: Record<string, number>, at: number } | undefined} */ (await this.client.store.get(place));
    this.#after = kept?.after ?? {};
    this.#heardAt = kept?.at ?? 0;
    if (this.#isGap()) this.options.onGap?.();
    if (this.#after.user === undefined) await this.#begin();
    let failures = 0;
    while (!this.#isOver) {
      const isHeard = this.Socket !== undefined && (await this.#listen());
      failures = isHeard ? 0 : failures + 1;
      if (!this.Socket || failures >= TRIES) await this.#stream(this.Socket ? STREAMED : Infinity);
      else if (!this.#isOver) await this.#rest(failures);
    }
    this.options.onState?.("ended");
  }

  /** Ask where the person's channel is now, so that nothing is missed when the first connection breaks early. */
  async #begin() {
    /** @type {Record<string, number | undefined>} */
    const seen = {};
    await this.#readOnce(STREAMS[0], seen);
    if (seen[STREAMS[0]] !== undefined) await this.#reach("user", /** @type {number} */ (seen[STREAMS[0]]));
  }

  /** Hear no more. */
  stop() {
    this.#end.abort();
    this.#socket?.close();
  }

  /** @param {...string} topics */
  follow(...topics) {
    topics.forEach((topic) => this.topics.add(topic));
    this.#say({ action: "subscribe", topics });
  }

  /** @param {...string} topics */
  leave(...topics) {
    topics.forEach((topic) => this.topics.delete(topic));
    this.#say({ action: "unsubscribe", topics });
  }

  get #isOver() {
    return this.#end.signal.aborted;
  }

  async #place() {
    return `live/${(await this.client.session.user())?.userId}`;
  }

  #isGap() {
    return this.#heardAt > 0 && this.client.machine.now() - this.#heardAt > KEPT;
  }

  /** @param {number} failures */
  async #rest(failures) {
    const { machine } = this.client;
    this.options.onState?.("waiting");
    const lost = new LyceumError({ code: "NETWORK", message: "The connection ended." });
    await machine.wait(pause(lost, failures, machine.random), this.#end.signal);
  }

  /** Hear by a socket until it ends, and say whether it was ever open. */
  async #listen() {
    let url;
    try {
      const request = { ...prepared(TICKET, {}, () => ""), isSafe: true };
      const { data } = await this.client.send(request, { signal: this.#end.signal, attempts: 2 });
      url = this.options.url ? `${this.options.url}?ticket=${encodeURIComponent(data.ticket)}` : data.url;
    } catch (error) {
      if (error instanceof LyceumError && error.status === 401) this.stop();
      if (error instanceof LyceumError) return false;
      throw error;
    }
    return this.#isOver ? false : this.#hear(new /** @type {typeof WebSocket} */ (this.Socket)(url));
  }

  /**
   * @param {WebSocket} socket
   * @returns {Promise<boolean>}
   */
  #hear(socket) {
    const { machine } = this.client;
    this.#socket = socket;
    let isHeard = false;
    let quiet = machine.after(() => socket.close(), OPENING);
    const beat = () => {
      quiet();
      quiet = machine.after(() => (this.#say({ action: "ping" }), (quiet = machine.after(() => socket.close(), OPENING))), PING);
    };
    return new Promise((resolve) => {
      const end = () => (quiet(), (this.#socket = undefined), resolve(isHeard));
      socket.onopen = () => this.#subscribe([...this.topics]);
      socket.onmessage = ({ data }) => {
        if (!isHeard) this.options.onState?.("live");
        isHeard = true;
        beat();
        this.#take(JSON.parse(String(data)));
      };
      socket.onclose = end;
      socket.onerror = () => (socket.close(), end());
    });
  }

  /** @param {string[]} topics */
  #subscribe(topics) {
    this.#say({ action: "subscribe", topics, after: this.#after });
  }

  /** @param {Record<string, unknown>} message */
  #say(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** @param {any} message */
  #take(message) {
    if (message.event === "subscribed" && message.more?.length > 0) this.#subscribe(message.more.filter((/** @type {string} */ each) => each !== "user"));
    if (message.id !== undefined && message.channel) this.#tell(message);
  }

  /**
   * @param {LiveEvent} event
   * @param {boolean} [isInOrder] Whether all that came before on its channel was told too.
   */
  #tell(event, isInOrder = true) {
    const name = `${event.channel} ${event.id}`;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    if (this.#told.size > REMEMBERED) this.#told.delete(/** @type {string} */ (this.#told.values().next().value));
    if (isInOrder) this.#reach(event.channel, event.id ?? 0);
    this.options.onEvent(event);
  }

  /**
   * Remember how far a channel was heard.
   *
   * @param {string} channel
   * @param {number} id
   */
  async #reach(channel, id) {
    this.#after[channel] = Math.max(this.#after[channel] ?? 0, id);
    this.#heardAt = this.client.machine.now();
    await this.client.store.write({ [await this.#place()]: { after: { ...this.#after }, at: this.#heardAt } });
  }

  /**
   * Read the streams one after the other for a while; then a socket is tried again.
   *
   * @param {number} milliseconds
   */
  async #stream(milliseconds) {
    const { machine } = this.client;
    const until = machine.now() + milliseconds;
    /** @type {Record<string, number | undefined>} */
    const seen = Object.fromEntries(STREAMS.map((name) => [name, this.#after.user]));
    this.options.onState?.("streaming");
    const read = async (/** @type {string} */ name) => {
      while (!this.#isOver && machine.now() < until) {
        await machine.wait(await this.#readOnce(name, seen), this.#end.signal);
      }
    };
    await Promise.all(STREAMS.map(read));
  }

  /**
   * Read a stream once, and return in how many milliseconds to come back.
   *
   * @param {string} name
   * @param {Record<string, number | undefined>} seen
   */
  async #readOnce(name, seen) {
    /** @type {Record<string, string>} */
    const headers = seen[name] === undefined ? {} : { "Last-Event-ID": String(seen[name]) };
    const request = { method: "GET", path: `/api/events/${name}`, headers, isOpen: false, isSafe: true };
    try {
      const how = { isKept: false, timeout: STREAM_TIMEOUT, signal: this.#end.signal, attempts: 1 };
      const { events, lastId, retry } = readStream((await this.client.send(request, how)).data);
      events.forEach((event) => this.#tell({ channel: "user", ...event }, false));
      seen[name] = lastId ?? seen[name];
      const reached = STREAMS.map((each) => seen[each] ?? 0);
      if (Math.min(...reached) > (this.#after.user ?? 0)) await this.#reach("user", Math.min(...reached));
      return retry ?? STREAM_PAUSE;
    } catch (error) {
      if (!(error instanceof LyceumError)) throw error;
      if (error.status === 401) this.stop();
      return pause(error, 3, this.client.machine.random);
    }
  }
}
