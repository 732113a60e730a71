// What the model says: whether the person wants to see it and when, the bars on the topics, agreement in words.

import { ask, chance, el, meter, query } from "./common.js";
import { markEvidence } from "./label-article.js";
import { nameOf, topics, words } from "./label-choice.js";

const MODES = ["before", "after", "never"];
const select = document.getElementById("mode");
const seen = new Set(); // paragraphs whose suggestion was shown: what is said of them later was said after seeing it
let absent = ""; // why there is no model to ask, once that is known

/** When the person wants to see it: "before", "after" or "never". */
export function mode() {
  return select.value;
}

/** Remember the choice in this browser; `changed` is called after a change. */
export function watchMode(changed) {
  const kept = localStorage.getItem("suggestion");
  select.value = MODES.includes(kept) ? kept : "after";
  let byMouse = false;
  select.addEventListener("pointerdown", () => (byMouse = true));
  select.addEventListener("keydown", () => (byMouse = false));
  select.addEventListener("change", () => {
    localStorage.setItem("suggestion", select.value);
    // The letters would go on choosing here; who came by the Tab key is left where they are.
    if (byMouse) document.getElementById("pane").focus({ preventScroll: true });
    changed();
  });
}

/** Whether the suggestion for a task is in view while the person chooses. */
export function isShownBefore(task) {
  return mode() === "before" || seen.has(keyOf(task));
}

/** What the log is told: when the suggestion was, or will be, seen. */
export function shown(task, inView) {
  if (inView || seen.has(keyOf(task))) return "before";
  return mode() === "after" && !absent ? "after" : "";
}

/** The model's word on a task's paragraph, or {fault} where there is none. */
export async function suggestionOf(task) {
  if (absent) return { fault: absent, topics: [] };
  try {
    const { article, start, end } = task;
    return await ask("GET", query("/api/suggestion", { article, start, end }));
  } catch (error) {
    if (error.status === 503) absent = error.message;
    return { fault: error.message, topics: [] };
  }
}

/** Put bars on the topics and marks into the paragraph; without a suggestion take them away. Says whether it showed any. */
export function showSuggestion(task, found) {
  const verdicts = Object.fromEntries((found?.topics ?? []).map((verdict) => [verdict.topic, verdict]));
  for (const button of document.querySelectorAll("#topics [data-key]")) {
    const verdict = verdicts[button.dataset.key];
    button.querySelector(".meter")?.remove();
    button.querySelector(".chance").replaceChildren(...(verdict ? [el("span", { class: "unseen" }, "model "), chance(verdict.probability)] : []));
    button.classList.toggle("suggested", verdict?.decision === "yes");
    if (verdict) button.append(meter(verdict.probability, verdict.threshold, button.dataset.tone));
  }
  if (!found?.topics.length) return false;
  seen.add(keyOf(task));
  const near = topics.filter(({ key }) => verdicts[key] && verdicts[key].decision !== "no");
  markEvidence(near.map((topic) => ({ ...topic, evidence: verdicts[topic.key].evidence })));
  return true;
}

/** After a save: whether person and model agree, in words; {words, differ}. */
export function compared(task, said, found) {
  if (found.fault) return { words: found.fault, differ: false };
  if (!found.topics.length) return { words: "The model gives no answer here", differ: false };
  seen.add(keyOf(task));
  const verdicts = found.topics.filter(({ topic }) => topics.some(({ key }) => key === topic));
  const tagged = topics.map(({ key }) => key).filter((key) => verdicts.some((v) => v.topic === key && v.decision === "yes"));
  const differing = (key) => tagged.includes(key) !== said.includes(key);
  if (!verdicts.some(({ topic }) => differing(topic))) return { words: `Model agreed: ${words(tagged)}`, differ: false };
  const probability = Object.fromEntries(verdicts.map((verdict) => [verdict.topic, chance(verdict.probability)]));
  const its = tagged.map((key) => (differing(key) ? `${nameOf(key)} ${probability[key]}` : nameOf(key)));
  const missed = said.filter((key) => differing(key) && key in probability).map((key) => `${nameOf(key)} ${probability[key]}`);
  const model = `${its.join(", ") || words([])}${missed.length ? ` (${missed.join(", ")})` : ""}`;
  return { words: `You said ${words(said)}; the model said ${model}`, differ: true };
}

/** There may be a model by now. */
export function askAgain() {
  absent = "";
}

/** A new model has a new opinion. */
export function forgetSeen() {
  seen.clear();
  askAgain();
}

function keyOf({ article, start, end }) {
  return `${article}:${start}-${end}`;
}
