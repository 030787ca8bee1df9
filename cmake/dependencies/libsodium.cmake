# SHA-256 of libsodium 1.0.18, built from source for every target: one file of it, which needs no
# configuration.

waymark_find_sources(libsodium
  "https://download.libsodium.org/libsodium/releases/libsodium-1.0.18.tar.gz"
  6f504490b342a4f8a4c4a02fc9b866cbef8622d5df4e5452b46be121e46636c1)

# What libsodium wipes keys with. A hash of what an event tells leaves no key behind.
set(waymark_memzero "${CMAKE_CURRENT_BINARY_DIR}/libsodium/memzero.c")
file(CONFIGURE OUTPUT "${waymark_memzero}" @ONLY CONTENT "#include <string.h>
void sodium_memzero(void* const bytes, const size_t size) { memset(bytes, 0, size); }
")

add_library(waymark_sha256 STATIC
  "${libsodium_SOURCE_DIR}/src/libsodium/crypto_hash/sha256/cp/hash_sha256_cp.c"
  "${waymark_memzero}")
target_include_directories(waymark_sha256 SYSTEM PUBLIC
  "${libsodium_SOURCE_DIR}/src/libsodium/include/sodium")
target_compile_definitions(waymark_sha256 PUBLIC SODIUM_STATIC)
target_compile_options(waymark_sha256 PRIVATE -w $<$<BOOL:${EMSCRIPTEN}>:${WAYMARK_WASM_OPTIONS}>)
waymark_small(waymark_sha256)
set_target_properties(waymark_sha256 PROPERTIES POSITION_INDEPENDENT_CODE ON)
