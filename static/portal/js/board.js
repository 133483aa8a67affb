/* The open board: asks about once a second whether anything changed, shows it without moving what
   the rep is doing, and says aloud what is new. Rests while the tab is hidden. */
(() => {
  "use strict";
  const EVERY = 1000;
  const SLOWEST = 15000;
  const LOST_AFTER = 2;
  const poller = document.getElementById("board-poller");
  const banner = document.getElementById("connection-lost");
  const announcer = document.getElementById("announcer");
  const title = document.title;
  let failures = 0;
  let timer = 0;
  let known = rows();

  function rows() {
    const found = [...document.querySelectorAll("#board [data-row]")];
    return new Map(found.map((row) => [row.id, { name: row.dataset.name, kind: row.dataset.row }]));
  }
  const plan = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, Math.min(EVERY * 2 ** failures, SLOWEST));
  };
  const ask = () => {
    if (!document.hidden) window.htmx.trigger(poller, "poll");
    plan(); // a lost answer must not end the asking
  };
  const heard = (isWell) => {
    const wasLost = failures >= LOST_AFTER;
    failures = isWell ? 0 : failures + 1;
    banner.hidden = failures < LOST_AFTER;
    if (isWell && wasLost) plan();
  };
  const sayNews = () => {
    const seen = rows();
    const news = [...seen].filter(([id]) => !known.has(id));
    const gone = [...known].filter(([id, row]) => row.kind === "mine" && !seen.has(id));
    const words = [
      ...news.map(([, row]) => (row.kind === "mine" ? `New lead: ${row.name}.` : `New in a queue: ${row.name}.`)),
      ...gone.map(([, row]) => `No longer on your list: ${row.name}.`),
    ];
    if (words.length) announcer.textContent = words.join(" ");
    for (const [id] of news) document.getElementById(id).classList.add("is-new");
    if (document.hidden && news.length) document.title = `(${news.length}) ${title}`;
    known = seen;
  };

  // The row that was worked on may leave its list: whoever was in it goes on at the next one there.
  let place = null;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "board") return;
    const row = document.activeElement?.closest?.("#board [data-row]");
    place = row && { id: row.id, list: row.parentElement.id, index: [...row.parentElement.children].indexOf(row) };
  });
  const returnFocus = () => {
    if (!place || document.activeElement !== document.body) return;
    const left = document.getElementById(place.list)?.children ?? [];
    const row = document.getElementById(place.id) ?? left[Math.min(place.index, left.length - 1)];
    (row ?? document.querySelector("#board [data-row]"))?.focus();
    place = null;
  };

  // Whoever unfolded a queue keeps it unfolded when the board is renewed.
  window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node instanceof HTMLDetailsElement);
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== poller) return;
    event.detail.parameters.stamp = document.getElementById("board").dataset.stamp;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr?.status ?? 0; // 0: no answer came, or it was called off
    if (status) heard(status < 500);
  });
  document.body.addEventListener("htmx:sendError", () => heard(false));
  document.body.addEventListener("htmx:timeout", () => heard(false));
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "board" && event.detail.elt.id !== "board") return;
    sayNews();
    returnFocus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = title;
    window.htmx.trigger(poller, "poll");
    plan();
  });
  plan();
})();
