/* Native dialogs: opened by content that arrives in them or by `data-dialog-open`, closed by
   `data-dialog-close`, by Escape, or by the server's `dialog:close`. Focus goes back by itself. */
(() => {
  "use strict";
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "compose") event.detail.target.querySelector(".is-invalid")?.focus();
    if (event.detail.target.id !== "dialog-content") return;
    const dialog = document.getElementById("dialog");
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector(".is-invalid, input:checked, select, textarea, input:not([type=hidden])");
    first?.focus();
  });
  document.addEventListener("dialog:close", () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen).showModal();
    const closer = event.target.closest("[data-dialog-close]");
    const dialog = closer?.closest("dialog") ?? (event.target instanceof HTMLDialogElement ? event.target : null);
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
  });
})();
