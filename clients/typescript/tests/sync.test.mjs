// Work without a line: each operation once and in order, what is shown meanwhile, and what others changed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { LyceumError, MemoryStore } from "../src/index.js";
import { Sync } from "../src/sync/index.js";
import { client, noLine, signedIn, USER } from "./fakes.mjs";

const NOTE = "01J8Z3N6Q40000000000000100";

/** A server of operations that settles each once, as docs/offline.md says, and keeps notes. */
function office({ outcome = () => ({ status: "applied" }) } = {}) {
  const known = new Map();
  const state = { nextSeq: new Map(), changes: [], applied: [], pulls: 0, hook: () => undefined };
  const settle = (deviceId, operation) => {
    const next = state.nextSeq.get(deviceId) ?? 1;
    if (known.has(operation.operationId)) {
      if (operation.seq === next) state.nextSeq.set(deviceId, next + 1);
      return known.get(operation.operationId);
    }
    if (operation.seq > next) return { status: "retry", code: "OUT_OF_ORDER" };
    if (operation.seq < next) return { status: "rejected", code: "SEQUENCE_REUSED" };
    const result = outcome(operation, state);
    if (result.status === "retry") return result;
    state.applied.push(operation.operationId);
    known.set(operation.operationId, result);
    state.nextSeq.set(deviceId, next + 1);
    return result;
  };
  const answer = (call) => {
    const early = state.hook(call, state);
    if (early) return early;
    if (call.path === "/api/sync/push") {
      let isWaiting = false;
      const results = call.body.operations.map((operation) => {
        const result = isWaiting ? { status: "retry", code: "EARLIER_WAITS" } : settle(call.body.deviceId, operation);
        isWaiting ||= result.status === "retry";
        return { operationId: operation.operationId, seq: operation.seq, ...result };
      });
      const nextSeq = state.nextSeq.get(call.body.deviceId) ?? 1;
      const told = { data: { results, nextSeq, ...(isWaiting && { retryAfterSeconds: 5 }) } };
      return state.late?.(call) ?? told;
    }
    const from = Number(new URL(`x:${call.path}`).searchParams.get("cursor") ?? -1);
    state.pulls += 1;
    const changes = state.changes.slice(Math.max(from, 0), Math.max(from, 0) + 2);
    const cursor = Math.max(from, 0) + changes.length;
    return { data: { changes, cursor: String(cursor), hasMore: cursor < state.changes.length, isFirst: from < 0, isSnapshot: false } };
  };
  return { state, answer };
}

async function device(options = {}, more = {}) {
  const server = options.server ?? office(options);
  const made = await client(server.answer, more);
  const told = { conflicts: [], rejected: [] };
  const sync = new Sync(made.lyceum, {
    onConflict: (refused) => told.conflicts.push(refused),
    onRejected: (refused) => told.rejected.push(refused),
  });
  return { ...made, ...server, sync, told, server };
}

const create = { type: "note.create", key: NOTE, value: { topicId: "t", text: "In the bus." } };
const note = async (sync) => (await sync.rows("note")).find(({ key }) => key === NOTE);

test("what is done shows at once, and is sent in order and once", async () => {
  const { sync, state, asked } = await device();
  await sync.run();
  await sync.add(create);
  await sync.add({ type: "note.update", key: NOTE, value: { isDone: true } });
  const shown = await note(sync);
  assert.deepEqual([shown.value.text, shown.value.isDone, shown.isPending], ["In the bus.", true, true]);
  const report = await sync.run();
  assert.deepEqual([report.applied, report.waiting], [2, 0]);
  const [{ operations }] = asked.filter(({ path }) => path === "/api/sync/push").map(({ body }) => body);
  assert.deepEqual(operations.map(({ seq }) => seq), [1, 2]);
  assert.equal(operations[1].baseVersion, 1);
  assert.equal(operations[1].value.base.text, "In the bus.");
  const after = await note(sync);
  assert.deepEqual([after.value.isDone, after.isPending], [true, undefined]);
  assert.equal(state.applied.length, 2);
});

test("a lost answer doubles nothing", async () => {
  const { sync, state } = await device();
  let isLost = true;
  state.late = () => (isLost ? ((isLost = false), noLine()) : undefined);
  await sync.add(create);
  const report = await sync.run();
  assert.deepEqual([report.applied, state.applied.length, report.waiting], [1, 1, 0]);
});

