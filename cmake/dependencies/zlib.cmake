# zlib 1.2.13, built from source for every target, so that the same input gives the same bytes
# natively and in wasm. Only what is needed is compiled: 8 KB of brotli instead of 13.6 KB in wasm.

waymark_find_sources(zlib
  "https://github.com/madler/zlib/releases/download/v1.2.13/zlib-1.2.13.tar.gz"
  b3a24de97a8fdbc835b9833169501030b8977031bcb54b3b3ac13740f846ab30)

# The core compresses raw deflate at level 6 and nothing else (sdk/codec/gzip.cc). zlib chooses level, strategy and wrapper at
# run time, so that no linker can see that the others are dead: 2 KB of brotli. This writes a deflate.c in which the choice is
# made. What it gives for that one level is the same to the byte; any other level compresses as level 6 does.
function(waymark_write_deflate_of_one_level file)
  file(READ "${zlib_SOURCE_DIR}/deflate.c" text)
  macro(replace old new)
    string(FIND "${text}" "${old}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "zlib's deflate.c has no `${old}`: see cmake/dependencies/zlib.cmake")
    endif()
    string(REPLACE "${old}" "${new}" text "${text}")
  endmacro()
  replace("deflate_stored}" "deflate_slow}")
  replace("deflate_fast}" "deflate_slow}")
  replace("bstate = s->level == 0" "bstate = 1 ? deflate_slow(s, flush) : s->level == 0")
  replace("s->wrap = wrap" "s->wrap = 0")
  replace("strm->state->wrap == 1" "0")
  replace("s->wrap <= 0" "1")
  replace("switch (s->wrap)" "switch (0)")
  replace("INIT_STATE && s->wrap == 0" "INIT_STATE")
  replace("strm->adler = adler32(0L, Z_NULL, 0)" "strm->adler = 1")
  replace("        adler32(0L, Z_NULL, 0);" "        1;")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
endfunction()

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

waymark_write_deflate_of_one_level("${CMAKE_CURRENT_BINARY_DIR}/zlib/deflate.c")
waymark_add_zlib_library(waymark_zlib adler32.c crc32.c trees.c zutil.c)
target_sources(waymark_zlib PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/zlib/deflate.c")
# The gzip frame is written by the core itself (codec/), which is smaller than zlib's.
target_compile_definitions(waymark_zlib PRIVATE NO_GZIP)

waymark_add_zlib_library(waymark_zlib_inflate inflate.c inffast.c inftrees.c)
target_link_libraries(waymark_zlib_inflate PUBLIC waymark_zlib)
set_target_properties(waymark_zlib_inflate PROPERTIES EXCLUDE_FROM_ALL ON)
