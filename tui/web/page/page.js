// Starts textual-serve's terminal once the font is there: xterm.js measures its cells when it is made.
"use strict";

const SIZE = 15; // pixels: the font's advance is then 9.03, so that a cell wastes nothing and joins letters
const SAMPLE = "Wﺣﺎﺷﻴﺔ";

function begun(body) {
  return new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (body.classList.contains("-first-byte")) {
        observer.disconnect();
        resolve();
      }
    }).observe(body, { attributeFilter: ["class"] });
  });
}

function added(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.onload = resolve;
    script.onerror = reject;
    script.src = src;
    document.head.append(script);
  });
}

addEventListener("load", async () => {
  const size = Number(new URLSearchParams(location.search).get("fontsize")) || SIZE;
  const terminal = document.querySelector(".textual-terminal");
  terminal.dataset.fontSize = size;
  terminal.dataset.sessionWebsocketUrl = `ws://${location.host}/ws`;
  document.querySelector("#ended button").onclick = () => location.reload();
  await Promise.allSettled(
    ["normal", "bold"].map((weight) => document.fonts.load(`${weight} ${size}px "Roboto Mono"`, SAMPLE)),
  );
  await added("/static/js/textual.js");
  const painting = begun(document.body);
  window.onload(); // set by the script, which expects to be there before the page has loaded
  await painting;
  // Textual takes a new window for one in the background until it is told of the focus.
  document.querySelector(".xterm-helper-textarea").focus();
});
