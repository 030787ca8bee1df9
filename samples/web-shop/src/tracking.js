// The only file that touches Waymark. The shop works the same when there is none.

import { CURRENCY } from "./catalogue.js";
import { amount } from "./money.js";

function call(method, ...args) {
  try {
    globalThis.waymark?.(method, ...args);
  } catch {
    // A shop must sell, whatever its statistics do.
  }
}

export const track = (name, properties) => call("track", name, properties);
export const identify = (userId, traits) => call("identify", userId, traits);

/** A product as events carry it. */
export const productFields = (product, more = {}) => ({
  product_id: product.id,
  sku: product.sku,
  name: product.name,
  category: product.category,
  brand: product.brand,
  variant: product.variant,
  price: amount(product.cents),
  ...more,
});

export const lineFields = (lines) =>
  lines.map(({ product, quantity }, index) => productFields(product, { quantity, position: index + 1 }));

export const withCurrency = (fields) => ({ ...fields, currency: CURRENCY });
