// The keys: a codebook's own key wins over a command's; nothing happens while somebody types, or with Ctrl, Alt or Meta.

import { el } from "./common.js";
import { topics } from "./label-choice.js";

const byId = (id) => document.getElementById(id);
const COMMANDS = [
  ["0", "none", "none of these"],
  ["s", "skip", "skip: it does not come back"],
  ["u", "unsure", "unsure, with a note"],
  ["n", "note", "a note"],
  ["z", "undo", "undo, as often as you like"],
  ["?", "help", "this list"],
];
const BUTTONS = { none: "none", skip: "skip", unsure: "unsure", note: "note-open", undo: "undo", help: "keys" };
const taken = new Map(topics.map((topic) => [topic.hotkey, topic]));
const box = byId("keys-box");

/** Listen; `actions` has topic(key), voice(number), save, none, skip, unsure, note, undo. */
export function watchKeys(actions) {
  for (const [key, command] of COMMANDS) {
    const button = byId(BUTTONS[command]);
    if (taken.has(key)) button.querySelector("kbd").remove();
    else button.setAttribute("aria-keyshortcuts", key);
  }
  byId("save").setAttribute("aria-keyshortcuts", "Enter");
  byId("keys").addEventListener("click", showKeys);
  document.addEventListener("keydown", (event) => pressed(event, { ...actions, help: showKeys }));
}

/** Show the list of keys. */
export function showKeys() {
  const rows = [
    ...topics.map(({ hotkey, name }) => [hotkey, name]),
    ...COMMANDS.map(([key, , words]) => (taken.has(key) ? ["", `${words} (button only: ${key} is the key of ${taken.get(key).name})`] : [key, words])),
    ["1 … 9", "take an answer, where there are several to settle"],
    ["Enter", "save and next; also in the note"],
    ["Esc", "leave the note"],
  ];
  byId("keys-list").replaceChildren(...rows.flatMap(([key, words]) => [el("dt", {}, key && el("kbd", {}, key)), el("dd", {}, words)]));
  box.showModal();
}

function pressed(event, actions) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (target.id === "note") return inNote(event, actions);
  if (target.closest("input, textarea, select, [contenteditable]")) return;
  if (key === "Enter") {
    // Topics are chosen with the space bar where they have the focus; Enter saves wherever one labels.
    if (target.closest("button:not(.topic), a, summary")) return;
    event.preventDefault();
    if (!event.repeat) actions.save();
    return;
  }
  const action = key.length === 1 && actionOf(key.toLowerCase(), actions);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat) action();
}

function inNote(event, actions) {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    if (!event.repeat) actions.save();
  } else if (event.key === "Escape") {
    event.preventDefault();
    byId("pane").focus({ preventScroll: true });
  }
}

function actionOf(key, actions) {
  if (taken.has(key)) return () => actions.topic(taken.get(key).key);
  const command = COMMANDS.find(([own]) => own === key);
  if (command) return actions[command[1]];
  return /[1-9]/.test(key) ? () => actions.voice(Number(key) - 1) : null;
}
