// The languages for which the built package has words.
import { readdir } from "node:fs/promises";

const files = await readdir(new URL("../../js/dist/waymark-texts/", import.meta.url));

export const languages = files.filter((name) => name.endsWith(".json")).map((name) => name.replace(".json", ""));
