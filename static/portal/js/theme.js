/* Chooses light or dark before the first paint: the visitor's own choice, else the system's. */
(() => {
  "use strict";
  const KEY = "leadrouter-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return window.localStorage.getItem(KEY);
    } catch {
      return null; // storage is switched off: the system's choice holds
    }
  };
  const apply = () => {
    document.documentElement.dataset.bsTheme = stored() ?? (system.matches ? "dark" : "light");
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      window.localStorage.setItem(KEY, next);
    } catch {
      /* kept for this page only */
    }
    document.documentElement.dataset.bsTheme = next;
  });
})();
