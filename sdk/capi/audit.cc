// The bulk entry for audits: lines by the megabyte, and a state that lives between them.
#include "engine/audit.h"

#include <new>

#include "capi/output_writer.h"
#include "waymark/abi.h"

struct waymark_audit {
  explicit waymark_audit(waymark::JsonView asked) : audit(asked) {}

  waymark::Audit audit;
  waymark::String result;  // what was returned last
};

waymark_audit* waymark_audit_open(const uint8_t* bytes, size_t size) {
  waymark::String repaired;
  const std::string_view frame(reinterpret_cast<const char*>(bytes), bytes ? size : 0);
  return new (std::nothrow) waymark_audit(waymark::ReadInput(frame, &repaired).fields);
}

const uint8_t* waymark_audit_take(waymark_audit* audit, uint32_t part, const uint8_t* bytes,
                                  size_t size) {
  if (!audit) return nullptr;
  const std::string_view lines(reinterpret_cast<const char*>(bytes), bytes ? size : 0);
  waymark::FrameWriter frame;
  waymark::JsonWriter writer(frame.json());
  writer.Begin('{');
  if (audit->audit.problems().empty() && part <= 2) {
    audit->audit.Take(static_cast<waymark::AuditPart>(part), lines, &writer);
  }
  writer.Key("problems");
  waymark::WriteProblems(&writer, audit->audit.problems());
  writer.End('}');
  audit->result = frame.Finish();
  return reinterpret_cast<const uint8_t*>(audit->result.data());
}

size_t waymark_audit_result_size(const waymark_audit* audit) {
  return audit ? audit->result.size() : 0;
}

void waymark_audit_close(waymark_audit* audit) { delete audit; }
