// The review page: times in the reader's zone, jobs with their progress, and new figures when one is done.
import { ask, el, sentence } from "/static/common.js";

const PATIENCE = 1000; // milliseconds between two looks at a job
const RUNNING = "running";
const ABOUT = {
  retrain: { asked: "The model learns anew", after: "The last fold is done; the report is being written" },
  gain: { asked: "Both models are learnt", after: "The last fold is done; intervals are being computed" },
};

/** Show times as the reader's clock and country have them. */
function localise(root) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.textContent = format.format(at);
  }
}

/** The runs in the table, each by name and time, since the same work on the same day overwrites its run. */
function runs() {
  return [...document.querySelectorAll("[data-run]")].map((row) => row.dataset.run);
}

/** Mark the rows that were not there before. */
function mark(before) {
  for (const row of document.querySelectorAll("[data-run]")) {
    if (before.includes(row.dataset.run)) continue;
    row.classList.add("new");
    row.cells[0].append(el("span", { class: "new-mark" }, "new"));
  }
}

/** Put the server's present figures in the place of those shown; the page comes from its own templates, escaped. */
async function refresh() {
  const before = runs();
  const open = [...document.querySelectorAll("details")].map((each) => each.open);
  const answer = await ask("GET", "/review");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceWith(fresh);
  }
  document.querySelectorAll("details").forEach((each, place) => { each.open = open[place] ?? false; });
  localise(document);
  mark(before);
}

/** What is said of a job while it runs. */
function running(job) {
  const about = ABOUT[job.kind];
  const seconds = `${Math.round(job.seconds)} s`;
  if (!job.whole) return `${about.asked}, ${seconds}`;
  if (job.done === job.whole) return `${about.after}, ${seconds}`;
  return `${about.asked}: ${job.done} of ${job.whole} folds, ${seconds}`;
}

/** Show how a job stands. */
function show(place, job) {
  const [start, cancel, meter, said] = [".start", ".cancel", ".meter", ".said"].map((name) => place.querySelector(name));
  const isRunning = job.state === RUNNING;
  place.dataset.state = job.state;
  start.disabled = isRunning;
  cancel.hidden = meter.hidden = !isRunning;
  meter.style.setProperty("--share", job.whole ? job.done / job.whole : 0);
  const words = isRunning ? running(job) : sentence(job.message);
  if (said.textContent !== words) said.textContent = words;
}

/** Look at a job until it has ended; then show what it changed. */
async function watch(place) {
  const { job: kind } = place.dataset;
  for (;;) {
    const job = (await ask("GET", "/api/jobs")).find((each) => each.kind === kind);
    if (!job) return;
    show(place, job);
    if (job.state !== RUNNING) {
      if (job.state === "done") await refresh();
      return;
    }
    await new Promise((wake) => setTimeout(wake, PATIENCE));
  }
}

/** Do something with a job and tell what went wrong, if something did. */
async function attempt(place, work) {
  try {
    await work();
  } catch (error) {
    place.dataset.state = "failed";
    place.querySelector(".said").textContent = sentence(error.message);
  }
}

/** Let a job's buttons work, and go on watching one that runs. */
function connect(place, jobs) {
  const address = `/api/jobs/${place.dataset.job}`;
  const begin = async () => { await ask("POST", address); await watch(place); };
  place.querySelector(".start").addEventListener("click", () => attempt(place, begin));
  place.querySelector(".cancel").addEventListener("click", () => attempt(place, () => ask("DELETE", address)));
  const job = jobs.find((each) => each.kind === place.dataset.job);
  if (job) show(place, job);
  if (job?.state === RUNNING) attempt(place, () => watch(place));
}

/** Mark in the list of contents what is being read. */
function follow() {
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target.id);
    const first = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) {
      if (id === first) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-15% 0px -55% 0px" });
  for (const id of links.keys()) watcher.observe(document.getElementById(id));
  return watcher;
}

localise(document);
follow();
const jobs = await ask("GET", "/api/jobs").catch(() => []);
for (const place of document.querySelectorAll("[data-job]")) connect(place, jobs);
