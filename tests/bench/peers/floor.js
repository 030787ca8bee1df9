// The least that sends anything: an array, a timer, fetch, a beacon at the end. No store, no retry.
let queue = [];
let url;

const body = () => JSON.stringify(queue.splice(0));

function send() {
  if (queue.length) fetch(url, { method: "POST", body: body() }).catch(() => {});
}

export function start(setup) {
  url = `${setup.collector}/floor`;
  setInterval(send, 1000);
  addEventListener("pagehide", () => queue.length && navigator.sendBeacon(url, body()));
}

export function track(name, properties) {
  queue.push({ name, properties, t: Date.now() });
  if (queue.length === 100) send();
}
