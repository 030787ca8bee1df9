// Forms: begun, filled in, faulty, sent or left behind; and files that are to be uploaded.
//
// Invariant: the names of fields, never what is in them: no value is read here.

import type { Properties } from "../core/types.ts";
import type { Kind } from "./start.ts";
import type { Kit } from "./kit.ts";

interface Visit {
  form: Properties;
  begun_ms: number;
  changed: Set<unknown>;
  /** What the last field is called. */
  field?: Properties;
}

const now = () => Math.round(performance.now());

const formOf = (path: any[]) =>
  path[0]?.form ?? path.find((one) => one.localName === "form" || one.dataset?.wmForm);

// A field may be called "id" or "name".
const nameOf = (kit: Kit, form?: HTMLElement) =>
  form &&
  (form.dataset.wmForm ??
    kit._clip(form.getAttribute("id") ?? form.getAttribute("name")) ??
    kit._selector_of(kit._climb(form)));

const fieldOf = (kit: Kit, path: any[]) => ({
  field_name: kit._clip(path[0].name || path[0].id) ?? kit._selector_of(path),
  field_type: path[0].type ?? path[0].localName,
});

export const forms: Kind = (kit, options) => {
  const visits = new Map<any, Visit>();
  const visitOf = (form: any): Visit => {
    const path = kit._climb(form);
    const named = { ...kit._declared(path), form_id: nameOf(kit, form) };
    return visits.get(form) ?? { form: named, begun_ms: now(), changed: new Set() };
  };
  const summary = ({ form, begun_ms, changed }: Visit) => ({
    ...form,
    fields_changed: changed.size,
    duration_ms: now() - begun_ms,
  });
  // It has begun when somebody goes into it.
  kit._at("focusin change invalid", (path, { type }) => {
    const form = formOf(path);
    if (!form || !path[0].matches(kit._fields)) return;
    const visit = visitOf(form);
    const field = fieldOf(kit, path);
    const told = { ...visit.form, ...field };
    if (!visits.has(form)) kit._track("form_started", told);
    visits.set(form, visit);
    visit.field = field;
    if (type === "change") {
      visit.changed.add(path[0]);
      if (options.fields !== false) kit._track("form_field_changed", told);
    } else if (type === "invalid") {
      const { validity } = path[0];
      let reason;
      for (const one in validity) if (validity[one]) reason = one;
      kit._track("form_field_failed", { ...told, reason });
    }
  });
  kit._at("submit", ([form]) => {
    const form_url = kit._bare(new URL(form.getAttribute("action") ?? "", document.baseURI));
    kit._track("form_submitted", { ...summary(visitOf(form)), form_url });
    visits.delete(form);
  });
  // From another tab one comes back to it.
  kit._on("left", (reason) => {
    if (reason === "hidden") return;
    for (const visit of visits.values()) {
      kit._track("form_abandoned", { ...summary(visit), ...visit.field });
    }
    visits.clear();
  });
};

// How many and how large; what they are called is the visitor's own.
export const uploads: Kind = (kit) => {
  kit._at("change", (path) => {
    const files: File[] = [...(path[0].files ?? [])];
    if (!files[0]) return;
    kit._track("file_upload_started", {
      ...kit._declared(path),
      form_id: nameOf(kit, formOf(path)),
      field_name: fieldOf(kit, path).field_name,
      files: files.length,
      size_bytes: files.reduce((sum, { size }) => sum + size, 0),
    });
  });
};
