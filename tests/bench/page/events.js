// The event of all experiments: a shop's "Product Added", 18 properties, about 500 bytes of JSON.
//
// Promise: event n is the same for every peer and in every run, but for its token. The token
// bid_<run>_<n> is how the collector knows, in any peer's wire format, which events have arrived.

export const NAME = "Product Added";

const ADJECTIVES = ["Folding", "Marine", "Pocket", "Brass", "Alpine", "Night", "Survey", "Field"];
const THINGS = ["Compass", "Sextant", "Lantern", "Map Case", "Altimeter", "Binoculars"];
const BRANDS = ["Nordlicht", "Seemann & Sohn", "Polaris Works", "Kartograf"];
const CATEGORIES = ["Navigation/Compasses", "Navigation/Instruments", "Lights/Lanterns", "Bags/Cases"];
const VARIANTS = ["brass, 45 mm", "steel, 60 mm", "black, 45 mm", "olive, large", "sand, small"];
const LISTS = ["search results", "category page", "recommended for you", "recently viewed"];
const COUPONS = ["AUTUMN-10", "WELCOME-5", ""];

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function numbers(seed) {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The product with a number: a catalogue of 240, of which few are bought often. */
function product(number) {
  const next = numbers(100_000 + number);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const name = `${pick(ADJECTIVES)} ${pick(THINGS)}`;
  const slug = name.toLowerCase().replace(" ", "-");
  const sku = `WM-${10_000 + number * 37}`;
  return {
    product_id: sku,
    name,
    brand: pick(BRANDS),
    category: pick(CATEGORIES),
    price: Math.round((9 + next() * 240) * 100) / 100,
    url: `https://shop.example/products/${slug}-${sku.toLowerCase()}`,
    image_url: `https://img.shop.example/${sku.toLowerCase()}/main-w640.webp`,
  };
}

/** The properties of event n of a run. */
export function properties(run, n) {
  const next = numbers(n);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const letters = () => Math.floor(next() * 36 ** 6).toString(36).padStart(6, "0");
  const bought = product(Math.floor(next() ** 2 * 240));
  const quantity = 1 + Math.floor(next() * 4);
  return {
    bid: `bid_${run}_${n}`,
    ...bought,
    variant: pick(VARIANTS),
    quantity,
    value: Math.round(bought.price * quantity * 100) / 100,
    currency: "EUR",
    coupon: pick(COUPONS),
    position: 1 + Math.floor(next() * 48),
    list: pick(LISTS),
    in_stock: next() < 0.9,
    click_id: letters() + letters() + letters() + letters(),
    cart_id: "7f3a9c52-e1b4-4c0d-9a86-2d5f70c3b918",
  };
}
