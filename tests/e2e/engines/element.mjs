// What runs inside a page to find what a test names; it is sent there as text.

/**
 * The first element that fits and is shown, in the document or in an open shadow root; else the
 * first that fits; else null. In the order of the document, as a reader meets them.
 */
function findElement(selector) {
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches(selector)) found.push(element);
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(document);
  return found.find((element) => element.checkVisibility({ visibilityProperty: true })) ?? found[0] ?? null;
}

/** Whether a person can see it: it takes space, and no style hides it. */
function isShown(element) {
  if (!element) return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
}

/** Whether a pointer at its middle would reach it, after it was scrolled to. */
function isReachable(element) {
  if (element.disabled) return false;
  element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const { left, top, width, height } = element.getBoundingClientRect();
  let hit = document.elementFromPoint(left + width / 2, top + height / 2);
  while (hit?.shadowRoot && hit !== element) {
    const inner = hit.shadowRoot.elementFromPoint(left + width / 2, top + height / 2);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  for (let at = hit; at; at = at.assignedSlot ?? at.parentNode ?? at.host) if (at === element) return true;
  return false;
}

/** A function of a selector that may call those above, and stands alone when it is sent as text. */
const inPage = (body) =>
  new Function("selector", [findElement, isShown, isReachable, `return ${body};`].join("\n"));

export const shown = inPage("isShown(findElement(selector))");
export const textOf = inPage("findElement(selector).innerText");
/** The element, once a pointer would reach it. */
export const clickable = inPage(
  "[findElement(selector)].find((element) => isShown(element) && isReachable(element)) ?? null",
);
