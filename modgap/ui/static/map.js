// The maps of the gap: zoom (buttons, keys, Ctrl and wheel), pan by dragging, thumbnails at close range, and a lasso that
// lists what it holds. The two maps stay as they are drawn; only their view moves.
(() => {
  const CLOSE = 4, MOST = 24, THUMBS = 40;  // zoom from which pictures show; greatest zoom; pictures at once
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const views = new WeakMap();

  const viewOf = (svg) => {
    if (!views.has(svg)) {
      const { x, y, width, height } = svg.viewBox.baseVal;
      views.set(svg, { x, y, width, height, home: [x, y, width, height], zoom: 1 });
    }
    return views.get(svg);
  };
  const inMap = (svg, event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  const placeOf = (mark) => {
    const { e, f } = mark.transform.baseVal.consolidate().matrix;
    return [e, f];
  };

  const draw = (svg) => {
    const view = viewOf(svg), [x, y, width, height] = view.home;
    view.width = width / view.zoom;
    view.height = height / view.zoom;
    view.x = Math.min(Math.max(view.x, x), x + width - view.width);
    view.y = Math.min(Math.max(view.y, y), y + height - view.height);
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    svg.style.setProperty("--mg-mark", 1 / view.zoom);
    svg.classList.toggle("mg-zoomed", view.zoom > 1);
    clearTimeout(view.later);
    view.later = setTimeout(() => pictures(svg), 120);
  };
  const zoom = (svg, factor, [x, y]) => {
    const view = viewOf(svg), now = Math.min(MOST, Math.max(1, view.zoom * factor));
    view.x = x - (x - view.x) * (view.zoom / now);
    view.y = y - (y - view.y) * (view.zoom / now);
    view.zoom = now;
    draw(svg);
  };
  const middle = (svg) => {
    const view = viewOf(svg);
    return [view.x + view.width / 2, view.y + view.height / 2];
  };

  // At close range a picture stands at its mark.
  const pictures = (svg) => {
    svg.querySelectorAll("image").forEach((image) => image.remove());
    const view = viewOf(svg);
    if (view.zoom < CLOSE) return;
    const side = view.width / 9;
    let shown = 0;
    for (const mark of svg.querySelectorAll(".mg-point[data-thumb]")) {
      const [x, y] = placeOf(mark);
      if (x < view.x || x > view.x + view.width || y < view.y || y > view.y + view.height) continue;
      const row = CSS.escape(mark.dataset.thumb);
      const source = document.querySelector(`#mg-corpus-summary .mg-thumb[data-item="${row}"] img`)?.src;
      if (!source) continue;
      const image = document.createElementNS(NAMESPACE, "image");
      const box = { x: -side / 2, y: -side / 2, width: side, height: side, href: source };
      Object.entries(box).forEach(([name, value]) => image.setAttribute(name, value));
      mark.append(image);
      if (++shown === THUMBS) return;
    }
  };

  // What the lasso holds is listed below both maps.
  const inside = ([x, y], path) => {
    let odd = false;
    for (let a = 0, b = path.length - 1; a < path.length; b = a++) {
      const [[ax, ay], [bx, by]] = [path[a], path[b]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    return odd;
  };
  const list = (svg, path) => {
    const held = [...svg.querySelectorAll(".mg-point")].filter((mark) => inside(placeOf(mark), path));
    const place = document.querySelector("#mg-map-held");
    place.replaceChildren();
    const said = document.createElement("p");
    const kinds = { picture: "pictures", text: "passages", other: "others" };
    const counted = Object.entries(kinds)
      .map(([accent, word]) => [held.filter((mark) => mark.classList.contains(`mg-point-${accent}`)).length, word])
      .filter(([count]) => count);
    said.textContent = held.length ? `The lasso holds ${counted.map((each) => each.join(" ")).join(" and ")}:` : "The lasso holds nothing.";
    const names = document.createElement("ul");
    for (const mark of held.slice(0, 60)) {
      const name = document.createElement("li");
      name.textContent = mark.dataset.name;
      names.append(name);
    }
    place.append(said, names);
    if (held.length > 60) place.append(`and ${held.length - 60} more.`);
  };

  let drag = null;
  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.(".mg-map svg");
    if (!svg || event.button !== 0) return;
    const lasso = event.shiftKey || svg.closest(".mg-maps")?.querySelector("[data-map=lasso][aria-pressed=true]");
    if (!lasso && viewOf(svg).zoom === 1) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    drag = { svg, lasso, from: inMap(svg, event), path: [] };
    if (lasso) {
      drag.line = document.createElementNS(NAMESPACE, "polygon");
      drag.line.setAttribute("class", "mg-lasso");
      svg.append(drag.line);
    }
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = inMap(drag.svg, event);
    if (drag.lasso) {
      drag.path.push([x, y]);
      drag.line.setAttribute("points", drag.path.map((each) => each.join(",")).join(" "));
    } else {
      const view = viewOf(drag.svg);
      view.x += drag.from[0] - x;
      view.y += drag.from[1] - y;
      draw(drag.svg);
    }
  });
  const end = () => {
    if (drag?.lasso) {
      if (drag.path.length > 2) list(drag.svg, drag.path);
      drag.line.remove();
    }
    drag = null;
  };
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);

  document.addEventListener(
    "wheel",
    (event) => {
      const svg = event.target.closest?.(".mg-map svg");
      if (!svg || !(event.ctrlKey || event.metaKey)) return;  // else the page scrolls
      event.preventDefault();
      zoom(svg, event.deltaY < 0 ? 1.25 : 0.8, inMap(svg, event));
    },
    { passive: false },
  );
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-map]");
    if (!button) return;
    const maps = [...button.closest(".mg-maps").querySelectorAll(".mg-map svg")];
    const acts = {
      in: (svg) => zoom(svg, 1.6, middle(svg)),
      out: (svg) => zoom(svg, 1 / 1.6, middle(svg)),
      all: (svg) => zoom(svg, 0, middle(svg)),
    };
    if (button.dataset.map === "lasso") {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    } else maps.forEach(acts[button.dataset.map]);
  });
  document.addEventListener("keydown", (event) => {
    const svg = event.target.closest?.(".mg-map svg");
    if (!svg || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = viewOf(svg), step = view.width / 8;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "+" || event.key === "=") zoom(svg, 1.6, middle(svg));
    else if (event.key === "-") zoom(svg, 1 / 1.6, middle(svg));
    else if (event.key === "0") zoom(svg, 0, middle(svg));
    else if (moves[event.key] && view.zoom > 1) {
      view.x += moves[event.key][0];
      view.y += moves[event.key][1];
      draw(svg);
    } else return;
    event.preventDefault();
  });
})();
