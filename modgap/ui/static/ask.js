// Clicks are numbered, since what they ask for may reach the server in another order.
// A click on anything that carries data-ask is a search: by an item of the corpus, or by example words.
element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-ask]");
  if (target && element.contains(target)) {
    window.modgapClicks = Math.max(Date.now(), (window.modgapClicks ?? 0) + 1);
    trigger("click", { ask: target.dataset.ask, value: target.dataset.value, at: window.modgapClicks });
  }
});
