/* Keeps clocks (`data-due`) and ages (`data-since`) running by the server's time, once a second.
   The words equal those of the template tags, so nothing jumps when a page arrives. */
(() => {
  "use strict";
  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const SOON_SECONDS = 300;
  const STATES = ["clock-ok", "clock-soon", "clock-overdue"];
  let ahead = 0; // how far this computer's clock is ahead of the server's, in milliseconds

  const duration = (seconds) => {
    let rest = Math.abs(seconds);
    const parts = [];
    for (const [length, unit] of UNITS) {
      if ((parts.length || rest >= length) && parts.length < 2) {
        parts.push([Math.floor(rest / length), unit]);
        rest %= length;
      }
    }
    return parts.filter(([count]) => count).map((part) => part.join(" ")).join(" ") || "0 s";
  };
  const say = (element, words) => {
    if (element && element.textContent !== words) element.textContent = words;
  };
  const tick = () => {
    const now = Date.now() - ahead;
    for (const clock of document.querySelectorAll("[data-due]")) {
      const left = Math.trunc((Date.parse(clock.dataset.due) - now) / 1000);
      const state = left <= 0 ? "clock-overdue" : left < SOON_SECONDS ? "clock-soon" : "clock-ok";
      if (!clock.classList.contains(state)) {
        clock.classList.remove(...STATES);
        clock.classList.add(state);
      }
      say(clock.querySelector(".clock-words"), `${left <= 0 ? "overdue by" : "due in"} ${duration(left)}`);
    }
    for (const age of document.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.trunc((now - Date.parse(age.dataset.since)) / 1000));
      say(age.querySelector(".since-words"), duration(seconds));
    }
  };
  const synchronise = () => {
    const stated = document.querySelector("[data-now]")?.dataset.now;
    if (stated) ahead = Date.now() - Date.parse(stated);
    tick();
  };
  synchronise();
  document.addEventListener("htmx:afterSettle", synchronise);
  window.setInterval(tick, 1000);
})();
