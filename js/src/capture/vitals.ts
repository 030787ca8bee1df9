// Web vitals, measured by the package web-vitals.

import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from "web-vitals";
import type { Kind } from "./start.ts";

// The package listens to the end of the page; when the kind ends nobody hears of it any more.
export const web_vitals: Kind = (kit) => {
  const tell = ({ name, value, rating, id, navigationType }: Metric) =>
    kit._track("web_vital_measured", {
      metric: name,
      value: name === "CLS" ? Math.round(value * 1e4) / 1e4 : Math.round(value),
      rating,
      metric_id: id,
      navigation_type: navigationType,
    });
  [onCLS, onFCP, onINP, onLCP, onTTFB].forEach((measure) => measure(tell));
};
