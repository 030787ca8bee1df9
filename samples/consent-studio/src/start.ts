// The first script of the page, and a small one: it runs while the studio is on its way.

import { begin } from "./begun.ts";

begin();
