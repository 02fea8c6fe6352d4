// A store in a file, so that a process that was ended goes on where it was. Each write is whole or not there.
import { readFileSync, renameSync, writeFileSync } from "node:fs";

export class FileStore {
  constructor(path) {
    this.path = path;
    try {
      this.kept = new Map(Object.entries(JSON.parse(readFileSync(path, "utf8"))));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      this.kept = new Map();
    }
  }

  async get(key) {
    return structuredClone(this.kept.get(key));
  }

  async entries(prefix) {
    const found = [...this.kept].filter(([key]) => key.startsWith(prefix));
    return structuredClone(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async write(changes) {
    for (const [key, value] of Object.entries(structuredClone(changes))) {
      if (value === undefined) this.kept.delete(key);
      else this.kept.set(key, value);
    }
    writeFileSync(`${this.path}.new`, JSON.stringify(Object.fromEntries(this.kept)));
    renameSync(`${this.path}.new`, this.path);
  }
}
