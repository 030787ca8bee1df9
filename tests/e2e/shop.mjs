// The sample shop as a visitor uses it, and the collector as a developer reads it. `page` is one of
// any engine; all that the tests know of the shop's markup stands here.
import { until } from "./engines/page.mjs";

export const named = (name) => `[data-testid="${name}"]`;

export const press = (page, name) => page.click(named(name));

// The consent question is Waymark's own: its parts are found by what they are, in its shadow.
const part = (name) => `[part~="${name}"]`;
export const questionShown = (page) => page.waitForSelector(part("question"));
export const acceptAll = (page) => page.click(part("accept"));

/** Opens the question again by the way back that is always there, and refuses. */
export async function changeToRefusal(page) {
  await press(page, "privacy-choices");
  await page.click(part("reject"));
}

export async function addFirstProduct(page) {
  await press(page, "product-card");
  await press(page, "add-to-cart");
}

/** From the cart to the order's confirmation; gives its number. */
export async function checkOut(page) {
  await press(page, "cart-link");
  await press(page, "checkout");
  const shown = (name) => page.isVisible(named(name));
  for (;;) {
    const step = await until(async () => ((await shown("place-order")) ? "place-order" : (await shown("next-step")) && "next-step"));
    await press(page, step);
    if (step === "place-order") break;
  }
  return (await page.innerText(named("order-number"))).trim();
}

export const collectorOf = (url) => ({
  events: async () => (await fetch(`${url}/events.json`)).json(),
  requests: async () => (await fetch(`${url}/requests.json`)).json(),
  reset: () => fetch(`${url}/reset`, { method: "POST" }),
  faults: (plan) => fetch(`${url}/faults`, { method: "POST", body: JSON.stringify(plan) }),
});
