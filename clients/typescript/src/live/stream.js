/**
 * @typedef {{ event: string, id?: number, data: any }} Streamed
 */

/**
 * Read an answer of server-sent events: the events, the last id, and when to come back.
 *
 * @param {string} text
 * @returns {{ events: Streamed[], lastId?: number, retry?: number }}
 */
export function readStream(text) {
  /** @type {{ events: Streamed[], lastId?: number, retry?: number }} */
  const read = { events: [] };
  for (const block of text.split(/\r?\n\r?\n/)) {
    const fields = Object.fromEntries(block.split(/\r?\n/).map((line) => split(line)));
    if (fields.retry) read.retry = Number(fields.retry);
    if (fields.id) read.lastId = Number(fields.id);
    if (fields.data) read.events.push({ event: fields.event ?? "message", id: read.lastId, data: JSON.parse(fields.data) });
  }
  return read;
}

/** @param {string} line */
function split(line) {
  const place = line.indexOf(":");
  return [line.slice(0, place), line.slice(place + 1).trimStart()];
}
