// Follows the reader, and changes the page in place: a window with one page of history may close itself when it is done.
"use strict";
const FOLLOW = 400, FAREWELL = 2500;
let sending = false;

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  const form = event.target, given = new FormData(form, event.submitter);
  sending = true;
  form.setAttribute("aria-busy", "true");
  try {
    await show(await fetch(location.href, { method: "POST", body: new URLSearchParams(given) }));
  } catch {
    location.reload();
  }
  sending = false;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest(".reveal");
  if (!button) return;
  const pin = document.getElementById("pin"), hidden = pin.type === "password";
  pin.type = hidden ? "text" : "password";
  button.textContent = hidden ? button.dataset.hide : button.dataset.show;
  pin.focus();
});

async function follow() {
  const shown = main().dataset;
  if (shown.over === "yes") return;
  try {
    const answer = await fetch(location.pathname + "/turn");
    const { turn } = await answer.json();
    if (!sending && String(turn) !== shown.turn) await show(await fetch(location.href));
  } catch {
    // the agent was ended: what is shown stays
  }
  setTimeout(follow, FOLLOW);
}

async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  main().replaceWith(page.querySelector("main"));
  dress();
  (document.getElementById("pin") ?? document.querySelector("h1"))?.focus();
}

function dress() {
  document.querySelector(".reveal")?.removeAttribute("hidden");
  if (main().dataset.state === "done") setTimeout(() => window.close(), FAREWELL);
}

const main = () => document.querySelector("main");
dress();
follow();
