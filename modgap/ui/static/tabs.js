(() => {
  // What a mark on the map is: its name, and its picture as the contact sheet shows it.
  const show = (point) => {
    const figure = point.closest(".mg-map");
    const tip = figure.querySelector(".mg-map-tip");
    tip.replaceChildren();
    const thumb = document.querySelector(`#mg-corpus-summary .mg-thumb[data-item="${point.dataset.thumb}"] img`);
    if (thumb) {
      const picture = document.createElement("img");
      picture.src = thumb.src;
      picture.alt = "";
      tip.append(picture);
    }
    tip.append(point.dataset.name);
    const [at, box] = [point.getBoundingClientRect(), figure.getBoundingClientRect()];
    tip.style.display = "block";
    tip.style.left = `${Math.min(at.left - box.left + 16, box.width - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(at.top - box.top + 16, box.height - tip.offsetHeight - 8)}px`;
  };
  document.addEventListener("mouseover", (event) => {
    document.querySelectorAll(".mg-map-tip").forEach((tip) => (tip.style.display = "none"));
    const point = event.target.closest?.("[data-name]");
    if (point?.closest(".mg-map")) show(point);
  });

  // Copies the text of the block that the button stands above.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".mg-copy");
    if (!button) return;
    navigator.clipboard?.writeText(button.parentElement.querySelector("pre").textContent).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Select and copy by hand"),
    );
  });
})();
