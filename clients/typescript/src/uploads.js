import { LyceumError } from "./errors.js";
import { exchange } from "./exchange.js";
import { prepared } from "./requests.js";
import { persist } from "./retries.js";

const OPEN = "POST /api/uploads key";
/** How many parts are on their way at once; more make a slow line no faster. */
const AT_ONCE = 2;
const ROUNDS = 4;
/** Files up to this size are sent with their checksum, so that storage itself notices a broken byte. */
const CHECKED_BYTES = 16 * 1024 * 1024;
/** By how much of its beginning and end a file is known again. */
const END_BYTES = 64 * 1024;
const BASE_TIMEOUT = 60_000;
const SLOWEST_BYTES_A_MILLISECOND = 4;
const LONGEST_LOOK = 10_000;
const SETTLED = ["ready", "rejected", "failed"];

/**
 * @typedef {import("../generated/api.js").components["schemas"]} S
 * @typedef {S["UploadsSlot"]} Slot
 * @typedef {S["ContentUploadView"]} UploadView
 *
 * @typedef {object} Sending
 * @property {Blob} file
 * @property {string} [purpose] As `openUpload` takes it.
 * @property {string} [fileName]
 * @property {string} [contentType]
 * @property {(asked: any, key: string) => Promise<Slot>} [open] Opens a slot of another kind, such as a lesson's.
 * @property {(progress: { sentBytes: number, totalBytes: number }) => unknown} [onProgress]
 * @property {AbortSignal} [signal]
 * @property {boolean} [isAwaited] False returns as soon as the bytes are there, before they were looked at.
 *
 * @typedef {{ key: string, uploadId?: string, url?: string, fields?: Record<string, string>, expiresAt?: string }} Kept
 */

/**
 * Send a file, and return what became of it.
 *
 * What broke off goes on where it was: by the same call with the same file, after a visit too where the store outlives it.
 *
 * @param {import("./client.js").Client} client
 * @param {Sending} sending
 * @returns {Promise<UploadView>}
 */
export async function upload(client, sending) {
  const job = await Upload.of(client, sending);
  const shown = (await job.resumed()) ?? (await job.begun());
  return job.finished(shown);
}

class Upload {
  sentBytes = 0;

  /**
   * @param {import("./client.js").Client} client
   * @param {Sending} sending
   * @param {string} place
   * @param {Kept} kept
   */
  constructor(client, sending, place, kept) {
    this.client = client;
    this.sending = sending;
    this.place = place;
    this.kept = kept;
  }

  /**
   * @param {import("./client.js").Client} client
   * @param {Sending} sending
   */
  static async of(client, sending) {
    const file = /** @type {Partial<File> & Blob} */ (sending.file);
    const user = await client.session.user();
    const name = sending.fileName ?? file.name ?? "file";
    const ends = await digest(new Blob([file.slice(0, END_BYTES), file.slice(-END_BYTES)]));
    const mark = [user?.userId, sending.purpose ?? "", name, file.size, file.lastModified ?? "", ends].join("/");
    const place = `uploads/${mark}`;
    const kept = /** @type {Kept | undefined} */ (await client.store.get(place));
    return new Upload(client, { ...sending, fileName: name }, place, kept ?? { key: client.newId() });
  }

  /** Return the upload as it stands where it was begun before and can go on, else undefined. */
  async resumed() {
    if (!this.kept.uploadId) return undefined;
    try {
      const shown = await this.#shown();
      const isOver = shown.state === "waiting" && !shown.multipart && this.#isExpired();
      if (!isOver && shown.state !== "rejected" && shown.state !== "failed") return shown;
    } catch (error) {
      if (!LyceumError.is(error, "NOT_FOUND")) throw error;
    }
    this.kept = { key: this.client.newId() };
    return undefined;
  }

