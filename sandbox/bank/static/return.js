// Takes the person back to the portal by itself; the button is there for whoever runs no scripts or comes here by Back.
const form = document.querySelector("form[data-return]");
const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";

if (form && !cameBack) {
  form.querySelector("[data-going]").hidden = false;
  setTimeout(() => form.submit(), 1500);
}
