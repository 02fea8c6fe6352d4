/**
 * Drives the client from outside: requests come as lines of JSON on stdin, and are answered so on stdout, in any order.
 *
 *     node --experimental-websocket --no-warnings clients/typescript/tests/driver.mjs
 *
 *     {"id": 1, "do": "open", "args": {"baseUrl": "http://127.0.0.1:4566"}}
 *     {"id": 1, "ok": {}}
 *     {"id": 2, "do": "call", "args": {"operation": "showNote", "path": {"noteId": "nobody's"}}}
 *     {"id": 2, "error": {"code": "NOT_FOUND", "status": 404, "reason": "NOT_FOUND", "message": "There is no ..."}}
 *
 * An error without an answer has the status 0 and the code NETWORK, TIMEOUT or ABORTED; one of the driver itself has
 * the code DRIVER. What is asked before an answer came runs beside it.
 *
 * | do | args | ok |
 * |---|---|---|
 * | open | baseUrl, liveUrl?, storage? (a file that outlives the process, or nothing), patience? (factor of all pauses, 1) | {} |
 * | signIn | identifier, password | {userId} or {challenge} |
 * | signOut | | {} |
 * | call | operation, path?, query?, body?, key?, ifMatch?, idempotent? (safe though it takes no key), stale?, attempts? | {data, status, pagination?, etag?, isStale, isReplayed} |
 * | all | operation, path?, query?, limit? (how many at most) | {items} |
 * | upload | file (a path), purpose, contentType?, fileName?, isAwaited? | {upload, progress: [sentBytes, ...]} |
 * | batch | requests: [{operation, path?, query?, body?, key?, ifMatch?}] | {results: [{status, data?, pagination?, error?}]} |
 * | queue | operation: {type, key?, value?, baseVersion?, about?} | {operationId, seq} |
 * | sync | | {applied, merged, conflicts, rejected, pulled, waiting}; conflicts and rejected as lists |
 * | state | types? (["note", ...]) | {deviceId, queue: [operation], queueLength, refused: [...], rows: {type: [{key, value, version?, isPending?}]}} |
 * | dismiss | operationId | {} |
 * | offline | on | {}; while on, no request leaves |
 * | live | topics?, socket? (false: streams only) | {} |
 * | events | clear? | {events, states, gaps} so far |
 * | close | | {}, and the process ends |
 */
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";

import * as operations from "../generated/operations.js";
import { Client, LyceumError } from "../src/index.js";
import { Live } from "../src/live/index.js";
import { Sync } from "../src/sync/index.js";
import { upload } from "../src/uploads.js";
import { FileStore } from "./file_store.mjs";

const TYPES = ["note", "bookmark", "review", "course", "preferences"];
/** The shortest pause in milliseconds: what is still being worked on is not done sooner by a smaller factor. */
const PAUSE = 200;
let client, sync, live, liveUrl;
let isOffline = false;
let heard = { events: [], states: [], gaps: 0 };

const shown = ({ code, status, reason, message }) => ({ code, status, reason, message });

function machine(patience) {
  const wait = (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, signal?.aborted ? 0 : Math.max(PAUSE, milliseconds * patience));
      signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  const sent = async (...asked) => {
    if (isOffline) throw new TypeError("there is no line");
    return fetch(...asked);
  };
  return { wait, fetch: sent, isOnline: () => !isOffline };
}

const verbs = {
  async open({ baseUrl, liveUrl: sockets, storage, patience = 1 }) {
    const store = storage ? new FileStore(storage) : undefined;
    client = new Client({ url: baseUrl, operations, store, ...machine(patience) });
    sync = new Sync(client);
    liveUrl = sockets;
    return {};
  },
  async signIn(who) {
    const { user, challenge } = await client.signIn(who);
    return user ? { userId: user.userId } : { challenge };
  },
  async signOut() {
    await client.signOut();
    return {};
  },
  async call({ operation, idempotent, ...asked }) {
    return client.ask(operation, { ...asked, ...(idempotent && { isSafe: true }) });
  },
  async all({ operation, limit = Infinity, ...asked }) {
    const items = [];
    for await (const item of client.each(operation, asked)) {
      if (items.push(item) >= limit) break;
    }
    return { items };
  },
  async upload({ file: path, fileName = basename(path), contentType, ...sending }) {
    const progress = [];
    const onProgress = ({ sentBytes }) => progress.push(sentBytes);
    const file = await openAsBlob(path, { type: contentType });
    return { upload: await upload(client, { file, fileName, ...sending, onProgress }), progress };
  },
  async batch({ requests }) {
    const results = await client.batch(requests);
    return { results: results.map(({ error, ...rest }) => ({ ...rest, ...(error && { error: shown(error) }) })) };
  },
  async queue({ operation }) {
    const { operationId, seq } = await sync.add(operation);
    return { operationId, seq };
  },
  async sync() {
    return sync.run();
  },
  async state({ types = TYPES }) {
    const queue = await sync.waiting();
    const rows = Object.fromEntries(await Promise.all(types.map(async (type) => [type, await sync.rows(type)])));
    const [deviceId, refused] = [await sync.deviceId(), await sync.refused()];
    return { deviceId, queue, queueLength: queue.length, refused, rows };
  },
  async dismiss({ operationId }) {
    await sync.dismiss(operationId);
    return {};
  },
  async offline({ on }) {
    isOffline = on;
    return {};
  },
  async live({ topics = [], socket = true }) {
    live?.stop();
    live = new Live(client, {
      topics,
      url: liveUrl,
      ...(socket ? {} : { WebSocket: undefined }),
      onEvent: (event) => heard.events.push(event),
      onState: (state) => heard.states.push(state),
      onGap: () => (heard.gaps += 1),
    });
    live.start().catch((error) => heard.states.push(`failed: ${error}`));
    return {};
  },
  async events({ clear = false }) {
    const answer = heard;
    if (clear) heard = { events: [], states: [], gaps: 0 };
    return answer;
  },
  async close() {
    live?.stop();
    return {};
  },
};

async function answer(line) {
  const { id, do: verb, args = {} } = JSON.parse(line);
  try {
    if (!verbs[verb]) throw new TypeError(`there is no verb ${verb}`);
    say({ id, ok: await verbs[verb](args) });
  } catch (error) {
    const told = error instanceof LyceumError ? shown(error) : { code: "DRIVER", status: 0, message: String(error?.stack ?? error) };
    say({ id, error: told });
  }
  if (verb === "close") process.exit(0);
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

createInterface({ input: process.stdin }).on("line", answer);
