// Files: whole, in parts, broken off and gone on with.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { MemoryStore } from "../src/index.js";
import { upload } from "../src/uploads.js";
import { client, noLine, refused } from "./fakes.mjs";

const LATER = "2027-01-01T00:00:00Z";

/** A server with storage behind it: small files by a form, large ones in parts of four bytes. */
function storage({ isLarge = false, looks = 1 } = {}) {
  const state = { slots: 0, received: new Map(), body: undefined, isWhole: false, looks, epoch: 0, hook: () => undefined };
  const parts = () => [1, 2, 3].filter((number) => !state.received.has(number));
  const multipart = () => ({
    partSizeBytes: 4,
    parts: parts().map((number) => ({ number, sizeBytes: number === 3 ? 2 : 4, url: `https://s3.test/${number}?at=${state.epoch}` })),
    received: [...state.received].map(([number, { length }]) => ({ number, sizeBytes: length, etag: `"${number}"` })),
    completeUrl: "https://s3.test/complete",
  });
  const keys = new Map();
  const answer = async (call) => {
    const early = state.hook(call, state);
    if (early) return early;
    const { method, path, body, headers } = call;
    if (path === "/api/uploads") {
      if (!keys.has(headers["Idempotency-Key"])) keys.set(headers["Idempotency-Key"], `u${(state.slots += 1)}`);
      const uploadId = keys.get(headers["Idempotency-Key"]);
      const slot = isLarge ? { multipart: multipart() } : { url: "https://s3.test/form", fields: { key: "k" } };
      return { status: 201, data: { uploadId, ...slot, expiresAt: LATER } };
    }
    if (path.startsWith("/api/uploads/")) {
      if (!state.isWhole) return { data: { uploadId: path.slice(13), state: "waiting", ...(isLarge && { multipart: multipart() }) } };
      return { data: { uploadId: path.slice(13), state: (state.looks -= 1) < 0 ? "ready" : "processing", variants: [] } };
    }
    if (path === "/form") {
      state.body = await body.get("file").text();
      state.isWhole = true;
    } else if (path === "/complete") {
      if (parts().length > 0) return refused(400, "InvalidPart");
      state.complete = body;
      state.isWhole = true;
    } else state.received.set(Number(path[1]), await body.text());
    return new Response(null, { status: 204 });
  };
  return { state, answer };
}

const file = () => new Blob(["0123456789"], { type: "text/plain" });

test("a small file goes by a form, with its checksum, and is looked at until it is settled", async () => {
  const { state, answer } = storage({ looks: 3 });
  const { lyceum, asked, store } = await client(answer);
  const progress = [];
  const shown = await upload(lyceum, { file: file(), purpose: "attachment", fileName: "a.txt", onProgress: (p) => progress.push(p.sentBytes) });
  assert.deepEqual([shown.state, state.body, progress.at(-1)], ["ready", "0123456789", 10]);
  const { sha256, ...rest } = asked[0].body;
  assert.equal(sha256, createHash("sha256").update("0123456789").digest("base64"));
  assert.deepEqual(rest, { purpose: "attachment", fileName: "a.txt", contentType: "text/plain", sizeBytes: 10 });
  assert.deepEqual(await store.entries("uploads/"), []);
});

test("a browser tells of each piece that leaves", async () => {
  const { answer } = storage();
  const { lyceum } = await client(answer);
  globalThis.XMLHttpRequest = class {
    upload = {};
    status = 204;
    open(method, url) {
      this.asked = { method, path: new URL(url).pathname };
    }
    async send(body) {
      for (const loaded of [4, 8]) this.upload.onprogress({ loaded });
      await answer({ ...this.asked, body, headers: {} });
      this.onload();
    }
    getResponseHeader() {
      return null;
    }
  };
  const progress = [];
  try {
    await upload(lyceum, { file: file(), purpose: "attachment", onProgress: ({ sentBytes }) => progress.push(sentBytes) });
  } finally {
    delete globalThis.XMLHttpRequest;
  }
  assert.deepEqual(progress, [4, 8, 10]);
});

