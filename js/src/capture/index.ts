// `waymark/capture`: what a page tells by itself, as the config asks for it. Each kind is in a file
// that is loaded for it; all.ts has them all, for a page that asks for many.

import { starter } from "./start.ts";

// Which file a kind is in: the first that fits.
const files: [RegExp, () => Promise<any>][] = [
  [/click|link/, () => import("./clicks.ts")],
  [/form|upload/, () => import("./forms.ts")],
  [/data_|json/, () => import("./shop.ts")],
  [/error/, () => import("./errors.ts")],
  [/vital/, () => import("./vitals.ts")],
  [/./, () => import("./page.ts")],
];

export const start = starter((kind) => files.find(([names]) => names.test(kind))![1]());
