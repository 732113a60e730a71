// What the person chooses for the paragraph in question: topics, none of them, a note, unsure. Knows nothing of the server.

import { badge, el } from "./common.js";

const byId = (id) => document.getElementById(id);
const buttons = [...byId("topics").querySelectorAll("[data-key]")];
const UNSURE = "unsure";
const held = { topics: new Set(), none: false, unsure: false };

/** The topics of the codebook as the page shows them. */
export const topics = buttons.map(({ dataset }) => ({
  key: dataset.key,
  name: dataset.name,
  hotkey: dataset.hotkey,
  letter: dataset.letter,
  tone: Number(dataset.tone),
}));
const byKey = Object.fromEntries(topics.map((topic) => [topic.key, topic]));

/** The name of a topic, small as in the middle of a sentence; that of a topic which is gone is its key. */
export function nameOf(key) {
  const name = byKey[key]?.name ?? key;
  return /^\p{Lu}\p{Ll}*(\P{Lu})*$/u.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}

/** "drugs, migration", or "none of these". */
export function words(keys) {
  return keys.length ? keys.map(nameOf).join(", ") : "none of these";
}

/** The letters of topics, with their names for those who cannot see them. */
export function letters(keys) {
  if (!keys.length) return [el("span", { class: "no-topic" }, "none")];
  return keys.map((key) => [byKey[key] ? badge(byKey[key]) : key, el("span", { class: "unseen" }, nameOf(key))]).flat();
}

/** Whether anything was chosen. */
export function isChosen() {
  return held.none || held.topics.size > 0;
}

/** What was chosen: {topics, note}. */
export function chosen() {
  const said = byId("note").value.trim();
  const note = held.unsure ? [UNSURE, said].filter(Boolean).join(": ") : said;
  return { topics: topics.map(({ key }) => key).filter((key) => held.topics.has(key)), note };
}

/** Begin with nothing, or with what stands already: {topics, known, note}. */
export function begin(said) {
  const whole = said && topics.every(({ key }) => said.known.includes(key));
  held.topics = new Set(said?.topics ?? []);
  held.none = Boolean(whole && !said.topics.length);
  const note = said?.note ?? "";
  held.unsure = note === UNSURE || note.startsWith(`${UNSURE}: `);
  byId("note").value = held.unsure ? note.slice(UNSURE.length + 2) : note;
  openNote(Boolean(note));
  refresh();
}

/** Choose these topics and no others. */
export function take(keys) {
  held.topics = new Set(keys);
  held.none = !keys.length;
  refresh();
}

/** Choose a topic, or take it back. */
export function toggle(key) {
  if (!held.topics.delete(key)) held.topics.add(key);
  held.none = false;
  refresh();
}

/** Choose none of the topics, or take that back. */
export function toggleNone() {
  held.none = !held.none;
  held.topics.clear();
  refresh();
}

/** Say that one is unsure, or take that back; the note opens, since the reason is worth a line. */
export function toggleUnsure() {
  held.unsure = !held.unsure;
  if (held.unsure) openNote(true, true);
  else if (!byId("note").value.trim()) openNote(false);
  refresh();
}

/** Show or hide the note. */
export function openNote(open, focus = false) {
  byId("note-field").hidden = !open;
  byId("note-open").setAttribute("aria-expanded", String(open));
  if (open && focus) byId("note").focus();
}

function refresh() {
  for (const button of buttons) button.setAttribute("aria-pressed", String(held.topics.has(button.dataset.key)));
  byId("none").setAttribute("aria-pressed", String(held.none));
  byId("unsure").setAttribute("aria-pressed", String(held.unsure));
  byId("note-label").textContent = held.unsure ? "What makes you unsure? (optional)" : "Note";
}

/** What others said of a paragraph that is to be settled; each answer can be taken by its number. */
export function showVoices(voices, task, chosenBy) {
  const root = byId("voices");
  root.hidden = !voices.length;
  const rows = voices.map((voice, place) => {
    const number = place + 1;
    const said = voice.known.length ? letters(voice.topics) : [el("span", { class: "no-topic" }, "nothing")];
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "voice", onclick: (event) => chosenBy(place, event) },
        el("kbd", { "aria-hidden": "true" }, number > 9 ? "" : String(number)),
        el("span", { class: "voice-name" }, voice.annotator === "gold" ? "settled" : voice.annotator),
        el("span", { class: "voice-topics" }, said, " ", el("span", { class: "voice-words", "aria-hidden": "true" }, voice.topics.length ? words(voice.topics) : "")),
      ),
      voice.note && el("q", { class: "voice-note" }, voice.note),
    );
  });
  root.replaceChildren(el("p", { class: "small" }, [task?.why, "take an answer, or choose"].filter(Boolean).join(" \u2013 ")), el("ol", {}, rows));
}

/** Let the topic buttons work. */
export function watchChoice(after) {
  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      toggle(button.dataset.key);
      after(event);
    });
  }
  byId("none").addEventListener("click", (event) => {
    toggleNone();
    after(event);
  });
}
