// A server that says what it was sent: for tests of HTTP on platforms that are not ours.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

const answers = {
  "/busy": (response) => response.writeHead(503, { "Retry-After": "7" }).end("later"),
  "/elsewhere": (response) => response.writeHead(302, { Location: "/echo" }).end(),
  "/silent": () => {},
};

function echo({ method, headers }, body, response) {
  const text = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  response.setHeader("Set-Cookie", "tracker=1");
  response.end(JSON.stringify({ method, headers, text: text.toString() }));
}

/** @returns {Promise<{url: string, close: () => void}>} */
export async function startJudge() {
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const answer = answers[request.url];
    if (answer) answer(response);
    else echo(request, Buffer.concat(parts), response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