test("without a line nothing is lost, and a new process goes on", async () => {
  const store = new MemoryStore();
  const { sync, state, server } = await device({}, { store });
  state.hook = noLine;
  await sync.add(create);
  await assert.rejects(sync.run(), (error) => LyceumError.is(error, "NETWORK"));
  const next = await device({ server }, { store });
  state.hook = () => undefined;
  assert.equal((await next.sync.waiting()).length, 1);
  await next.sync.run();
  assert.equal(state.applied.length, 1);
});

test("a rejected operation is undone here, told, and kept until it is dismissed", async () => {
  const { sync, told } = await device({ outcome: () => ({ status: "rejected", code: "NOT_FOUND", message: "No topic." }) });
  const { operationId } = await sync.add(create);
  const report = await sync.run();
  assert.equal(await note(sync), undefined);
  assert.deepEqual([report.rejected.length, told.rejected[0].code], [1, "NOT_FOUND"]);
  assert.equal((await sync.refused())[0].operation.value.text, "In the bus.");
  await sync.dismiss(operationId);
  assert.deepEqual(await sync.refused(), []);
});

test("a conflict tells both sides, and what stands is shown", async () => {
  const { sync, told, state } = await device({
    outcome: ({ type }) =>
      type === "note.update" ? { status: "conflict", code: "NOTE_CONFLICT", server: { text: "Theirs" } } : { status: "applied" },
  });
  state.changes.push({ type: "note", key: NOTE, isRemoved: false, version: 4, value: { text: "First", tags: [], kind: "todo" } });
  await sync.run();
  await sync.add({ type: "note.update", key: NOTE, value: { text: "Mine" } });
  assert.equal((await note(sync)).value.text, "Mine");
  state.changes.push({ type: "note", key: NOTE, isRemoved: false, version: 5, value: { text: "Theirs", tags: [], kind: "todo" } });
  await sync.run();
  assert.equal((await note(sync)).value.text, "Theirs");
  assert.deepEqual([told.conflicts[0].server.text, told.conflicts[0].operation.value.text], ["Theirs", "Mine"]);
  assert.equal(told.conflicts[0].operation.baseVersion, 4);
});

test("what has to wait is sent again after the time that was named, and stays when that does not help", async () => {
  let tries = 0;
  const { sync, machine } = await device({
    outcome: () => ((tries += 1) < 3 ? { status: "retry", code: "UNAVAILABLE" } : { status: "applied" }),
  });
  await sync.add(create);
  assert.equal((await sync.run()).applied, 1);
  assert.deepEqual(machine.waits, [5000, 5000]);
  const stuck = await device({ outcome: () => ({ status: "retry", code: "UNAVAILABLE" }) });
  await stuck.sync.add(create);
  assert.equal((await stuck.sync.run()).waiting, 1);
});

test("a device whose copy is old, or that the server has forgotten, is numbered anew", async () => {
  const { sync, state } = await device();
  await sync.add(create);
  await sync.run();
  const deviceId = await sync.deviceId();
  for (const nextSeq of [9, 1]) {
    state.nextSeq.set(deviceId, nextSeq);
    await sync.add({ type: "bookmark.set", key: NOTE, value: { mark: "important" } });
    await sync.add({ type: "bookmark.remove", key: NOTE });
    const report = await sync.run();
    assert.deepEqual([report.applied, report.waiting, report.rejected.length], [2, 0, 0]);
  }
  assert.equal(state.applied.length, 5);
});

test("a device knows whether it has heard of the server's side", async () => {
  const { sync } = await device();
  assert.equal(await sync.hasPulled(), false);
  await sync.run();
  assert.equal(await sync.hasPulled(), true);
});

test("more than fifty operations go in several pushes", async () => {
  const { sync, asked } = await device();
  for (let index = 0; index < 120; index += 1) await sync.add({ type: "lesson.time", key: NOTE, value: { seconds: 1 } });
  assert.equal((await sync.run()).applied, 120);
  const sizes = asked.filter(({ path }) => path === "/api/sync/push").map(({ body }) => body.operations.length);
  assert.deepEqual(sizes, [50, 50, 20]);
});

test("changes come page by page, removals too, and a fresh start forgets what was", async () => {
  const { sync, state } = await device();
  for (const key of ["a", "b", "c"]) state.changes.push({ type: "note", key, isRemoved: false, version: 1, value: { text: key } });
  assert.equal((await sync.run()).pulled, 3);
  state.changes.push({ type: "note", key: "b", isRemoved: true });
  assert.equal((await sync.run()).pulled, 1);
  assert.deepEqual((await sync.rows("note")).map(({ key }) => key), ["a", "c"]);
  state.changes = [{ type: "note", key: "z", isRemoved: false, version: 1, value: {} }];
  state.hook = ({ path }, own) => {
    own.hook = () => undefined;
    return path.startsWith("/api/sync/pull")
      ? { data: { changes: own.changes, cursor: "1", hasMore: false, isFirst: true, isSnapshot: true } }
      : undefined;
  };
  await sync.run();
  assert.deepEqual((await sync.rows("note")).map(({ key }) => key), ["z"]);
});

