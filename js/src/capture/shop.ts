// What a shop tells others, told in our vocabulary: GA4's e-commerce in the data layer, pushed by
// the page or by gtag, and products, lists and orders of schema.org in JSON-LD.
//
// Promise: only the members that stand here are taken over; the data layer stays as it is.

import type { Properties } from "../core/types.ts";
import type { Kind } from "./start.ts";

type Told = [name: string, properties: Properties];

const products_max = 50;

// Theirs and ours; those of the first for each product.
const tables = [
  "view_item:product_viewed,select_item:product_clicked,add_to_cart:product_added," +
    "remove_from_cart:product_removed,add_to_wishlist:product_added_to_wishlist",
  "view_item_list:product_list_viewed,view_promotion:promotion_viewed," +
    "select_promotion:promotion_clicked,view_cart:cart_viewed,begin_checkout:checkout_started," +
    "add_shipping_info:checkout_step_completed,add_payment_info:payment_info_entered," +
    "purchase:order_completed,refund:order_refunded",
  "currency,coupon,tax,shipping,affiliation,price,quantity,discount,promotion_id,value," +
    "item_id:product_id,item_name:name,item_brand:brand,item_category:category," +
    "item_variant:variant,index:position,transaction_id:order_id,payment_type:payment_method," +
    "shipping_tier:shipping_method,item_list_id:list_id,item_list_name:category," +
    "promotion_name:name,creative_name:creative",
].map((table) => new Map(table.split(",").map((row) => row.split(":") as [string, string])));
const [of_product, of_list, members] = tables;

function rename(from: any): Record<string, any> {
  const to: Record<string, any> = {};
  for (const [theirs, ours = theirs] of members!) {
    if (/string|number/.test(typeof from?.[theirs])) to[ours] ??= from[theirs];
  }
  return to;
}

/** The events that an entry of the data layer means. */
export function readEntry(name: string, given: any): Told[] {
  const about = rename(given);
  const products = [given?.items ?? []].flat().slice(0, products_max).map(rename);
  const each = of_product!.get(name);
  const { value, ...rest } = about;
  if (each) return products.map((product) => [each, { ...rest, ...product }]);
  const all = of_list!.get(name);
  if (!all) return [];
  if (products[0]) about.products = products;
  if (/^order/.test(all) && value) {
    // Google's value is without tax and shipping.
    const total = +value + +(rest.tax ?? 0) + +(rest.shipping ?? 0);
    about.total = Math.round(total * 1e4) / 1e4;
    about.revenue = value;
    delete about.value;
  }
  return [[all, about]];
}

// Of this page, what has been told by the data layer and by documents: a page that has both says
// most things twice. What the data layer says goes first, because it says more; of a document only
// that very product, list or order is left out of it.
let page = "";
const by_layer = new Set<string>();
const by_documents = new Set<string>();

const keyOf = ([name, { product_id, order_id, products }]: Told) =>
  name + (order_id ?? product_id ?? (products as Properties[])?.[0]?.product_id);

function turnPage(): void {
  if (page === (page = location.href)) return;
  by_layer.clear();
  by_documents.clear();
}

export const data_layer: Kind = (kit, { name = "dataLayer" }) => {
  const layer: any[] = ((window as any)[name] ??= []);
  // An order is told once, however often the page says so.
  const orders = new Set<unknown>();
  const read = (entry: any) => {
    const [event, given] =
      entry?.[0] === "event" ? [entry[1], entry[2]] : [entry?.event, entry?.ecommerce];
    turnPage();
    for (const told of readEntry(event, given)) {
      const [name, { order_id }] = told;
      if (name === "order_completed" && orders.has(order_id)) continue;
      orders.add(order_id ?? {});
      by_layer.add(name);
      // What is said once more is meant.
      if (!by_documents.delete(keyOf(told))) kit._track(...told);
    }
  };
  const { push } = layer;
  const hear = (...entries: any[]) => {
    entries.forEach((entry) => kit._later(() => read(entry)));
    return push.apply(layer, entries);
  };
  layer.forEach((entry) => kit._later(() => read(entry)));
  layer.push = hear;
  // Whoever has put himself before it still calls it, and then it has nobody to tell.
  kit._until(() => layer.push === hear && (layer.push = push));
};

const list = (value: any): any[] => [value ?? []].flat();
const isA = (node: any, type: RegExp) => type.test(node?.["@type"]);
const nameOf = (value: any) => list(value).map((one) => one.name ?? one)[0];
const amount = (value: any) => parseFloat(value) || undefined;

function productOf(node: any, offers = node.offers): Properties {
  const [offer = {}] = list(offers);
  return {
    product_id: node.sku ?? node.productID ?? node.mpn ?? node.gtin ?? node["@id"],
    name: nameOf(node.name),
    brand: nameOf(node.brand),
    category: nameOf(node.category),
    price: amount(offer.price ?? offer.lowPrice),
    currency: offer.priceCurrency,
  };
}

function orderOf({ orderNumber, price, priceCurrency, acceptedOffer }: any): Properties {
  return {
    order_id: orderNumber,
    total: amount(price),
    currency: priceCurrency,
    products: list(acceptedOffer).map((offer) => productOf(offer.itemOffered ?? {}, offer)),
  };
}

/** The events that documents in JSON-LD mean. */
export function readDocuments(documents: any[]): Told[] {
  const nodes = documents.flat().flatMap((one) => list(one?.["@graph"] ?? one));
  const orders = nodes.filter((node) => isA(node, /\bOrder\b/));
  if (orders[0]) return orders.map((node) => ["order_completed", orderOf(node)]);
  const products = nodes
    .flatMap((node) => list(node.itemListElement ?? node))
    .map((node) => node.item ?? node)
    .filter((node) => isA(node, /\bProduct(Group|Model)?\b/))
    .slice(0, products_max)
    .map((node, index) => ({ ...productOf(node), position: index + 1 }));
  const [one, more] = products;
  if (more) return [["product_list_viewed", { products }]];
  return one ? [["product_viewed", { ...one, position: undefined }]] : [];
}

const parse = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
};

export const json_ld: Kind = (kit) => {
  let told = "";
  const read = () => {
    const found = document.querySelectorAll('script[type="application/ld+json"]');
    const texts = Array.from(found, (script) => script.textContent!);
    // An app may leave there what it had on the page before.
    if (texts.join() === told) return;
    told = texts.join();
    turnPage();
    for (const one of readDocuments(texts.map(parse))) {
      if (by_layer.has(one[0])) continue;
      by_documents.add(keyOf(one));
      kit._track(...one);
    }
  };
  // Behind what waits of the data layer.
  kit._arrived(() => kit._later(read));
};
