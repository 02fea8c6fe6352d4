// Calls: tokens, repetitions, errors, lists, what is kept of answers, batches.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { LyceumError } from "../src/index.js";
import { client, json, noLine, refused, signedIn, USER } from "./fakes.mjs";

const failed = (code) => (error) => LyceumError.is(error, code);

test("parallel calls with a spent token renew it once", async () => {
  let good;
  const { lyceum, asked } = await client(({ path, headers }) => {
    if (path === "/api/auth/refresh") return { data: (good = signedIn()) };
    return headers.Authorization === `Bearer ${good?.accessToken}` ? { data: { ok: true } } : refused(401, "UNAUTHENTICATED");
  });
  const calls = Array.from({ length: 8 }, () => lyceum.call("showMe"));
  assert.deepEqual(await Promise.all(calls), Array(8).fill({ ok: true }));
  assert.equal(asked.filter(({ path }) => path === "/api/auth/refresh").length, 1);
});

test("a token is renewed before it ends, and the refresh survives a lost answer", async () => {
  let tries = 0;
  const { lyceum, machine, asked } = await client(({ path }) => {
    if (path !== "/api/auth/refresh") return { data: 1 };
    return (tries += 1) === 1 ? noLine() : { data: signedIn() };
  });
  machine.at += 880_000;
  assert.equal(await lyceum.call("showMe"), 1);
  const sent = asked.filter(({ path }) => path === "/api/auth/refresh").map(({ body }) => body.refreshToken);
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1]);
});

test("a session that has ended is told once, and what was done offline stays", async () => {
  let ends = 0;
  const { lyceum, store } = await client(() => refused(401, "UNAUTHENTICATED"), { onSignedOut: () => (ends += 1) });
  await store.write({ "sync/x/queue/1": { kept: true } });
  const calls = [lyceum.call("showMe"), lyceum.call("showMe")];
  const results = await Promise.allSettled(calls);
  assert.ok(results.every(({ reason }) => LyceumError.is(reason, "UNAUTHENTICATED")));
  assert.equal(ends, 1);
  assert.equal(await lyceum.session.user(), undefined);
  assert.deepEqual(await store.get("sync/x/queue/1"), { kept: true });
});

test("a session goes on after the process ended", async () => {
  const first = await client(() => ({ data: 1 }));
  const next = await client(({ headers }) => ({ data: headers.Authorization }), { store: first.store, user: null });
  assert.match(await next.lyceum.call("showMe"), /^Bearer access-/);
});

test("operations that are open to everybody get no token", async () => {
  const { lyceum } = await client(({ headers }) => ({ data: headers.Authorization ?? "none" }));
  assert.equal(await lyceum.call("showHealth"), "none");
});

test("a second step of a sign-in is handed on", async () => {
  const challenge = { challengeToken: "c", methods: ["totp"], expiresInSeconds: 300 };
  const { lyceum } = await client(({ path }) => ({ data: path.endsWith("2fa") ? signedIn() : challenge }), { user: null });
  assert.deepEqual(await lyceum.signIn({ identifier: "amina", password: "x" }), { challenge });
  assert.deepEqual(await lyceum.finishSignIn({ challengeToken: "c", method: "totp", code: "123456" }), { user: USER });
});

for (const [name, answer] of Object.entries({
  "no answer": noLine,
  "half an answer": () => new Response('{"success": tr', { headers: { "content-type": "application/json" } }),
  "a bad gateway": () => new Response("<html>", { status: 502 }),
  "a busy store": () => refused(503, "UNAVAILABLE"),
})) {
  test(`a GET is sent again after ${name}`, async () => {
    let tries = 0;
    const { lyceum, machine } = await client(() => ((tries += 1) < 3 ? answer() : { data: tries }));
    assert.equal(await lyceum.call("showMe"), 3);
    assert.deepEqual(machine.waits, [750, 1500]);
  });

  test(`a POST without a key is not sent again after ${name}`, async () => {
    const { lyceum, asked } = await client(answer);
    await assert.rejects(lyceum.call("completeLesson", { body: { lessonId: "x" } }));
    assert.equal(asked.length, 1);
  });
}

