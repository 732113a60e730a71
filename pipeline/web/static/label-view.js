// The frame around text and judgement: heading, what was done last, faults, how far one is, and what stands where there is nothing to judge.

import { annotator, ask, el, grouped, query, sentence as asSentence } from "./common.js";
import { placeOf } from "./label-article.js";
import { fill, leftWords, nameOfQueue, queue } from "./label-queue.js";

const byId = (id) => document.getElementById(id);
const pane = byId("pane");
const READ_OUT = 600; // characters
export const SLOW = 300; // milliseconds after which it is said that a queue is being opened
let lines = 0; // how often the line about the last act was written
let retry = null;

/** "name", "loading", "task" or "rest"; what cannot be used is out of the way. */
export function phase(name) {
  byId("desk").dataset.state = name;
  byId("dock").inert = name !== "task" && name !== "loading";
  pane.hidden = name === "rest" || name === "name";
  byId("rest").hidden = !pane.hidden;
}

/** Whether the page is in one of these phases. */
export function isIn(...phases) {
  return phases.includes(byId("desk").dataset.state);
}

/** Title and facts of the article, and which of its paragraphs this is. */
export function heading(article, task) {
  const judgeable = article.paragraphs.filter((paragraph) => !paragraph.is_furniture);
  const number = judgeable.findIndex((paragraph) => placeOf(paragraph) === placeOf(task)) + 1;
  const why = task.settling ? "" : task.why;
  const facts = [`paragraph ${number} of ${judgeable.length}`, why, article.date, article.agency, article.place, article.title && article.id];
  byId("title").textContent = article.title ?? article.id;
  byId("title").title = byId("title").textContent; // it may be cut off
  byId("facts").replaceChildren(...facts.filter(Boolean).map((fact) => el("span", {}, fact)));
}

/** Tell what was just done, in the line above the text; gives the number of this telling. */
export function last(sentence, kind = "") {
  byId("last").className = `last ${kind}`;
  byId("last").replaceChildren(...(Array.isArray(sentence) ? sentence : [sentence]));
  lines += 1;
  return lines;
}

/** Whether nothing was told since. */
export function isLast(line) {
  return line === lines;
}

/** Say what went wrong, with a button to try it again if there is something to try; "" takes it away. */
export function fault(sentence, again = null) {
  retry = again;
  byId("fault-words").textContent = asSentence(sentence);
  byId("again").hidden = !again;
  byId("fault").hidden = !sentence;
}

/** Let the button of a fault work. */
export function watchFault() {
  byId("again").addEventListener("click", () => retry?.());
}

/** How much was saved today, and how much is left. */
export function showProgress(saved) {
  const today = `${grouped(saved)} saved today`;
  const left = leftWords();
  byId("progress").replaceChildren(...[today, left].filter(Boolean).map((part) => el("span", {}, part)));
  byId("side-queue").textContent = nameOfQueue(queue.name);
  byId("side-progress").textContent = [today, left.replace(" in this queue", "")].filter(Boolean).join(", ");
}

/** In the place of the text: why there is nothing to judge, and buttons [words, action, kind]. */
export function showRest(sentence, buttons) {
  phase("rest");
  const made = buttons.map(([words, action, kind]) => el("button", { type: "button", class: kind, onclick: action }, words));
  byId("rest").replaceChildren(el("h2", { tabindex: "-1" }, nameOfQueue(queue.name)), el("p", {}, asSentence(sentence)), el("div", { class: "row" }, made));
  byId("title").textContent = byId("title").title = "";
  byId("facts").replaceChildren();
  announce(sentence);
  if (!document.querySelector("dialog[open]")) byId("rest").querySelector("h2").focus({ preventScroll: true });
}

/** Tell those who hear the page; of a long paragraph its beginning. */
export function announce(sentence) {
  byId("announce").textContent = sentence.slice(0, READ_OUT);
}

/** The keyboard's place is the text: where it was lost, or where the mouse took it away, it goes back there. */
export function keepFocus() {
  const focused = document.activeElement;
  if (pane.hidden) return;
  if (!focused || focused === document.body || focused.closest(".commands, .voices, .note, .topics, #rest")) pane.focus({ preventScroll: true });
}

/** Ask for a name, in the place of the text; `enter()` is called once there is one. */
export function askName(enter) {
  phase("name");
  const field = el("input", { id: "name", maxlength: "60", autocomplete: "nickname", spellcheck: "false" });
  const wrong = el("p", { class: "error", role: "alert", hidden: true });
  const form = el(
    "form",
    { class: "name-form stack", novalidate: true },
    el("h2", {}, "Who is labelling?"),
    el("p", {}, "Labels are kept under your name, apart from those of others. Several people can label at once."),
    el("div", { class: "field" }, el("label", { for: "name" }, "Your name, one word"), field),
    wrong,
    el("button", { class: "primary", type: "submit" }, "Begin"),
  );
  field.value = annotator.get();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      if (!field.value.trim()) throw new Error("Write a name: letters, digits, '-', '_' and '.'.");
      await ask("GET", query("/api/today", { annotator: field.value.trim() }));
      annotator.set(field.value);
      await enter();
    } catch (error) {
      wrong.textContent = asSentence(error.message);
      wrong.hidden = false;
      field.focus();
    }
  });
  byId("rest").replaceChildren(form);
  field.focus({ preventScroll: true });
}

/** Queues and guidelines stand beside the text where there is room, else they open above and below it. */
export function watchLayout() {
  const wide = matchMedia("(min-width: 70rem)");
  const fit = () => {
    for (const box of [byId("side"), byId("guide")]) box.open = wide.matches;
  };
  wide.addEventListener("change", fit);
  fit();
}

/** Ask for the queue's tasks; say so where that takes a while, and keep the reason where there are none. */
export async function fillSlowly() {
  last("");
  const slow = setTimeout(() => last(`Opening ${nameOfQueue(queue.name)} \u2026`), SLOW);
  const { turn } = queue;
  try {
    await fill();
  } catch (error) {
    if (turn === queue.turn) queue.remark = error.message;
  }
  clearTimeout(slow);
  if (turn === queue.turn) last("");
}
