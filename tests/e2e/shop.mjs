// The sample shop as a visitor uses it, and the collector as a developer reads it.
const at = (page, name) => page.locator(`[data-testid="${name}"]`);

export const press = (page, name) => at(page, name).first().click();

export async function addFirstProduct(page) {
  await press(page, "product-card");
  await press(page, "add-to-cart");
}

/** From the cart to the order's confirmation; gives its number. */
export async function checkOut(page) {
  await press(page, "cart-link");
  await press(page, "checkout");
  const next = at(page, "next-step");
  const last = at(page, "place-order");
  for (;;) {
    await next.or(last).first().waitFor();
    if (await last.first().isVisible()) break;
    await next.first().click();
  }
  await last.first().click();
  const order = at(page, "order-number").first();
  await order.waitFor();
  return (await order.innerText()).trim();
}

export const collectorOf = (url) => ({
  events: async () => (await fetch(`${url}/events.json`)).json(),
  requests: async () => (await fetch(`${url}/requests.json`)).json(),
  reset: () => fetch(`${url}/reset`, { method: "POST" }),
  faults: (plan) => fetch(`${url}/faults`, { method: "POST", body: JSON.stringify(plan) }),
});
