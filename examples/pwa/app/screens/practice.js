import { button, make } from "../dom.js";
import { act, client, read, sync } from "../lyceum.js";
import { isShown, questionForm } from "../question.js";

const place = async () => `app/practice/${(await client.session.user())?.userId}`;

/** Practice: begun with a line, answered with or without one, and handed in with one. */
export async function practice(again) {
  const kept = await client.store.get(await place());
  return kept ? running(again, kept) : beginning(again);
}

async function beginning(again) {
  const own = await sync.rows("course");
  const lists = await Promise.all(own.map(({ key }) => read("listTopics", { path: { courseId: key } })));
  const topics = lists.flatMap(({ data }) => data).filter(({ questionCount }) => questionCount > 0);
  const start = async (topicId) => {
    const exam = await client.call("startExam", { body: { mode: "practice", topicIds: [topicId], count: 5 } });
    await client.store.write({ [await place()]: { exam, answers: {}, seq: 0 } });
    again();
  };
  return [
    make("h1", {}, "Practice"),
    topics.length === 0 && make("p", {}, "Enrol in a course to practise its topics."),
    make(
      "ul",
      { class: "cards" },
      topics.map(({ topicId, title, questionCount }) =>
        make("li", { class: "card" }, make("h2", {}, title), make("p", { class: "quiet" }, `${questionCount} questions`), button("Practise", () => start(topicId))),
      ),
    ),
  ];
}

async function running(again, kept) {
  const { examId, questions } = kept.exam;
  if (kept.result) return finished(again, kept);
  const tell = async (questionId, answer) => {
    kept.seq += 1;
    kept.answers[questionId] = answer;
    await client.store.write({ [await place()]: kept });
    await act({ type: "exam.answer", key: examId, value: { questionId, ...answer, seq: kept.seq } });
  };
  const handIn = async () => {
    const { waiting } = await sync.run();
    if (waiting > 0) throw new Error("Some answers are not there yet. Try again in a moment.");
    const result = await client.call("submitExam", { path: { examId }, isSafe: true });
    await client.store.write({ [await place()]: { ...kept, result } });
    again();
  };
  const forms = questions
    .filter(isShown)
    .map((question, index) => questionForm(question, index + 1, kept.answers[question.questionId], (answer) => tell(question.questionId, answer)));
  return [make("h1", {}, "Practice"), ...forms, button("Hand in", handIn)];
}

async function finished(again, { result }) {
  const next = async () => {
    await client.store.write({ [await place()]: undefined });
    again();
  };
  return [
    make("h1", {}, "Your result"),
    make("p", { class: "good" }, `${result.score ?? "?"} of ${result.maxScore} marks`),
    button("Practise something else", next),
  ];
}
