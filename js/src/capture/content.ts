// What people see and hear of a page: elements that came into sight, videos and sounds.

import type { Kind } from "./start.ts";

/** Those with `data-wm-view`, and those that the config selects. */
export const element_views: Kind = (kit, options) => {
  const { selector = "[data-wm-view]", share = 0.5, within_ms = 150, text } = options;
  const timers = new Map<Element, any>();
  const told = new Set<Element>();
  const see = (element: any) => {
    observer.unobserve(element);
    told.add(element);
    const path = kit._climb(element);
    if (!path[0]) return;
    const properties = kit._describe(path, text);
    const name = element.dataset.wmView || properties.name;
    kit._track("element_viewed", { ...properties, name });
  };
  const look = (entries: IntersectionObserverEntry[]) => {
    for (const { target, intersectionRatio, intersectionRect } of entries) {
      clearTimeout(timers.get(target));
      // What is larger than the window is in sight when it fills as much of that.
      if (intersectionRatio >= share || intersectionRect.height >= share * innerHeight) {
        timers.set(target, setTimeout(see, within_ms, target));
      }
    }
  };
  const observer = new IntersectionObserver(look, { threshold: [0, 0.1, 0.2, share] });
  // What is observed already is not observed twice.
  const find = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (!told.has(element)) observer.observe(element);
    }
  };
  const added = new MutationObserver(() => kit._later(find));
  added.observe(document, { childList: true, subtree: true });
  find();
  // On another page those that stayed count again.
  kit._arrived(() => {
    told.forEach((element) => observer.observe(element));
    told.clear();
  });
  kit._until(() => {
    added.disconnect();
    observer.disconnect();
  });
};

export const media: Kind = (kit, { percents = [25, 50, 75] }) => {
  // How far each has been told of, and what it played.
  const played = new WeakMap<object, { source: string; open: number[] }>();
  kit._at("play pause timeupdate ended", (path, { type }) => {
    const [one] = path;
    const { localName, currentSrc, currentTime, duration, ended, seeking, title, dataset } = one;
    const tell = (what: string, percent?: number) =>
      kit._track("media_" + what, {
        ...kit._declared(path),
        media_type: localName,
        media_name: kit._clip(dataset.wmName ?? title),
        media_url: /^http/.test(currentSrc) ? kit._bare(currentSrc) : undefined,
        position_s: Math.round(currentTime * 10) / 10,
        duration_s: duration < Infinity ? Math.round(duration * 10) / 10 : undefined,
        percent,
      });
    let of = played.get(one);
    if (type === "play" && of?.source !== currentSrc) {
      played.set(one, (of = { source: currentSrc, open: percents }));
      tell("started");
    }
    if (!of) return;
    if (type === "pause" && !ended) tell("paused");
    const reached = seeking ? 0 : (currentTime / duration) * 100;
    of.open.forEach((percent) => percent <= reached && tell("progressed", percent));
    of.open = of.open.filter((percent) => !(percent <= reached));
    if (type !== "ended") return;
    tell("completed");
    played.delete(one);
  });
};
