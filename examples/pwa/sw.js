// Keeps the app on the device, and sends what waits when a line comes back while the app is closed.
import { Client, IndexedDbStore } from "./client/src/index.js";
import { Sync } from "./client/src/sync/index.js";
import { serveShell } from "./client/src/worker.js";

const OWN = ["style.css", "icon.svg", "manifest.webmanifest", "app/main.js", "app/dom.js", "app/lyceum.js", "app/question.js"];
const SCREENS = ["sign_in", "courses", "practice", "exams"];
const MODULES = [
  "index", "client", "answers", "batches", "errors", "exchange", "packs", "platform", "requests", "retries", "scrypt",
  "session", "stores", "live/index", "live/stream", "sync/index", "sync/queue", "sync/effects",
];

serveShell(self, {
  version: "1",
  files: [
    ...OWN,
    ...SCREENS.map((name) => `app/screens/${name}.js`),
    ...MODULES.map((name) => `client/src/${name}.js`),
    "client/generated/operations.js",
  ],
  onSync: () => new Sync(new Client({ url: self.location.origin, store: new IndexedDbStore("lyceum") })).run(),
});
