// Waits for events at the sample collector.

const WAIT_MS_MAX = 15_000;

/** The events of `protocol`, once there are `count` of them; what went wrong with requests is said. */
export async function arrivals(url, count, protocol) {
  const end = Date.now() + WAIT_MS_MAX;
  let events = [];
  while (Date.now() < end) {
    events = (await (await fetch(`${url}/events.json`)).json()).filter((event) => event.protocol === protocol);
    if (events.length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const requests = await (await fetch(`${url}/requests.json`)).json();
  const said = requests.map(({ method, path, status, problem, answer }) => ({ method, path, status, problem, answer }));
  throw new Error(`${events.length} of ${count} events arrived: ${JSON.stringify(said, null, 1)}`);
}
