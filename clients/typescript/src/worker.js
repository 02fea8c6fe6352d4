/**
 * @typedef {object} Shell
 * @property {string} version Changes with the files: a new one replaces what the device has.
 * @property {string[]} files Everything the app is made of, below the worker's own address.
 * @property {string} [page] What is shown for any address of the app.
 * @property {() => Promise<unknown>} [onSync] Sends what waits, when the browser finds a line while the app is closed.
 */

const PREFIX = "shell ";

/**
 * Make a service worker keep an app on the device, so that it opens without a line.
 *
 * Answers of the API do not pass it: they are the person's own, and the client keeps what they may see.
 *
 * @param {any} worker The `self` of a service worker.
 * @param {Shell} shell
 */
export function serveShell(worker, { version, files, page = "./", onSync }) {
  const name = PREFIX + version;
  const home = new URL("./", worker.location.href).href;
  const addresses = new Set([page, ...files].map((file) => new URL(file, home).href));
  const install = async () => {
    const cache = await worker.caches.open(name);
    await cache.addAll([...addresses].map((address) => new Request(address, { cache: "no-cache" })));
    await worker.skipWaiting();
  };
  const activate = async () => {
    const old = (await worker.caches.keys()).filter((/** @type {string} */ each) => each.startsWith(PREFIX) && each !== name);
    await Promise.all(old.map((/** @type {string} */ each) => worker.caches.delete(each)));
    await worker.clients.claim();
  };
  const kept = async (/** @type {Request} */ request, /** @type {string} */ address) =>
    (await worker.caches.match(address, { cacheName: name })) ?? fetch(request);

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    const address = request.mode === "navigate" ? new URL(page, home).href : request.url;
    if (request.method === "GET" && addresses.has(address)) event.respondWith(kept(request, address));
  });
  if (onSync) worker.addEventListener("sync", (/** @type {any} */ event) => event.waitUntil(onSync()));
}
