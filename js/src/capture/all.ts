// The same as index.ts with all kinds in one file, for a page that asks for many: one request, and
// what they share is there once. Web vitals, which are a package, stay by themselves.

import { clicks, dead_clicks, error_clicks, links, rage_clicks } from "./clicks.ts";
import { element_views, media } from "./content.ts";
import { errors } from "./errors.ts";
import { forms, uploads } from "./forms.ts";
import {
  connection,
  copy,
  engagement,
  page_views,
  print,
  scroll,
  search,
  visibility,
} from "./page.ts";
import { data_layer, json_ld } from "./shop.ts";
import { starter } from "./start.ts";

const kinds: Record<string, any> = {
  clicks,
  connection,
  copy,
  data_layer,
  dead_clicks,
  element_views,
  engagement,
  error_clicks,
  errors,
  forms,
  json_ld,
  links,
  media,
  page_views,
  print,
  rage_clicks,
  scroll,
  search,
  uploads,
  visibility,
};

export const start = starter(async (kind) => (kind in kinds ? kinds : import("./vitals.ts")));
