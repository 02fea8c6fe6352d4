import { prepared } from "./requests.js";
import { scrypt } from "./scrypt.js";

const text = new TextEncoder();

/**
 * @typedef {import("../generated/api.js").components["schemas"]} S
 * @typedef {S["ExamsPackView"]} Pack
 * @typedef {S["ExamsHandInReceipt"]} Receipt
 * @typedef {Record<string, unknown> & { position: number, questionId: string, elapsedMs: number, hash: string }} Entry
 *
 * @typedef {object} Kept
 * @property {Pack} pack
 * @property {Entry[]} entries
 * @property {string} [key] Base64; known from the release on, or once the code was given.
 * @property {string} [openedAt]
 * @property {string} [closedAt]
 * @property {Receipt} [receipt]
 */

/** An exam that is sat without a line: its questions, the chain of answers, and handing in. All of it is in the store. */
export class Sitting {
  /**
   * @param {import("./client.js").Client} client
   * @param {string} place
   * @param {Kept} kept
   */
  constructor(client, place, kept) {
    this.client = client;
    this.place = place;
    this.kept = kept;
  }

  /**
   * Fetch the pack of an exam for this device, or again, for its key; what was answered stays.
   *
   * @param {import("./client.js").Client} client
   * @param {string} assessmentId
   * @param {string} deviceId
   */
  static async fetch(client, assessmentId, deviceId) {
    const line = "POST /api/assessments/{assessmentId}/packs";
    const asked = { path: { assessmentId }, body: { deviceId }, isSafe: true };
    const pack = /** @type {Pack} */ ((await client.send(prepared(line, asked, () => ""))).data);
    const place = `${await home(client)}${pack.packId}`;
    const known = /** @type {Kept | undefined} */ (await client.store.get(place));
    const sitting = new Sitting(client, place, { entries: [], ...known, pack, ...(pack.key && { key: pack.key }) });
    await sitting.#keep({});
    return sitting;
  }

  /**
   * Return the exams that are on this device, of whoever is signed in.
   *
   * @param {import("./client.js").Client} client
   */
  static async all(client) {
    const found = await client.store.entries(await home(client));
    return found.map(([place, kept]) => new Sitting(client, place, kept));
  }

  get pack() {
    return this.kept.pack;
  }

  get receipt() {
    return this.kept.receipt;
  }

  /** Whether the questions can be read now: by the key, or else with the code that is said in the hall. */
  get needsCode() {
    return !this.kept.key && Boolean(this.pack.codeLock);
  }

  /**
   * Open the pack, which starts its time, and return what is in it. Throws where the key is not known, or the code is wrong.
   *
   * @param {{ code?: string }} [by]
   * @returns {Promise<{ questions: any[], sections: any[], rules: any }>}
   */
  async open({ code } = {}) {
    const key = this.kept.key ?? (await this.#unlocked(code));
    const plain = await decrypted(bytes(key), this.pack.nonce, this.pack.content, this.pack.pin);
    const now = new Date(this.client.machine.now()).toISOString();
    await this.#keep({ key, openedAt: this.kept.openedAt ?? now });
    return JSON.parse(new TextDecoder().decode(plain));
  }

  /** Milliseconds that are left, by this device's clock; never less than none. */
  get leftMs() {
    const limit = 1000 * this.pack.limitSeconds;
    const closes = Date.parse(this.pack.closesAt) - this.client.machine.now();
    return Math.max(0, Math.min(limit - this.#elapsed(), closes));
  }

  /**
   * Write an answer into the chain: its field as the API takes it, an empty one clears. Throws when the time is over.
   *
   * @param {string} questionId
   * @param {Record<string, unknown>} answer
   */
  answer(questionId, answer) {
    return this.client.machine.lock(`lyceum.${this.place}`, async () => {
      this.kept = /** @type {Kept} */ ((await this.client.store.get(this.place)) ?? this.kept);
      const { entries, key, pack, openedAt, closedAt } = this.kept;
      if (!openedAt || closedAt || this.leftMs === 0) throw new TypeError("the time of this exam is over");
      const plain = { ...answer, position: entries.length + 1, questionId, elapsedMs: this.#elapsed() };
      const hash = await link(bytes(key ?? ""), entries.at(-1)?.hash ?? pack.pin, plain);
      await this.#keep({ entries: [...entries, { ...plain, hash }] });
    });
  }

  /** Return the last answer to each question. @returns {Record<string, Entry>} */
  get answers() {
    return Object.fromEntries(this.kept.entries.map((entry) => [entry.questionId, entry]));
  }

  /** End the exam on this device, at the end of its time at the latest; from now on nothing changes. */
  async close() {
    const { openedAt, closedAt, pack } = this.kept;
    if (!openedAt) throw new TypeError("this exam was not opened");
    const ends = [this.client.machine.now(), Date.parse(openedAt) + 1000 * pack.limitSeconds, Date.parse(pack.closesAt)];
    await this.#keep({ closedAt: closedAt ?? new Date(Math.min(...ends)).toISOString() });
  }

  /** Return what is handed in, sealed by its chain: any device may carry it. */
  handover() {
    const { pack, entries, openedAt, closedAt } = this.kept;
    return { deviceId: pack.deviceId, paperHash: pack.paperHash, openedAt, closedAt, entries };
  }

  /** Hand in; as often as it is sent, it counts once. @returns {Promise<Receipt>} */
  async handIn() {
    await this.close();
    const line = `POST /api/packs/${this.pack.packId}/hand-in`;
    const receipt = (await this.client.send(prepared(line, { body: this.handover(), isSafe: true }, () => ""))).data;
    await this.#keep({ receipt });
    return receipt;
  }

  /** Milliseconds since the pack was opened, which never fall, whatever the clock does. */
  #elapsed() {
    const { openedAt, entries } = this.kept;
    const elapsed = openedAt ? this.client.machine.now() - Date.parse(openedAt) : 0;
    return Math.max(elapsed, entries.at(-1)?.elapsedMs ?? 0, 0);
  }

  /** @param {string} [code] */
  async #unlocked(code) {
    const lock = this.pack.codeLock;
    if (!lock || !code) throw new TypeError("this exam is not open yet");
    const salt = Uint8Array.from(lock.salt.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const opener = await scrypt(text.encode(code.trim()), salt, lock);
    return base64(await decrypted(opener, lock.nonce, lock.lockedKey, this.pack.pin));
  }

  /** @param {Partial<Kept>} parts */
  async #keep(parts) {
    this.kept = { ...this.kept, ...parts };
    await this.client.store.write({ [this.place]: this.kept });
  }
}

/** @param {import("./client.js").Client} client */
async function home(client) {
  return `packs/${(await client.session.user())?.userId}/`;
}

/**
 * Return the hash of a chain's entry: HMAC-SHA256 of canonical JSON of the hash before and the entry.
 *
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {string} before
 * @param {unknown} entry
 */
export async function link(key, before, entry) {
  const signer = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", signer, text.encode(JSON.stringify(sorted([before, entry]))));
  return [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {string} nonce
 * @param {string} content
 * @param {string} pin
 */
async function decrypted(key, nonce, content, pin) {
  const opener = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: bytes(nonce), additionalData: text.encode(pin) };
  return new Uint8Array(await crypto.subtle.decrypt(how, opener, bytes(content)));
}

/** @param {string} written Base64. */
function bytes(written) {
  return Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));
}

/** @param {Uint8Array} raw */
function base64(raw) {
  return btoa(String.fromCharCode(...raw));
}
