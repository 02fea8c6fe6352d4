import { Sitting } from "../../client/src/packs.js";
import { button, make } from "../dom.js";
import { client, read, sync } from "../lyceum.js";
import { questionForm } from "../question.js";

const STATES = { accepted: "Handed in, and accepted.", quarantined: "Handed in; a person will look at it." };
/** Milliseconds between looks at the time that is left. */
const LOOK = 5000;
const minutes = (milliseconds) => Math.ceil(milliseconds / 60_000);

/** Exams that can be sat without a line: taken along while there is one. */
export async function exams(again) {
  const [{ data }, sittings] = await Promise.all([
    read("listPracticeTests", { query: { limit: 50 } }),
    Sitting.all(client),
  ]);
  const here = new Map(sittings.map((sitting) => [sitting.pack.assessmentId, sitting]));
  const take = async (assessmentId) => {
    await Sitting.fetch(client, assessmentId, await sync.deviceId());
    again();
  };
  const card = ({ assessmentId, title, questionCount, durationSeconds }) => {
    const sitting = here.get(assessmentId);
    const state = sitting?.receipt ? STATES[sitting.receipt.state] : sitting && "On this device: no line is needed.";
    return make(
      "li",
      { class: "card" },
      make("h2", {}, sitting ? make("a", { href: `#/exams/${sitting.pack.packId}` }, title) : title),
      make("p", { class: "quiet" }, `${questionCount} questions, ${minutes(1000 * durationSeconds)} minutes`),
      state ? make("p", { class: "good" }, state) : button("Take it along", () => take(assessmentId)),
    );
  };
  const offline = data.filter(({ offlineHours }) => offlineHours > 0);
  return [
    make("h1", {}, "Exams"),
    offline.length === 0 && make("p", {}, "There is no exam now that can be taken along."),
    make("ul", { class: "cards" }, offline.map(card)),
  ];
}

/** One exam on this device, from opening to the receipt. */
export async function exam(again, packId) {
  const sitting = (await Sitting.all(client)).find(({ pack }) => pack.packId === packId);
  if (!sitting) return [make("h1", {}, "This exam is not on this device.")];
  const { pack, receipt } = sitting;
  const title = make("h1", {}, pack.title ?? "Exam");
  if (receipt) return [title, make("p", { class: "good" }, STATES[receipt.state]), make("p", { class: "quiet" }, `Receipt ${receipt.digest}`)];
  if (!sitting.kept.openedAt) return [title, ...opening(again, sitting)];
  return [title, ...(await paper(again, sitting))];
}

function opening(again, sitting) {
  const code = make("input", { type: "text", id: "code", autocomplete: "off" });
  const open = async () => {
    const isSealed = !sitting.kept.key && !sitting.needsCode;
    const known = isSealed ? await Sitting.fetch(client, sitting.pack.assessmentId, await sync.deviceId()) : sitting;
    await known.open({ code: code.value });
    again();
  };
  return [
    make("p", {}, `You have ${minutes(1000 * sitting.pack.limitSeconds)} minutes from the moment you open it. No line is needed.`),
    sitting.needsCode && [make("label", { for: "code" }, "Code that was said in the hall"), code],
    button("Open the exam", open),
  ].flat();
}

async function paper(again, sitting) {
  const { questions } = await sitting.open();
  const left = make("p", { class: "quiet", role: "timer" }, `${minutes(sitting.leftMs)} minutes left`);
  const tick = async () => {
    if (!left.isConnected) return clearInterval(timer);
    left.textContent = `${minutes(sitting.leftMs)} minutes left`;
    if (sitting.leftMs > 0) return undefined;
    await sitting.close();
    return again();
  };
  const timer = setInterval(tick, LOOK);
  const handIn = async () => {
    await sitting.close();
    await sitting.handIn();
    again();
  };
  const isOver = sitting.kept.closedAt || sitting.leftMs === 0;
  const forms = questions.map((each, index) => {
    const question = { ...each, questionId: each.question_id };
    return questionForm(question, index + 1, sitting.answers[question.questionId], (answer) => sitting.answer(question.questionId, answer));
  });
  return [
    isOver ? make("p", {}, "The exam is closed. Hand it in as soon as there is a line.") : left,
    ...(isOver ? [] : forms),
    button("Hand in", handIn),
  ];
}
