// Exams without a line, against the same rules written with Node's own cryptography.
import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac, randomBytes, scryptSync } from "node:crypto";
import { test } from "node:test";

import { MemoryStore } from "../src/index.js";
import { Sitting } from "../src/packs.js";
import { scrypt } from "../src/scrypt.js";
import { client } from "./fakes.mjs";

const encode = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const DEVICE = "01J8Z3N6Q40000000000000001";
const KEY = randomBytes(32);
const PIN = createHash("sha256").update("pack|device|paper").digest("hex");
const COST = { n: 2 ** 10, r: 8, p: 1 };

function sealed(key, plain) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(PIN));
  const content = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return [nonce, content].map((each) => each.toString("base64"));
}

function pack({ code, ...more } = {}) {
  const [nonce, content] = sealed(KEY, JSON.stringify({ questions: [{ question_id: "q1" }], sections: [], rules: {} }));
  const salt = randomBytes(16);
  const lock = code && sealed(scryptSync(code, salt, 32, { N: COST.n, r: COST.r, p: COST.p }), KEY);
  const opener = code
    ? { codeLock: { salt: salt.toString("hex"), ...COST, nonce: lock[0], lockedKey: lock[1] } }
    : { key: KEY.toString("base64") };
  const times = { releasedAt: "2026-11-29T00:00:00Z", closesAt: "2026-12-01T00:00:00Z", handInBy: "2026-12-02T00:00:00Z" };
  return { packId: "p1", deviceId: DEVICE, pin: PIN, paperHash: "0".repeat(64), nonce, content, limitSeconds: 600, ...times, ...opener, ...more };
}

async function candidate(made, options) {
  const handed = [];
  const answer = ({ path, body }) => {
    if (!path.endsWith("hand-in")) return { status: 201, data: made };
    handed.push(body);
    return { data: { packId: "p1", state: "accepted", digest: "d", receivedAt: "x", reasons: [] } };
  };
  const device = await client(answer, options);
  return { ...device, handed, sitting: await Sitting.fetch(device.lyceum, "a1", DEVICE) };
}

const ordered = (entry) => Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
const linked = (before, { hash, ...entry }) => createHmac("sha256", KEY).update(JSON.stringify([before, ordered(entry)])).digest("hex");

test("scrypt is that of RFC 7914, section 12", async () => {
  const some = await scrypt(encode("password"), encode("NaCl"), { n: 1024, r: 8, p: 16 });
  assert.equal(hex(some), "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162");
  const other = await scrypt(encode("pleaseletmein"), encode("SodiumChloride"), { n: 16384, r: 8, p: 1 });
  assert.equal(hex(other), "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
});

test("answers stand in a chain that holds, and it is handed in once", async () => {
  const { sitting, handed, machine, lyceum } = await candidate(pack());
  const { questions } = await sitting.open();
  assert.deepEqual(questions, [{ question_id: "q1" }]);
  machine.at += 5000;
  await Promise.all([sitting.answer("q1", { optionIds: ["a"] }), sitting.answer("q1", { fills: { 2: { text: "H\u2082O \"x\"" } } })]);
  machine.at -= 60_000;
  await sitting.answer("q1", { optionIds: [] });
  assert.equal((await sitting.handIn()).state, "accepted");
  const [{ entries, deviceId }] = handed;
  assert.deepEqual(entries.map(({ position, elapsedMs }) => [position, elapsedMs]), [[1, 5000], [2, 5000], [3, 5000]]);
  let before = PIN;
  for (const entry of entries) assert.equal(entry.hash, (before = linked(before, entry)));
  assert.equal(deviceId, DEVICE);
  const [kept] = await Sitting.all(lyceum);
  assert.equal(kept.receipt.digest, "d");
  await assert.rejects(kept.answer("q1", {}), TypeError);
});

test("a code opens the pack in the hall, and a wrong one does not", async () => {
  const { sitting } = await candidate(pack({ code: "K7QX" }));
  assert.ok(sitting.needsCode);
  await assert.rejects(sitting.open());
  await assert.rejects(sitting.open({ code: "K7QY" }));
  assert.equal((await sitting.open({ code: " K7QX " })).questions.length, 1);
  assert.equal((await sitting.open()).questions.length, 1);
});

test("a crash loses no answer, and the time goes on meanwhile", async () => {
  const store = new MemoryStore();
  const first = await candidate(pack(), { store });
  await first.sitting.open();
  await first.sitting.answer("q1", { optionIds: ["a"] });
  const later = await client(() => 0, { store, now: () => first.machine.at + 120_000 });
  const [sitting] = await Sitting.all(later.lyceum);
  assert.deepEqual([sitting.answers.q1.optionIds, sitting.leftMs], [["a"], 480_000]);
});

test("after the end nothing is written, and the exam ended when its time did", async () => {
  const { sitting, machine, handed } = await candidate(pack());
  await sitting.open();
  const opened = machine.at;
  machine.at += 3600_000;
  assert.equal(sitting.leftMs, 0);
  await assert.rejects(sitting.answer("q1", { optionIds: ["a"] }), TypeError);
  await sitting.handIn();
  assert.equal(Date.parse(handed[0].closedAt), opened + 600_000);
});
