// The one client of the app, with all that lives as long as the page does.
import * as operations from "../client/generated/operations.js";
import { Client, IndexedDbStore } from "../client/src/index.js";
import { Live } from "../client/src/live/index.js";
import { Sync } from "../client/src/sync/index.js";

const listeners = new Set();

/** Hear whenever something that is shown may have changed; returns how to hear no more. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const changed = () => listeners.forEach((listener) => listener());

let isReached = true;

/** Whether there is a line, as far as the browser says and the last request found. */
export const hasLine = () => navigator.onLine && isReached;

async function watched(...asked) {
  const before = hasLine();
  try {
    const answer = await fetch(...asked);
    isReached = true;
    return answer;
  } catch (error) {
    isReached = asked[1]?.signal?.aborted ? isReached : false;
    throw error;
  } finally {
    if (before !== hasLine()) changed();
  }
}

export const client = new Client({
  url: location.origin,
  operations,
  store: new IndexedDbStore("lyceum"),
  fetch: watched,
  language: document.documentElement.lang,
  onSignedOut: () => (location.hash = "#/sign-in"),
});

export const sync = new Sync(client, { onChange: changed });

/** Read what is asked for, or what was read before where there is no line. */
export const read = (operation, asked) => client.ask(operation, { ...asked, stale: "ifOffline" });

/** Do something with a line or without one: it shows at once, and is sent as soon as it can be. */
export async function act(wanted) {
  await sync.add(wanted);
  const registration = await navigator.serviceWorker?.getRegistration();
  registration?.sync?.register("lyceum").catch(() => {});
  if (navigator.onLine) sync.run().catch(() => {});
}

let stop = () => {};

/** Keep things the same here and there for as long as somebody is signed in. */
export function begin() {
  stop();
  const end = sync.start();
  const live = new Live(client, { onEvent: ({ event }) => event !== "sync.status" && sync.run().catch(() => {}) });
  live.start().catch(() => {});
  stop = () => (end(), live.stop());
}

export async function signOut() {
  stop();
  await client.signOut();
  location.hash = "#/sign-in";
}

addEventListener("online", changed);
addEventListener("offline", changed);
