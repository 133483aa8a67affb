/* The account menu closes when the visitor turns elsewhere. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
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
