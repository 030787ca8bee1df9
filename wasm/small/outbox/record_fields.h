// Stands before sdk/outbox/record_fields.h in WebAssembly: numbers as the machine has them.
#ifndef WAYMARK_OUTBOX_RECORD_FIELDS_H_
#define WAYMARK_OUTBOX_RECORD_FIELDS_H_

#include <cstdint>

namespace waymark {

using RecordTime = int64_t;
using RecordUptime = int64_t;
using RecordCount = uint32_t;

}  // namespace waymark

#endif  // WAYMARK_OUTBOX_RECORD_FIELDS_H_
