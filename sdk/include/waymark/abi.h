/* The boundary of the engine: the same for WebAssembly, JNI and Swift. It is a bridge for the
 * faces, not public API.
 *
 * - Bytes are frames: docs/input.md. What a function returns belongs to the engine and is valid
 * until the next call with the same handle; waymark_result_size() tells its size, 0 means "nothing
 * to do".
 * - A handle belongs to one thread at a time. Two handles share nothing.
 * - Any bytes are allowed: wrong ones are answered with a problem, never with a crash. A null
 * handle gives null.
 */
#ifndef WAYMARK_INCLUDE_WAYMARK_ABI_H_
#define WAYMARK_INCLUDE_WAYMARK_ABI_H_

#include <stddef.h>
#include <stdint.h>

#include "waymark/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct waymark_engine waymark_engine;

/* Grows when a face built for an older number would no longer work. */
#define WAYMARK_ABI_VERSION 1

WAYMARK_EXPORT uint32_t waymark_abi_version(void);

/* Memory for a frame, for hosts that cannot pass a pointer of their own. Null when memory is short.
 */
WAYMARK_EXPORT uint8_t* waymark_alloc(size_t size);
WAYMARK_EXPORT void waymark_free(uint8_t* bytes);

/* Opens an engine with a Start frame. Never null, save when memory is short: a refused start gives
 * an engine that says why. */
WAYMARK_EXPORT waymark_engine* waymark_open(const uint8_t* bytes, size_t size);

/* Hands one input over; returns the output. */
WAYMARK_EXPORT const uint8_t* waymark_handle(waymark_engine* engine, const uint8_t* bytes,
                                             size_t size);

/* The view, and the answer to a question: both change nothing. */
WAYMARK_EXPORT const uint8_t* waymark_view(waymark_engine* engine);
WAYMARK_EXPORT const uint8_t* waymark_query(waymark_engine* engine, const uint8_t* bytes,
                                            size_t size);

/* Size in bytes of what was returned last for this handle. */
WAYMARK_EXPORT size_t waymark_result_size(const waymark_engine* engine);

WAYMARK_EXPORT void waymark_close(waymark_engine* engine);

/* For tools: holds stored events against records of consent (engine/audit.h). `bytes` of open is a
 * frame {config, now_ms, collector?}; of take, whole lines: part 0 records, 1 and 2 events, all of
 * them twice. Each returns a frame {violations, lines, problems}. */
typedef struct waymark_audit waymark_audit;
WAYMARK_EXPORT waymark_audit* waymark_audit_open(const uint8_t* bytes, size_t size);
WAYMARK_EXPORT const uint8_t* waymark_audit_take(waymark_audit* audit, uint32_t part,
                                                 const uint8_t* bytes, size_t size);
WAYMARK_EXPORT size_t waymark_audit_result_size(const waymark_audit* audit);
WAYMARK_EXPORT void waymark_audit_close(waymark_audit* audit);

#ifdef __cplusplus
}
#endif

#endif /* WAYMARK_INCLUDE_WAYMARK_ABI_H_ */