  #isExpired() {
    return !this.kept.expiresAt || Date.parse(this.kept.expiresAt) <= this.client.machine.now();
  }

  /** Open a slot; the key is kept first, so that a slot whose answer was lost is found again. */
  async begun() {
    const { file, fileName, contentType, purpose, open } = this.sending;
    const sha256 = file.size <= CHECKED_BYTES ? await digest(file) : "";
    const asked = {
      ...(purpose && { purpose }),
      fileName,
      contentType: contentType ?? (file.type || "application/octet-stream"),
      sizeBytes: file.size,
      ...(sha256 && { sha256 }),
    };
    await this.#keep(this.kept);
    const { uploadId, url, fields, expiresAt, multipart } = await (open ?? this.#opened)(asked, this.kept.key);
    await this.#keep({ ...this.kept, uploadId, url, fields, expiresAt });
    return /** @type {UploadView} */ ({ uploadId, state: "waiting", multipart });
  }

  /** @type {(asked: any, key: string) => Promise<Slot>} */
  #opened = async (asked, key) => {
    const request = prepared(OPEN, { body: asked, key }, () => key);
    return (await this.client.send(request, { signal: this.sending.signal })).data;
  };

  /** @param {UploadView} shown */
  async finished(shown) {
    if (shown.state === "waiting") await (shown.multipart ? this.#sendParts(shown) : this.#sendForm());
    this.#progress(this.sending.file.size);
    const last = this.sending.isAwaited === false ? await this.#shown() : await this.#settled();
    await this.#keep(undefined);
    return last;
  }

  async #sendForm() {
    const form = new FormData();
    for (const [name, value] of Object.entries(this.kept.fields ?? {})) form.append(name, value);
    form.append("file", this.sending.file);
    await this.#put("POST", this.kept.url ?? "", form, this.sending.file.size);
  }

  /** @param {UploadView} begun */
  async #sendParts(begun) {
    /** @type {UploadView} */
    let shown = begun;
    for (let round = 0; round < ROUNDS && shown.state === "waiting" && shown.multipart; round += 1) {
      const { parts, received, partSizeBytes, completeUrl } = shown.multipart;
      if (parts.length === 0) {
        await this.#complete(completeUrl, received ?? []);
        return;
      }
      this.sentBytes = (received ?? []).reduce((sum, part) => sum + part.sizeBytes, 0);
      this.#progress(0);
      const left = [...parts];
      const worker = async () => {
        for (let part = left.shift(); part; part = left.shift()) await this.#sendPart(part, partSizeBytes);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      shown = await this.#shown();
    }
    if (shown.state === "waiting" && shown.multipart) await this.#complete(shown.multipart.completeUrl, shown.multipart.received ?? []);
  }

  /**
   * Send a part; one whose address is no longer good is left for the next round, which has fresh addresses.
   *
   * @param {{ number: number, sizeBytes: number, url: string }} part
   * @param {number} partSize
   */
  async #sendPart({ number, sizeBytes, url }, partSize) {
    const begin = (number - 1) * partSize;
    try {
      await this.#put("PUT", url, this.sending.file.slice(begin, begin + sizeBytes), sizeBytes);
    } catch (error) {
      if (!(error instanceof LyceumError) || error.status !== 403) throw error;
      return;
    }
    this.sentBytes += sizeBytes;
    this.#progress(0);
  }

  /**
   * Put the parts together; where they were already, storage knows the upload no more.
   *
   * @param {string} url
   * @param {{ number: number, etag: string }[]} received
   */
  async #complete(url, received) {
    const parts = [...received].sort((a, b) => a.number - b.number);
    const listed = parts.map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`);
    const text = `<CompleteMultipartUpload>${listed.join("")}</CompleteMultipartUpload>`;
    try {
      await this.#put("POST", url, text, 0);
    } catch (error) {
      if (!(error instanceof LyceumError) || error.status !== 404) throw error;
    }
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {FormData | Blob | string} body
   * @param {number} size
   */
  async #put(method, url, body, size) {
    const { machine } = this.client;
    const { signal, onProgress } = this.sending;
    const timeout = BASE_TIMEOUT + size / SLOWEST_BYTES_A_MILLISECOND;
    const watched = onProgress && globalThis.XMLHttpRequest ? { ...machine, fetch: watching((sent) => this.#progress(sent)) } : machine;
    return persist(machine, { isSafe: true, signal }, async () => {
      const got = await exchange(watched, { method, url, headers: {}, body, signal, timeout });
      if (typeof got.body === "string" && got.body.includes("<Error>")) {
        throw new LyceumError({ code: "STORAGE", message: "Storage could not take the file.", status: 503 });
      }
    });
  }

  /** @param {number} more Bytes that are on their way. */
  #progress(more) {
    const totalBytes = this.sending.file.size;
    this.sending.onProgress?.({ sentBytes: Math.min(this.sentBytes + more, totalBytes), totalBytes });
  }

  /** @returns {Promise<UploadView>} */
  async #shown() {
    const request = prepared(`GET /api/uploads/${this.kept.uploadId}`, {}, () => "");
    return (await this.client.send(request, { isKept: false, signal: this.sending.signal })).data;
  }

  async #settled() {
    for (let pause = 500; ; pause = Math.min(pause * 1.5, LONGEST_LOOK)) {
      const shown = await this.#shown();
      if (SETTLED.includes(shown.state) || this.sending.signal?.aborted) return shown;
      await this.client.machine.wait(pause, this.sending.signal);
    }
  }

  /** @param {Kept | undefined} kept */
  async #keep(kept) {
    this.kept = kept ?? this.kept;
    await this.client.store.write({ [this.place]: kept });
  }
}

/**
 * Return a `fetch` that tells of each piece that left, as only the older XMLHttpRequest can.
 *
 * @param {(sentBytes: number) => void} onSent
 * @returns {typeof fetch}
 */
function watching(onSent) {
  return (url, { method = "GET", body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, String(url));
      request.upload.onprogress = ({ loaded }) => onSent(loaded);
      request.onload = () => {
        const type = request.getResponseHeader("content-type") ?? "text/plain";
        const text = request.status === 204 ? null : request.responseText;
        resolve(new Response(text, { status: request.status, headers: { "content-type": type } }));
      };
      request.onerror = request.onabort = () => reject(new TypeError("there was no answer"));
      signal?.addEventListener("abort", () => request.abort(), { once: true });
      request.send(/** @type {XMLHttpRequestBodyInit} */ (body));
    });
}

/**
 * Return a SHA-256 as base64; nothing where a browser does not have it, as on pages without TLS.
 *
 * @param {Blob} file
 */
async function digest(file) {
  if (!globalThis.crypto?.subtle) return "";
  const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
