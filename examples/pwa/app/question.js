// One question as a form: the answer is told in the field that its type has.
import { make, words } from "./dom.js";

const one = (type, question, answer, tell, options) =>
  options.map(({ id, text, value = id }) => {
    const isOn = type === "radio" ? answer === value : (answer ?? []).includes(value);
    const input = make("input", { type, name: question.questionId, checked: isOn, onchange: () => tell(input) });
    input.choice = value;
    return make("label", { class: "choice" }, input, words(text));
  });

const FORMS = {
  single: (question, answer, tell) =>
    one("radio", question, answer?.optionIds?.[0], (input) => tell({ optionIds: [input.choice] }), question.options),
  multiple: (question, answer, tell) => {
    const chosen = new Set(answer?.optionIds ?? []);
    const toggle = (input) => {
      if (input.checked) chosen.add(input.choice);
      else chosen.delete(input.choice);
      tell({ optionIds: [...chosen].sort() });
    };
    return one("checkbox", question, answer?.optionIds, toggle, question.options);
  },
  true_false: (question, answer, tell) =>
    one("radio", question, answer?.isTrue, (input) => tell({ isTrue: input.choice }), [
      { value: true, text: "True" },
      { value: false, text: "False" },
    ]),
  numeric: (question, answer, tell) => written(question, answer?.number, (number) => tell({ number }), "decimal"),
  short_text: (question, answer, tell) => written(question, answer?.text, (text) => tell({ text })),
};

function written(question, before, tell, mode = "text") {
  const id = `answer-${question.questionId}`;
  const input = make("input", { type: "text", id, inputmode: mode, value: before, onchange: () => tell(input.value.trim()) });
  return [make("label", { for: id }, "Your answer"), input];
}

/** Types that this small app can show. */
export const isShown = ({ type }) => type in FORMS;

/** Show a question with the answer so far; `tell` gets each new answer. */
export function questionForm(question, number, answer, tell) {
  const form = FORMS[question.type];
  const body = form ? form(question, answer, tell) : [make("p", { class: "quiet" }, "This kind of question needs a larger screen.")];
  return make("fieldset", {}, make("legend", {}, `${number}. ${words(question.stem)}`), ...body);
}
