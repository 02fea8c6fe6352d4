/**
 * What an operation does to a thing that the device has a copy of: `to` makes the new value of the old one, undefined
 * where the thing is gone.
 *
 * @typedef {{ type: string, key: string, to: (value: any) => any }} Effect
 * @typedef {(operation: import("./queue.js").Queued, userId: string) => Effect | undefined} EffectOf
 */

const NEW_NOTE = { kind: "explanation", tags: [], isDone: false };
const NOTE_PARTS = ["kind", "title", "text", "tags", "isDone"];

/** @type {(type: string, to: (value: any, operation: import("./queue.js").Queued) => any) => EffectOf} */
const onKey = (type, to) => (operation) => ({ type, key: operation.key ?? "", to: (value) => to(value, operation) });

/**
 * The effects that are shown before the server knows of them, by type of operation.
 *
 * @type {Record<string, EffectOf>}
 */
export const effects = {
  "note.create": onKey("note", (_, { value }) => ({ ...NEW_NOTE, ...value })),
  "note.update": onKey("note", (note, { value: { base, ...parts } }) => note && { ...note, ...parts }),
  "note.remove": onKey("note", () => undefined),
  "bookmark.set": onKey("bookmark", (mark, { value }) => ({ ...mark, ...value })),
  "bookmark.remove": onKey("bookmark", () => undefined),
  "review.grade": onKey(
    "review",
    (card) => card && { ...card, repetitions: card.repetitions + 1, dueAt: undefined },
  ),
  "preferences.choose": ({ value }, userId) => ({
    type: "preferences",
    key: userId,
    to: (chosen) => ({ ...chosen, ...value }),
  }),
  "lesson.complete": ({ key, about }) =>
    about?.courseId
      ? {
          type: "course",
          key: about.courseId,
          to: (course) => course && { ...course, lessons: [...new Set([...course.lessons, key])].sort() },
        }
      : undefined,
};

/**
 * Add what the server needs to merge an operation with what others do meanwhile, as the device has the thing now.
 *
 * @param {import("./queue.js").Wanted} wanted
 * @param {import("./queue.js").Row | undefined} row
 * @returns {import("./queue.js").Wanted}
 */
export function based(wanted, row) {
  if (!row) return wanted;
  if (wanted.type === "note.update" && wanted.baseVersion === undefined && row.version !== undefined) {
    const parts = NOTE_PARTS.filter((name) => row.value[name] !== undefined).map((name) => [name, row.value[name]]);
    const base = row.value.text === undefined ? {} : { base: Object.fromEntries(parts) };
    return { ...wanted, baseVersion: row.version, value: { ...base, ...wanted.value } };
  }
  if (wanted.type === "review.grade" && wanted.value?.repetitions === undefined) {
    return { ...wanted, value: { ...wanted.value, repetitions: row.value.repetitions } };
  }
  return wanted;
}
