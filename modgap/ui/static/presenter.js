(() => {
  // The presenter's page: no controls, larger type, and five searches of the sample told with the keyboard.
  const STORY = [
    ["tools with red handles", "Raw similarity fills the first page with passages. The photographs were there all along."],
    ["cup and saucer", "Raw shows no cup. Standardized, the photographed cups come right behind the first passage."],
    ["solar panels", "Four numbers, learnt from queries without labels, put both kinds on one scale."],
    ["windmill", "Where passages fit well they stay first. Inside each kind the order never changes."],
    ["how do chameleons change colour", "The passage that answers is still on top, and the chameleon itself has come up beside it."],
  ];
  const asked = new URLSearchParams(window.location.search);
  let step = -1;

  const start = () => document.querySelector("#mg-start");
  const loaded = () => document.querySelector("#mg-examples .mg-chip");
  const waitFor = (find, then, tries = 600) => {
    const found = find();
    if (found && found.getClientRects().length) then(found);
    else if (tries) setTimeout(() => waitFor(find, then, tries - 1), 100);
  };

  const bar = () => {
    let found = document.querySelector("#mg-story-bar");
    if (!found) {
      found = document.createElement("div");
      found.id = "mg-story-bar";
      found.setAttribute("role", "status");
      document.body.append(found);
    }
    return found;
  };

  const go = (to) => {
    step = Math.max(0, Math.min(STORY.length - 1, to));
    const [query, words] = STORY[step];
    [...document.querySelectorAll("#mg-examples .mg-chip")].find((chip) => chip.dataset.value === query)?.click();
    bar().replaceChildren();
    const heading = document.createElement("b");
    heading.textContent = `“${query}”`;
    const sentence = document.createElement("span");
    sentence.textContent = words;
    const place = document.createElement("small");
    place.textContent = `${step + 1} of ${STORY.length}. Arrow keys turn the pages, Escape ends.`;
    bar().append(heading, sentence, place);
    window.scrollTo({ top: 0 });
  };

  const present = (on) => {
    if (on && !loaded()) {
      start()?.click();
      waitFor(loaded, () => present(true));
      return;
    }
    document.body.classList.toggle("mg-presenting", on);
    if (on) go(0);
    else bar().remove();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#mg-present")) present(true);
  });
  document.addEventListener("keydown", (event) => {
    if (!document.body.classList.contains("mg-presenting")) return;
    const moves = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
    if (event.key === "Escape") present(false);
    else if (moves[event.key]) go(step + moves[event.key]);
    else return;
    event.preventDefault();
  });

  // ?demo=1 opens with the sample loaded and calibrated, ?present=1 with the story as well.
  if (asked.get("present") === "1") waitFor(start, () => present(true));
  else if (asked.get("demo") === "1") waitFor(start, (button) => button.click());
})();