test("what a call made is waited for, as long as it is likely to come", async () => {
  const { sync, state, machine } = await device();
  state.hook = () => {
    if (state.pulls === 3) state.changes.push({ type: "course", key: "c1", isRemoved: false, version: 1, value: {} });
  };
  assert.equal(await sync.until("course", "c1"), true);
  assert.deepEqual(machine.waits, [500, 800, 1280]);
  assert.equal(await sync.until("course", "c2"), false);
});

test("an idle pull asks only whether anything changed", async () => {
  const { sync, state, asked } = await device();
  const idle = { data: { changes: [], cursor: "7", hasMore: false, isFirst: false, isSnapshot: false }, headers: { etag: '"e"' } };
  state.hook = ({ headers }) => (headers["If-None-Match"] ? { status: 304 } : idle);
  await sync.run();
  await sync.run();
  assert.equal((await sync.run()).pulled, 0);
  assert.equal(asked.at(-1).headers["If-None-Match"], '"e"');
});

test("every kind of thing shows what waits for it", async () => {
  const { sync, state } = await device();
  const rows = { course: { lessons: ["l1"] }, review: { repetitions: 2, dueAt: "x" }, bookmark: { mark: "difficult" } };
  for (const [type, value] of Object.entries(rows)) state.changes.push({ type, key: NOTE, isRemoved: false, version: 1, value });
  state.changes.push({ type: "preferences", key: USER.userId, isRemoved: false, version: 1, value: { language: "en" } });
  await sync.run();
  await sync.add({ type: "lesson.complete", key: "l2", about: { courseId: NOTE } });
  const graded = await sync.add({ type: "review.grade", key: NOTE, value: { rating: 3 } });
  await sync.add({ type: "bookmark.set", key: NOTE, value: { mark: "important" } });
  await sync.add({ type: "preferences.choose", value: { lowBandwidth: true } });
  assert.equal(graded.value.repetitions, 2);
  const value = async (type) => (await sync.rows(type))[0].value;
  assert.deepEqual((await value("course")).lessons, ["l1", "l2"]);
  assert.equal((await value("review")).repetitions, 3);
  assert.equal((await value("bookmark")).mark, "important");
  assert.deepEqual(await value("preferences"), { language: "en", lowBandwidth: true });
  await sync.run();
  assert.deepEqual((await value("course")).lessons, ["l1", "l2"]);
});

test("what one person did is not sent as another", async () => {
  const { sync, lyceum, state } = await device();
  await sync.add(create);
  await lyceum.adopt(signedIn({ ...USER, userId: "01J8Z3N6Q40000000000000009" }));
  assert.deepEqual([(await sync.waiting()).length, (await sync.run()).applied], [0, 0]);
  await lyceum.adopt(signedIn());
  await sync.run();
  assert.equal(state.applied.length, 1);
});

test("whoever asks for a run meanwhile gets the same, and one that is added meanwhile is not lost", async () => {
  const { sync, state } = await device();
  await sync.add(create);
  let late;
  state.hook = ({ path }) => {
    if (path.startsWith("/api/sync/pull")) late ??= sync.add({ type: "bookmark.set", key: NOTE });
  };
  const [one, other] = await Promise.all([sync.run(), sync.run()]);
  assert.equal(one, other);
  assert.deepEqual([state.applied.length, one.waiting], [2, 0]);
});

test("three devices, lost answers and crashes: each operation counts once", async () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const server = office();
  const lost = () => (random() < 0.3 ? noLine() : undefined);
  server.state.late = lost;
  const stores = [0, 1, 2].map(() => new MemoryStore());
  const added = new Set();
  for (let step = 0; step < 300; step += 1) {
    const { sync } = await device({ server }, { store: stores[Math.floor(random() * 3)] });
    if (random() < 0.6) added.add((await sync.add({ type: "lesson.time", key: NOTE, value: { seconds: 1 } })).operationId);
    else await sync.run().catch(() => undefined);
  }
  server.state.late = undefined;
  for (const store of stores) await (await device({ server }, { store })).sync.run();
  assert.deepEqual([...server.state.applied].sort(), [...added].sort());
});
