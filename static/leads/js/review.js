// One key for each answer of the review: the letter on the button, unless somebody is typing.
(() => {
  "use strict";
  const form = document.getElementById("review-form");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=radio]), textarea, select, [contenteditable]");
    if (typing) return;
    const key = event.key.toLowerCase();
    const button = [...form.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
})();
