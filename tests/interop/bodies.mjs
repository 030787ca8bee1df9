// The bodies that are judged: pairs of files in bodies/, see its README.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "bodies");

/** [{name, json, protobuf}]: the same events in both encodings, as bytes. */
export function bodies() {
  const names = readdirSync(FOLDER).filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
  return names.map((name) => {
    const protobuf = join(FOLDER, `${name}.pb`);
    if (!existsSync(protobuf)) throw new Error(`bodies/${name}.json has no ${name}.pb beside it.`);
    return { name, json: readFileSync(join(FOLDER, `${name}.json`)), protobuf: readFileSync(protobuf) };
  });
}
