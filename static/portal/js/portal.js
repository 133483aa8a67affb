/* The account menu closes when the visitor turns elsewhere; a toast when it is dismissed. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest(".notice").remove();
    for (const menu of document.querySelectorAll("details.usermenu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.usermenu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
