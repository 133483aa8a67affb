/* Single keys on the board. They can be switched off, are silent while somebody types, and every
   one of them presses a control that Tab reaches too. */
(() => {
  "use strict";
  const KEY = "leadrouter-shortcuts";
  const box = document.getElementById("shortcuts-on");
  try {
    box.checked = window.localStorage.getItem(KEY) !== "off";
    box.addEventListener("change", () => window.localStorage.setItem(KEY, box.checked ? "on" : "off"));
  } catch {
    /* storage is switched off: the choice lasts for this page */
  }
  const list = () => [...document.querySelectorAll("#board [data-row]")].filter((row) => row.checkVisibility());
  const current = () => document.activeElement?.closest?.("[data-row]");
  const move = (step) => {
    const rows = list();
    const index = rows.indexOf(current());
    show(rows[index < 0 ? (step > 0 ? 0 : rows.length - 1) : index + step]);
  };
  const show = (row) => {
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !box.checked) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const row = current();
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "q") show(document.querySelector('#board [data-row="offer"]'));
    else if (event.key === "?") document.getElementById("shortcuts").showModal();
    else if (event.key === "Enter" && event.target === row) row.querySelector("[data-open]").click();
    else if (row && /^[atdc]$/.test(event.key)) {
      const control = row.querySelector(`[data-key="${event.key}"]`);
      if (!control) return;
      control.click();
    } else return;
    event.preventDefault();
  });
})();
