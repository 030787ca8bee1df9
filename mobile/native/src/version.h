// The version of this library: the project's.
#ifndef WAYMARK_MOBILE_NATIVE_VERSION_H_
#define WAYMARK_MOBILE_NATIVE_VERSION_H_

namespace waymark::native {

inline constexpr const char* kVersion = WAYMARK_VERSION;

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_VERSION_H_
