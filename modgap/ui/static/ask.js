// A click on anything that carries data-ask is a search: by an item of the corpus, or by example words.
element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-ask]");
  if (target && element.contains(target)) {
    trigger("click", { ask: target.dataset.ask, value: target.dataset.value });
  }
});
