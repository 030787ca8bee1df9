// The control that makes the collector fail, and the banner that says it does.
import { byId } from "./dom.js";
import * as format from "./format.js";

const SENTENCES = {
  down: () => "Failing: every connection is closed without an answer",
  status: (fault) => `Failing: posts are answered with ${fault.status}`,
  drop: () => "Failing: bodies are read and thrown away",
  ackloss: () => "Failing: events are kept, but senders get no answer",
  partial: (fault) => `Failing in part: every ${fault.every === 1 ? "" : `${fault.every}. `}event is ${fault.verdict === "drop" ? "dropped" : "to be sent again"}, where the protocol can say so`,
  slow: (fault) => `Slow: answers come ${format.number(fault.delay_ms)} ms late`,
};

async function send(fault) {
  const answer = await fetch("/faults", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fault) });
  if (!answer.ok) throw new Error((await answer.json()).error);
}

function faultOf(form) {
  const data = new FormData(form);
  return {
    mode: data.get("mode"),
    status: Number(data.get("status")),
    retry_after_s: Number(data.get("retry_after_s")),
    expose_retry_after: data.has("expose_retry_after"),
    delay_ms: Number(data.get("delay_ms")),
    every: Number(data.get("every")),
    verdict: data.get("verdict"),
    for_ms: Number(data.get("for_s")) * 1000,
  };
}

// Only the fields that the chosen mode reads are shown.
function showFields(form) {
  const mode = new FormData(form).get("mode");
  for (const field of form.querySelectorAll("[data-for]")) field.hidden = field.dataset.for !== mode;
}

export function showFault(fault) {
  const on = fault.mode !== "none";
  const end = fault.until_ms === null ? "." : `, until ${format.time(fault.until_ms, true)}.`;
  byId("fault-text").textContent = on ? SENTENCES[fault.mode](fault) + end : "";
  byId("fault-banner").hidden = !on;
}

export function wireFaults() {
  const dialog = byId("fault-dialog");
  const form = byId("fault-form");
  const error = byId("fault-error");
  byId("fault-open").addEventListener("click", () => { error.textContent = ""; showFields(form); dialog.showModal(); });
  byId("fault-cancel").addEventListener("click", () => dialog.close());
  byId("fault-stop").addEventListener("click", () => send({ mode: "none" }));
  form.addEventListener("change", () => showFields(form));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(faultOf(form));
      dialog.close();
    } catch (reason) {
      error.textContent = reason.message;
    }
  });
}