test("a POST with a key is sent again under the same key, which is new for each act", async () => {
  const { lyceum, asked } = await client((_, all) => (all.length % 2 ? noLine() : { data: {} }));
  await lyceum.call("openUpload", { body: {} });
  await lyceum.call("openUpload", { body: {} });
  const keys = asked.map(({ headers }) => headers["Idempotency-Key"]);
  assert.match(keys[0], /^[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.ok(keys[0] === keys[1] && keys[2] === keys[3] && keys[0] !== keys[2]);
});

test("who is turned away comes back when told to, whatever the request", async () => {
  let tries = 0;
  const answer = () => ((tries += 1) === 1 ? refused(429, "RATE_LIMITED", { "retry-after": "7" }) : { data: 1 });
  const { lyceum, machine } = await client(answer);
  await lyceum.call("completeLesson", { body: { lessonId: "x" } });
  assert.deepEqual(machine.waits, [7500]);
});

test("nobody waits longer than a minute", async () => {
  const { lyceum, machine } = await client(() => refused(429, "RATE_LIMITED", { "retry-after": "600" }));
  await assert.rejects(lyceum.call("showMe"), ({ retryAfter }) => retryAfter === 600);
  assert.deepEqual(machine.waits, []);
});

test("an act that is still being worked on is asked for again", async () => {
  let tries = 0;
  const { lyceum, machine } = await client(() => ((tries += 1) < 20 ? refused(409, "IN_PROGRESS") : { data: tries }));
  assert.equal(await lyceum.call("openUpload", { body: {} }), 20);
  assert.deepEqual(new Set(machine.waits), new Set([2000]));
  const stuck = await client(() => refused(409, "IN_PROGRESS"));
  await assert.rejects(stuck.lyceum.call("openUpload", { body: {} }), failed("IN_PROGRESS"));
});

test("it gives up in the end, and says why", async () => {
  const { lyceum, asked } = await client(noLine);
  await assert.rejects(lyceum.call("showMe"), failed("NETWORK"));
  assert.equal(asked.length, 6);
});

test("a refusal has code, reason, details and id, and is final", async () => {
  const details = [{ field: "examId", message: "It is over.", code: "SESSION_FINISHED" }];
  const { lyceum, asked } = await client(() => refused(422, "RULE_VIOLATION", { "x-request-id": "r1" }, details));
  await assert.rejects(lyceum.call("showMe"), (error) => {
    assert.ok(LyceumError.is(error, "SESSION_FINISHED") && LyceumError.is(error, "RULE_VIOLATION"));
    assert.deepEqual([error.status, error.reason, error.requestId], [422, "SESSION_FINISHED", "r1"]);
    return true;
  });
  assert.equal(asked.length, 1);
});

test("a caller may stop waiting", async () => {
  const control = new AbortController();
  control.abort();
  const { lyceum } = await client(() => ({ data: 1 }));
  await assert.rejects(lyceum.call("showMe", { signal: control.signal }), failed("ABORTED"));
});

test("an answer that does not come in time is given up", async () => {
  const hang = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error())));
  const { lyceum } = await client(() => 0, { fetch: hang, after: (act) => (setImmediate(act), () => {}) });
  await assert.rejects(lyceum.call("showMe", { attempts: 1 }), failed("TIMEOUT"));
});

test("names in paths and queries are written as they must be", async () => {
  const { lyceum, asked } = await client(() => ({ data: [] }));
  await lyceum.call("showCourse", { path: { courseId: "a/b c" }, query: { fields: "title" } });
  await lyceum.call("listCourses", { query: { search: "x&y", limit: 5, sort: undefined } });
  assert.deepEqual(asked.map(({ path }) => path), ["/api/courses/a%2Fb%20c?fields=title", "/api/courses?search=x%26y&limit=5"]);
  await assert.rejects(lyceum.call("showCourse", { path: {} }), TypeError);
  await assert.rejects(lyceum.call("paintCourses"), TypeError);
});

test("what is a form in the API is sent as one", async () => {
  const { lyceum, asked } = await client(() => ({ data: {} }));
  await lyceum.call("issueTokens", { body: { grant_type: "client_credentials", scope: "a b" } });
  assert.equal(String(asked[0].body), "grant_type=client_credentials&scope=a+b");
  assert.equal(asked[0].headers["Content-Type"], undefined);
});

test("long bodies are packed where that is wanted", async () => {
  const { lyceum, asked } = await client(() => ({ data: {} }), { gzip: true });
  const long = { text: "in the bus ".repeat(200) };
  await lyceum.call("makeNote", { body: long });
  await lyceum.call("makeNote", { body: { text: "short" } });
  assert.deepEqual(JSON.parse(gunzipSync(asked[0].body)), long);
  assert.ok(asked[0].body.byteLength < 200);
  assert.deepEqual(asked.map(({ headers }) => headers["Content-Type"]), ["application/gzip", "application/json"]);
});

test("a list is read page by page, past empty ones, as far as it is wanted", async () => {
  const pages = [[1, 2], [], [3], [4]];
  const { lyceum, asked } = await client(({ path }) => {
    const index = Number(new URL(`x:${path}`).searchParams.get("cursor") ?? 0);
    return { data: pages[index], pagination: { limit: 2, hasNext: index < 3, nextCursor: String(index + 1) } };
  });
  const found = [];
  for await (const item of lyceum.each("listCourses", { query: { limit: 2 } })) {
    found.push(item);
    if (item === 3) break;
  }
  assert.deepEqual(found, [1, 2, 3]);
  assert.equal(asked.length, 3);
  assert.deepEqual(asked.at(-1).path, "/api/courses?limit=2&cursor=2");
});

