// The owner's own way to Google Analytics: pages send to the shop, and the shop adds the secret that no page may hold.

const PATH = "/ga4/mp/collect";
const SECRET = "demo";
const BODY_BYTES_MAX = 130_000; // Google's own limit

export const isForGa4 = ({ method, url }) => method === "POST" && url.split("?")[0] === PATH;

async function read(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers as the collector does; 413 for a body that Google would not take, 502 when the collector is away. */
export async function passOn({ collector }, request, response) {
  const body = await read(request);
  if (!body) return response.writeHead(413, { Connection: "close" }).end();
  const target = new URL(`${collector}${request.url}`);
  target.searchParams.set("api_secret", SECRET);
  try {
    const headers = { "Content-Type": request.headers["content-type"] ?? "text/plain" };
    const { status } = await fetch(target, { method: "POST", headers, body });
    response.writeHead(status).end();
  } catch {
    response.writeHead(502).end();
  }
}
