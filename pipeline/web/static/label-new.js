// The box that takes a new article in.

import { ask, sentence as asSentence } from "./common.js";

const byId = (id) => document.getElementById(id);
const box = byId("new-box");

/** Let the button open the box; `added(id, isNew)` is called with the article's id. */
export function watchNew(added) {
  byId("new").addEventListener("click", openNew);
  byId("new-cancel").addEventListener("click", () => box.close());
  byId("new-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send(added);
  });
}

/** Open the box. */
export function openNew() {
  fault("");
  box.showModal();
  byId("new-text").focus();
}

async function send(added) {
  const [title, text] = [byId("new-title").value.trim(), byId("new-text").value];
  if (!text.trim()) {
    byId("new-text").focus();
    return fault("Paste the article's text.");
  }
  byId("new-send").disabled = true;
  try {
    // A title is a headline, which is judged as a paragraph; one that the text begins with is not said twice.
    const whole = title && !text.trimStart().startsWith(title) ? `${title}\n\n${text}` : text;
    const told = await ask("POST", "/api/articles", { text: whole, title });
    box.close();
    byId("new-form").reset();
    added(told.id, told.added);
  } catch (error) {
    fault(error.message);
  } finally {
    byId("new-send").disabled = false;
  }
  return undefined;
}

function fault(sentence) {
  byId("new-fault").textContent = asSentence(sentence);
  byId("new-fault").hidden = !sentence;
}
