// Marks the functions of the C boundary as visible. The only platform condition under sdk/.
#ifndef WAYMARK_INCLUDE_WAYMARK_EXPORT_H_
#define WAYMARK_INCLUDE_WAYMARK_EXPORT_H_

#if defined(_WIN32)
#define WAYMARK_EXPORT __declspec(dllexport)
#else
#define WAYMARK_EXPORT __attribute__((visibility("default"), used))
#endif

#endif  // WAYMARK_INCLUDE_WAYMARK_EXPORT_H_
