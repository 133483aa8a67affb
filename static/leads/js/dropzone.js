/* Lets a file be dropped on the area around its input (`data-dropzone`). Choosing it by button or
   keyboard works without this. */
(() => {
  "use strict";
  for (const zone of document.querySelectorAll("[data-dropzone]")) {
    const input = zone.querySelector("input[type=file]");
    const hint = document.createElement("p");
    hint.className = "dropzone-hint";
    hint.textContent = "Drop a file here, or choose one:";
    zone.prepend(hint);
    const show = (isOver) => zone.classList.toggle("is-over", isOver);
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        show(true);
      });
    }
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) show(false);
    });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      show(false);
      if (!event.dataTransfer.files.length) return;
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      input.files = one.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  }
})();
