# zlib 1.2.13, built from source for every target, so that the same input gives the same bytes
# natively and in wasm. Only what is needed is compiled: 8 KB of brotli instead of 13.6 KB in wasm.

waymark_find_sources(zlib
  "https://github.com/madler/zlib/releases/download/v1.2.13/zlib-1.2.13.tar.gz"
  b3a24de97a8fdbc835b9833169501030b8977031bcb54b3b3ac13740f846ab30)

function(waymark_add_zlib_library target)
  list(TRANSFORM ARGN PREPEND "${zlib_SOURCE_DIR}/" OUTPUT_VARIABLE sources)
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC "${zlib_SOURCE_DIR}")
  # Every symbol gets a z_ prefix: an executable may link the system's libz as well (an HTTP
  # library does), and must never run half of one and half of the other.
  target_compile_definitions(${target} PUBLIC Z_PREFIX)
  # zlib is written in C of 1995; its warnings are not ours to mend.
  target_compile_options(${target} PRIVATE -w $<$<BOOL:${EMSCRIPTEN}>:${WAYMARK_WASM_OPTIONS}>)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

waymark_add_zlib_library(waymark_zlib adler32.c crc32.c deflate.c trees.c zutil.c)
# The gzip frame is written by the core itself (codec/), which is smaller than zlib's.
target_compile_definitions(waymark_zlib PRIVATE NO_GZIP)

waymark_add_zlib_library(waymark_zlib_inflate inflate.c inffast.c inftrees.c)
target_link_libraries(waymark_zlib_inflate PUBLIC waymark_zlib)
set_target_properties(waymark_zlib_inflate PROPERTIES EXCLUDE_FROM_ALL ON)
