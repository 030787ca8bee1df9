// What is looked at to tell whether everybody can use a layer of the banner.
import axe from "axe-core";

export const narrow = { width: 320, height: 640 };

/** What axe finds, with the contrast that the TCF's policies want; the page around is not ours. */
export async function findings(page) {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const options = { contrastRatio: { normal: { expected: 5 }, large: { expected: 5 } } };
    window.axe.configure({ checks: [{ id: "color-contrast", options }] });
    const { violations } = await window.axe.run("waymark-consent", { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}

/** Waits until what comes in has come in: a colour that is still half there has no contrast. */
export const still = (page) =>
  page.evaluate(async () => {
    const root = window.document.querySelector("waymark-consent").shadowRoot;
    await Promise.all(root.getAnimations().map(({ finished }) => finished));
  });

/** What has the focus, in the page or in the banner. */
export const focused = (page) =>
  page.evaluate(() => {
    const { activeElement } = window.document;
    const inside = activeElement.shadowRoot?.activeElement;
    return inside ? (inside.getAttribute("part") || inside.id || inside.localName) : activeElement.localName;
  });

/** Targets that are too small or cut off, and boxes wider than the window. */
export const misfits = (page, name) =>
  page.evaluate((name) => {
    const layer = window.document.querySelector("waymark-consent").shadowRoot.querySelector(`[part~=${name}]`);
    const wide = [layer, ...layer.querySelectorAll("*")].filter(
      ({ scrollWidth, clientWidth, localName }) => clientWidth && scrollWidth > clientWidth && localName !== "input",
    );
    const targets = [...layer.querySelectorAll("a, button, input, summary")].filter((target) => {
      const { width, height, left, right } = target.getBoundingClientRect();
      return width && (width < 24 || height < 24 || left < 0 || right > innerWidth);
    });
    // Words are broken only where there is no other way: here there is.
    layer.style.overflowWrap = "normal";
    const cut = [...layer.querySelectorAll("button, h2, h3")].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    layer.style.overflowWrap = "";
    const label = ({ localName, part, textContent }) => `${localName} ${part} ${textContent.slice(0, 30)}`;
    const page = window.document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
    return [...page, ...[...wide, ...targets, ...cut].map(label)];
  }, name);