test("a slot whose answer was lost is asked for under the same key", async () => {
  const { state, answer } = storage();
  let isLost = true;
  const late = async (call) => {
    const got = await answer(call);
    return call.path === "/api/uploads" && isLost ? ((isLost = false), noLine()) : got;
  };
  const { lyceum } = await client(late);
  assert.equal((await upload(lyceum, { file: file(), purpose: "attachment" })).uploadId, "u1");
  assert.equal(state.slots, 1);
});

test("a large file goes in parts, and what broke off goes on after a crash", async () => {
  const { state, answer } = storage({ isLarge: true });
  state.hook = ({ path }) => (path.startsWith("/2") ? noLine() : undefined);
  const store = new MemoryStore();
  const first = await client(answer, { store });
  await assert.rejects(upload(first.lyceum, { file: file(), purpose: "document", fileName: "b" }));
  assert.deepEqual([...state.received.keys()].sort(), [1, 3]);
  state.hook = () => undefined;
  const next = await client(answer, { store });
  const progress = [];
  await upload(next.lyceum, { file: file(), purpose: "document", fileName: "b", onProgress: (p) => progress.push(p.sentBytes) });
  assert.deepEqual([...state.received].sort().map(([, text]) => text).join(""), "0123456789");
  assert.equal(next.asked.filter(({ method }) => method === "PUT").length, 1);
  assert.equal(state.slots, 1);
  assert.equal(progress[0], 6);
  assert.match(state.complete, /^<CompleteMultipartUpload><Part><PartNumber>1<\/PartNumber><ETag>"1"<\/ETag>/);
});

test("another file of the same name and size is not taken for the one that broke off", async () => {
  const { state, answer } = storage({ isLarge: true });
  state.hook = ({ path }) => (path.startsWith("/2") ? noLine() : undefined);
  const store = new MemoryStore();
  const { lyceum } = await client(answer, { store });
  await assert.rejects(upload(lyceum, { file: file(), purpose: "document", fileName: "b" }));
  state.hook = () => undefined;
  await upload(lyceum, { file: new Blob(["9876543210"]), purpose: "document", fileName: "b" });
  assert.equal(state.slots, 2);
});

test("addresses that are no longer good are asked for anew", async () => {
  const { state, answer } = storage({ isLarge: true });
  state.epoch = 1;
  state.hook = ({ method, path }) => {
    if (method === "GET") state.epoch = 2;
    return method === "PUT" && path.endsWith("at=1") ? refused(403, "AccessDenied") : undefined;
  };
  const { lyceum } = await client(answer);
  assert.equal((await upload(lyceum, { file: file(), purpose: "document" })).state, "ready");
});

test("putting together twice is once", async () => {
  const { state, answer } = storage({ isLarge: true });
  let isLost = true;
  const late = async (call) => {
    if (call.path !== "/complete") return answer(call);
    if (state.isWhole) return refused(404, "NoSuchUpload");
    const got = await answer(call);
    return isLost ? ((isLost = false), noLine()) : got;
  };
  const { lyceum } = await client(late);
  assert.equal((await upload(lyceum, { file: file(), purpose: "document" })).state, "ready");
});

test("storage may say in a good answer that it failed", async () => {
  const { state, answer } = storage({ isLarge: true });
  let isBad = true;
  state.hook = ({ path }) =>
    path === "/complete" && isBad
      ? ((isBad = false), new Response("<Error><Code>InternalError</Code></Error>", { headers: { "content-type": "application/xml" } }))
      : undefined;
  const { lyceum } = await client(answer);
  assert.equal((await upload(lyceum, { file: file(), purpose: "document" })).state, "ready");
});

test("a slot that is over is left, and another is opened", async () => {
  const { state, answer } = storage();
  const store = new MemoryStore();
  const { lyceum, machine } = await client(answer, { store });
  state.hook = ({ path }) => (path === "/form" ? noLine() : undefined);
  await assert.rejects(upload(lyceum, { file: file(), purpose: "attachment" }));
  state.hook = () => undefined;
  machine.at = Date.parse(LATER) + 1;
  const again = await client(answer, { store, now: () => machine.at });
  assert.equal((await upload(again.lyceum, { file: file(), purpose: "attachment" })).uploadId, "u2");
});
