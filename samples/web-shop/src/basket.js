// Cart and saved items. In memory only: before a visitor has answered, a shop keeps nothing on the device.

import { amount } from "./money.js";
import { findProduct } from "./catalogue.js";
import { productFields, track, withCurrency } from "./tracking.js";

const SHIPPING_CENTS = 495;
const FREE_SHIPPING_CENTS = 10000;
const TAX_PERCENT = 19; // contained in the prices

const quantities = new Map();
const saved = new Set();
const listeners = new Set();

const changed = () => listeners.forEach((listener) => listener());

export const onBasket = (listener) => listeners.add(listener);

export const lines = () =>
  [...quantities].map(([slug, quantity]) => ({ product: findProduct(slug), quantity }));

export const itemCount = () => [...quantities.values()].reduce((sum, quantity) => sum + quantity, 0);

/** What an order of the present cart costs, in cents. */
export function totals() {
  const revenue = lines().reduce((sum, { product, quantity }) => sum + product.cents * quantity, 0);
  const shipping = revenue === 0 || revenue >= FREE_SHIPPING_CENTS ? 0 : SHIPPING_CENTS;
  const total = revenue + shipping;
  const tax = Math.round((total * TAX_PERCENT) / (100 + TAX_PERCENT));
  return { revenue, shipping, total, tax };
}

export const cartValue = () => amount(totals().revenue);

export function add(product) {
  quantities.set(product.slug, (quantities.get(product.slug) ?? 0) + 1);
  track("product_added", withCurrency(productFields(product, { quantity: 1, cart_value: cartValue() })));
  changed();
}

export function remove(product) {
  const quantity = quantities.get(product.slug) ?? 0;
  quantities.delete(product.slug);
  track("product_removed", withCurrency(productFields(product, { quantity, cart_value: cartValue() })));
  changed();
}

export function empty() {
  quantities.clear();
  changed();
}

export const savedProducts = () => [...saved].map(findProduct);
export const isSaved = (product) => saved.has(product.slug);

export function toggleSaved(product) {
  if (saved.delete(product.slug)) return changed();
  saved.add(product.slug);
  track("product_added_to_wishlist", withCurrency(productFields(product)));
  changed();
}
