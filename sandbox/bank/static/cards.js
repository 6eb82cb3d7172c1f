// Offers to fill in a test card from the list.
for (const button of document.querySelectorAll("button.use")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = document.querySelector("form");
    form.elements.card_type.value = button.dataset.brand;
    form.elements.card_number.value = button.dataset.number.replace(/(\d{4})(?=\d)/g, "$1 ");
    form.elements.card_expiry_month.value ||= "12";
    form.elements.card_expiry_year.selectedIndex ||= 3;
    form.elements.card_cvn.value ||= "123";
    form.querySelector(".actions button").focus();
  });
}
