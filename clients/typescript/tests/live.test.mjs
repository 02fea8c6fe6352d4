// Live updates: sockets that go on where they were, and streams where there are none.
import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStore } from "../src/index.js";
import { Live } from "../src/live/index.js";
import { readStream } from "../src/live/stream.js";
import { client, noLine, USER } from "./fakes.mjs";

const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A kind of socket whose other end is in the test's hand. */
function sockets({ isOpen = true } = {}) {
  const made = [];
  class Socket {
    readyState = 0;
    said = [];
    constructor(url) {
      this.url = url;
      made.push(this);
      setImmediate(() => (isOpen ? this.open() : this.close()));
    }
    open() {
      this.readyState = 1;
      this.onopen?.();
    }
    send(text) {
      this.said.push(JSON.parse(text));
    }
    hear(message) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }
    close() {
      this.readyState = 3;
      this.onclose?.();
    }
  }
  return { Socket, made };
}

const stream = (text) => new Response(text, { headers: { "content-type": "text/event-stream" } });
const ticket = { data: { ticket: "t", url: "wss://live.test?ticket=t" } };

async function listener(answer, { Socket, topics = [], ...options } = {}) {
  const made = await client(answer, options);
  const told = { events: [], states: [], gaps: 0 };
  const live = new Live(made.lyceum, {
    topics,
    WebSocket: Socket,
    onEvent: (event) => told.events.push(event),
    onState: (state) => told.states.push(state),
    onGap: () => (told.gaps += 1),
  });
  const end = live.start();
  await turns();
  return { ...made, live, told, end };
}

const start = ({ path }) => (path === "/api/realtime/ticket" ? ticket : stream("retry: 3000\n\nid: 40\n\n"));
const event = (id, name = "lesson.completed", channel = "user") => ({ event: name, channel, id, at: "x", data: {} });

test("a stream is read by its events, ids and pauses", () => {
  const read = readStream('retry: 100\n\nid: 7\nevent: a\ndata: {"x": 1}\n\nid: 9\n\n');
  assert.deepEqual(read, { events: [{ event: "a", id: 7, data: { x: 1 } }], lastId: 9, retry: 100 });
});

test("events come once, and a broken connection goes on where it was", async () => {
  const { Socket, made } = sockets();
  const { live, told, end } = await listener(start, { Socket, topics: ["course:1"] });
  assert.deepEqual(made[0].said[0], { action: "subscribe", topics: ["course:1"], after: { user: 40 } });
  made[0].hear({ event: "subscribed", topics: ["course:1"], refused: [], more: [] });
  made[0].hear(event(41));
  made[0].hear(event(41));
  made[0].hear(event(7, "course.updated", "course:1"));
  made[0].close();
  await turns();
  assert.deepEqual(made[1].said[0].after, { user: 41, "course:1": 7 });
  made[1].hear(event(42));
  live.stop();
  await end;
  assert.deepEqual(told.events.map(({ id }) => id), [41, 7, 42]);
  assert.deepEqual(told.states, ["live", "waiting", "live", "ended"]);
});

test("what does not fit one answer is asked for", async () => {
  const { Socket, made } = sockets();
  const { live, end } = await listener(start, { Socket, topics: ["course:1", "everybody"] });
  made[0].hear(event(141));
  made[0].hear({ event: "subscribed", topics: [], refused: [], more: ["user", "course:1"] });
  assert.deepEqual(made[0].said[1], { action: "subscribe", topics: ["course:1"], after: { user: 141 } });
  live.stop();
  await end;
});

test("topics are followed and left while it runs", async () => {
  const { Socket, made } = sockets();
  const { live, end } = await listener(start, { Socket });
  live.follow("question:5");
  live.leave("question:5");
  assert.deepEqual(made[0].said.slice(1).map(({ action }) => action), ["subscribe", "unsubscribe"]);
  live.stop();
  await end;
});

test("without sockets the streams tell, and only what all of them passed is remembered", async () => {
  const { Socket } = sockets({ isOpen: false });
  const answer = ({ path, headers }) => {
    if (path === "/api/realtime/ticket") return ticket;
    const seen = Number(headers["Last-Event-ID"] ?? 40);
    if (path.endsWith("assignments")) return noLine();
    if (path.endsWith("notifications") && seen === 40 && headers["Last-Event-ID"])
      return stream(`retry: 3000\n\nid: 41\nevent: notification.new\ndata: {"n": 1}\n\nid: 50\n\n`);
    return stream(`retry: 3000\n\nid: ${seen}\n\n`);
  };
  const { live, told, end, store } = await listener(answer, { Socket });
  await turns();
  live.stop();
  await end;
  assert.deepEqual(told.events, [{ channel: "user", event: "notification.new", id: 41, data: { n: 1 } }]);
  assert.deepEqual(told.states.slice(0, 2), ["waiting", "streaming"]);
  assert.equal((await store.get(`live/${USER.userId}`)).after.user, 40);
});

test("after more than a day the lists have to be read again, and it is said", async () => {
  const store = new MemoryStore();
  await store.write({ [`live/${USER.userId}`]: { after: { user: 3 }, at: Date.UTC(2026, 10, 28) } });
  const { Socket, made } = sockets();
  const { live, told, end } = await listener(start, { Socket, store });
  assert.equal(told.gaps, 1);
  assert.deepEqual(made[0].said[0].after, { user: 3 });
  live.stop();
  await end;
});

test("a session that has ended ends it", async () => {
  const { Socket } = sockets();
  const answer = ({ path }) => (path.startsWith("/api/events") ? stream("id: 1\n\n") : { status: 401, error: { code: "UNAUTHENTICATED" } });
  const { told, end } = await listener(answer, { Socket });
  await end;
  assert.equal(told.states.at(-1), "ended");
});
