// Retraining while one labels: begin, watch, cancel, and see the leaderboard change.

import { ask, el, grouped } from "./common.js";

const byId = (id) => document.getElementById(id);
const EVERY = 1000; // milliseconds between two looks
const ROWS = 3;
const words = byId("retrain-words");

/** Let the panel work; `trained()` is called when there is a new model. */
export async function watchRetrain(trained) {
  byId("retrain").addEventListener("click", () => begin(trained));
  byId("retrain-cancel").addEventListener("click", cancel);
  const running = (await jobs()).find(({ state }) => state === "running");
  if (running) watch(trained);
}

async function jobs() {
  try {
    return (await ask("GET", "/api/jobs")).filter(({ kind }) => kind === "retrain");
  } catch {
    return [];
  }
}

async function begin(trained) {
  try {
    await ask("POST", "/api/jobs/retrain");
  } catch (error) {
    words.textContent = error.message;
    return;
  }
  byId("retrain-tags").hidden = true;
  watch(trained);
}

async function cancel() {
  try {
    await ask("DELETE", "/api/jobs/retrain");
  } catch (error) {
    words.textContent = error.message;
  }
}

async function watch(trained) {
  for (;;) {
    const [job] = await jobs();
    if (!job) return show(null);
    show(job);
    if (job.state === "done") {
      await told();
      return trained();
    }
    if (job.state !== "running") return undefined;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function show(job) {
  const running = job?.state === "running";
  if (!running && document.activeElement === byId("retrain-cancel")) byId("retrain").focus();
  byId("retrain").disabled = running;
  byId("retrain-cancel").hidden = !running;
  const bar = byId("retrain-bar");
  bar.hidden = !running;
  if (job?.whole) bar.value = job.done / job.whole;
  else bar.removeAttribute("value");
  const before = { failed: "It failed: ", cancelled: "Cancelled. " }[job?.state] ?? "";
  const said = job?.state === "cancelled" ? "" : job?.message || (running ? "training begins" : "");
  if (words.textContent !== before + said) words.textContent = before + said;
}

/** The last runs; the newest one's gain in words. */
async function told() {
  const runs = await ask("GET", "/api/leaderboard").catch(() => []);
  if (!runs.length) return;
  const [newest] = runs;
  const now = newest.f1.value;
  const before = newest.difference === null ? null : now - newest.difference;
  const isSmall = before !== null && newest.f1.ci_low <= before && before <= newest.f1.ci_high;
  const change = before === null ? "" : `${before.toFixed(3)} \u2192 `;
  words.textContent = `New model: F1 ${change}${now.toFixed(3)}${isSmall ? ", within the interval" : ""}`;
  const rows = runs.slice(0, ROWS).map((run) => el("li", {}, el("span", {}, run.date), el("span", {}, `${grouped(run.paragraphs)} ¶`), el("strong", {}, run.f1.value.toFixed(3))));
  byId("board").replaceChildren(...rows);
  byId("board").hidden = false;
  byId("retrain-tags").hidden = false;
}

/** Name the article whose new tags can be looked at. */
export function linkTags(article) {
  byId("retrain-link").setAttribute("href", `/?article=${encodeURIComponent(article)}`);
}
