// Clicks of people who get angry: many at one place, one that nothing follows, one after which the
// page fails.

import type { Kind } from "./start.ts";

// Once, however long it goes on.
export const rage_clicks: Kind = (kit, { clicks = 4, within_ms = 1000, radius_px = 50 }) => {
  let burst: MouseEvent[] = [];
  kit._at("click", (path, event) => {
    const near = ({ timeStamp, clientX, clientY }: MouseEvent) =>
      event.timeStamp - timeStamp <= within_ms &&
      Math.hypot(event.clientX - clientX, event.clientY - clientY) <= radius_px;
    const before = burst.length;
    burst = burst.filter(near);
    burst.push(event);
    if (burst.length !== clicks || before >= clicks) return;
    const duration_ms = Math.round(event.timeStamp - burst[0]!.timeStamp);
    kit._track("rage_clicked", { ...kit._describe(path), clicks, duration_ms });
  });
};

const changes = { subtree: true, childList: true, attributes: true, characterData: true };
// Fields answer by themselves; a new tab, and a program of the device, answer elsewhere.
const elsewhere =
  "input,select,textarea,label,option,[target],[download],[href^=mailto],[href^=tel],[href^=sms]";
const answers = "scroll focusin input change submit toggle play pause blur copy left";

// What answers to a click changes the page, scrolls, leads elsewhere or opens something.
export const dead_clicks: Kind = (kit, { after_ms = 3000 }) => {
  let stop = () => {};
  kit._until(() => stop());
  kit._on(answers, () => stop());
  kit._at("click", (path, { ctrlKey, metaKey, shiftKey }) => {
    stop();
    const [element] = kit._clicked(path);
    if (!element || ctrlKey || metaKey || shiftKey || element.matches(elsewhere)) return;
    const told = kit._describe(path);
    const observer = new MutationObserver(() => stop());
    for (const { parentNode } of path) {
      if (!parentNode?.localName) observer.observe(parentNode, changes);
    }
    const timer = setTimeout(() => {
      stop();
      kit._track("dead_clicked", told);
    }, after_ms);
    stop = () => {
      stop = () => {};
      clearTimeout(timer);
      observer.disconnect();
    };
  });
};

export const error_clicks: Kind = (kit, { within_ms = 2000 }) => {
  let last: [path: any[], event: MouseEvent] | undefined;
  kit._at("click", (...click) => (last = click));
  kit._on("error unhandledrejection", ({ error, reason, timeStamp }) => {
    const cause = error ?? reason;
    if (!cause || !last) return;
    const [path, click] = last;
    const delay_ms = Math.round(timeStamp - click.timeStamp);
    last = undefined;
    if (delay_ms > within_ms) return;
    const error_type = kit._clip(cause.name) ?? "Error";
    kit._track("error_clicked", { ...kit._describe(path), error_type, delay_ms });
  });
};
