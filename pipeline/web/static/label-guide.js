// The guidelines beside the text: the topic that is pointed at, focused or chosen comes forward.

const guide = document.getElementById("guide");
const inner = document.getElementById("guide-inner");
const sections = [...guide.querySelectorAll("[data-guide]")];
const PATIENCE = 180; // milliseconds a pointer rests on a topic before its rules come forward
let coming = 0;

/** Open a topic's rules and close the others'; `at once` or after a moment. */
export function bringForward(key) {
  const wanted = sections.find((section) => section.dataset.guide === key);
  if (!wanted || !guide.open) return;
  for (const section of sections) {
    section.open = section === wanted;
    section.classList.toggle("forward", section === wanted);
  }
  if (inner.scrollHeight > inner.clientHeight) inner.scrollTop = wanted.offsetTop - 8;
}

/** Follow pointer and focus over the topic buttons. */
export function watchGuide() {
  for (const button of document.querySelectorAll("#topics [data-key]")) {
    button.addEventListener("pointerenter", () => {
      clearTimeout(coming);
      coming = setTimeout(() => bringForward(button.dataset.key), PATIENCE);
    });
    button.addEventListener("pointerleave", () => clearTimeout(coming));
    button.addEventListener("focus", () => bringForward(button.dataset.key));
  }
}
