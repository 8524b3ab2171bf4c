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

// textual-serve's script says that its socket was closed, but not why: the notice depends on it.
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...address) {
    super(...address);
    this.addEventListener("close", ({ code }) => {
      const notices = [...document.querySelectorAll("#ended [data-code]")];
      const found = notices.find((notice) => notice.dataset.code === `${code}`) ?? notices[0];
      found.classList.add("-shown");
    });
  }
};

addEventListener("load", async () => {
  const size = Number(new URLSearchParams(location.search).get("fontsize")) || SIZE;
  const terminal = document.querySelector(".textual-terminal");
  terminal.dataset.fontSize = size;
  // Beside this page, wherever a proxy has put it.
  terminal.dataset.sessionWebsocketUrl = new URL("ws", `${location.origin}${location.pathname}`).href.replace(/^http/, "ws");
  document.querySelector("#ended button").onclick = () => location.reload();
  await Promise.allSettled(
    ["normal", "bold"].map((weight) => document.fonts.load(`${weight} ${size}px "Roboto Mono"`, SAMPLE)),
  );
  await added("static/js/textual.js");
  const painting = begun(document.body);
  window.onload(); // set by the script, which expects to be there before the page has loaded
  await painting;
  // Textual takes a new window for one in the background until it is told of the focus.
  document.querySelector(".xterm-helper-textarea").focus();
});
