export { Client } from "./client.js";
export { LyceumError } from "./errors.js";
export { IndexedDbStore, MemoryStore } from "./stores.js";
