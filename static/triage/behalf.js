/* Shows only the questions that fit what was chosen. Without it all of them are there, and do no harm. */
"use strict";
(() => {
  const parts = document.querySelectorAll("[data-when]");
  const show = () => {
    parts.forEach((part) => {
      const chosen = document.querySelector(`[name=${part.dataset.when}]:checked`);
      const fits = !chosen || part.dataset.is.split(" ").includes(chosen.value);
      /* What is wrong somewhere stays in sight. */
      part.hidden = !fits && !part.querySelector(".kern-error");
    });
  };
  parts.forEach((part) => {
    document.querySelectorAll(`[name=${part.dataset.when}]`).forEach((choice) => { choice.addEventListener("change", show); });
  });
  show();
})();
