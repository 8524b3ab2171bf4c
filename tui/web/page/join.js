// Exchanges the token behind the # of the address for a cookie, takes it out of the address, and goes on.
"use strict";

function show(answer) {
  for (const part of document.querySelectorAll("[data-answer]")) {
    part.classList.toggle("-shown", part.dataset.answer === answer);
  }
}

async function join(token) {
  show("waiting");
  try {
    const answer = await fetch("join", { method: "POST", body: token });
    if (answer.ok) {
      location.replace(`./${location.search}`);
    } else {
      show(answer.status === 403 ? "unknown" : "later");
    }
  } catch {
    show("later");
  }
}

const token = location.hash.slice(1);
history.replaceState(null, "", `join${location.search}`);
document.querySelector("button").onclick = () => join(token);
// Another link that is pasted into this window's address changes what is behind the # only.
addEventListener("hashchange", () => location.reload());
join(token);