test("what did not change is not sent again, and is there without a line", async () => {
  let isUp = true;
  const { lyceum, asked, machine } = await client(({ headers }) => {
    if (!isUp) return noLine();
    return headers["If-None-Match"] === '"1"' ? json({ status: 304 }) : json({ headers: { etag: '"1"' }, data: ["a"] });
  });
  assert.deepEqual(await lyceum.call("listCourses"), ["a"]);
  assert.deepEqual(await lyceum.call("listCourses"), ["a"]);
  assert.equal(asked[1].headers["If-None-Match"], '"1"');
  isUp = false;
  const { data, isStale } = await lyceum.ask("listCourses", { stale: "ifOffline" });
  assert.deepEqual([data, isStale], [["a"], true]);
  await assert.rejects(lyceum.call("listCourses"), failed("NETWORK"));
  machine.isUp = false;
  const before = asked.length;
  assert.equal((await lyceum.ask("listCourses", { stale: "ifOffline" })).isStale, true);
  assert.equal(asked.length, before);
});

test("on a line that only seems to be one, what was read before is there in seconds, and the answer is kept when it comes", async () => {
  let release = () => {};
  const timers = [];
  const { lyceum } = await client(
    async (_, all) => {
      if (all.length > 1) await new Promise((resolve) => (release = resolve));
      return json({ headers: { etag: `"${all.length}"` }, data: all.length });
    },
    { after: (act, milliseconds) => (timers.push([milliseconds, act]), () => {}) },
  );
  await lyceum.call("listCourses");
  const asked = lyceum.ask("listCourses", { stale: "ifOffline" });
  while (!timers.some(([milliseconds]) => milliseconds === 8000)) await new Promise((resolve) => setImmediate(resolve));
  timers.find(([milliseconds]) => milliseconds === 8000)[1]();
  assert.deepEqual([(await asked).data, (await asked).isStale], [1, true]);
  release();
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await lyceum.answers.find(`${USER.userId} /api/courses`)).body.data, 2);
});

test("another person on the device gets none of it, nor does anybody after signing out", async () => {
  const answer = ({ headers }) => json({ headers: { etag: '"1"' }, data: headers["If-None-Match"] ?? "fresh" });
  const { lyceum, store } = await client(answer);
  await lyceum.call("listNotifications");
  await lyceum.adopt(signedIn({ ...USER, userId: "01J8Z3N6Q40000000000000002" }));
  assert.equal(await lyceum.call("listNotifications"), "fresh");
  await lyceum.signOut();
  assert.deepEqual(await store.entries("answers/"), []);
});

test("only the last few hundred answers are kept", async () => {
  const { lyceum, store } = await client(() => json({ headers: { etag: '"1"' }, data: 1 }));
  for (let page = 0; page < 310; page += 1) await lyceum.call("listCourses", { query: { page } });
  assert.equal((await store.entries("answers/")).length, 300);
  assert.ok(await store.get(`answers/${USER.userId} /api/courses?page=309`));
});

test("a batch goes in twenties, and what was turned away goes again", async () => {
  let round = 0;
  const { lyceum, asked } = await client(({ body }) => {
    round += 1;
    const results = body.requests.map(({ path }, index) => {
      if (round === 1 && index === 3) return { status: 503, headers: {}, body: { error: { code: "UNAVAILABLE" } } };
      if (path.endsWith("missing")) return { status: 404, headers: {}, body: { error: { code: "NOT_FOUND" } } };
      return { status: 200, headers: { etag: '"2"' }, body: { success: true, data: path } };
    });
    return { data: { results } };
  });
  const wanted = Array.from({ length: 25 }, (_, index) => ({ operation: "showCourse", path: { courseId: `c${index}` } }));
  wanted[7] = { operation: "showCourse", path: { courseId: "missing" } };
  const results = await lyceum.batch(wanted);
  assert.deepEqual(asked.map(({ body }) => body.requests.length), [20, 5, 1]);
  assert.equal(results[3].data, "/api/courses/c3");
  assert.equal(results[24].etag, '"2"');
  assert.ok(LyceumError.is(results[7].error, "NOT_FOUND"));
});

test("a batch with an act that has no key is not sent again", async () => {
  const { lyceum, asked } = await client(noLine);
  await assert.rejects(lyceum.batch([{ operation: "completeLesson", body: { lessonId: "x" } }]), failed("NETWORK"));
  assert.equal(asked.length, 1);
  await assert.rejects(lyceum.batch([{ operation: "openUpload", body: {} }]), failed("NETWORK"));
  assert.equal(asked.length, 7);
  assert.equal(new Set(asked.slice(1).map(({ body }) => body.requests[0].idempotencyKey)).size, 1);
});
