# zlib 1.2.13, built from source for every target, so that the same input gives the same bytes
# natively and in wasm. Only what is needed is compiled: 8 KB of brotli instead of 13.6 KB in wasm.

waymark_find_sources(zlib
  "https://github.com/madler/zlib/releases/download/v1.2.13/zlib-1.2.13.tar.gz"
  b3a24de97a8fdbc835b9833169501030b8977031bcb54b3b3ac13740f846ab30)

# Writes a source of zlib with changes: pairs of what stands there and what shall.
function(waymark_write_changed source file)
  file(READ "${zlib_SOURCE_DIR}/${source}" text)
  while(ARGN)
    list(POP_FRONT ARGN old new)
    string(FIND "${text}" "${old}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "zlib's ${source} has no `${old}`: see cmake/dependencies/zlib.cmake")
    endif()
    string(REPLACE "${old}" "${new}" text "${text}")
  endwhile()
  file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
endfunction()

# The core compresses raw deflate at level 6 and nothing else (sdk/codec/gzip.cc). zlib chooses level, strategy and wrapper at
# run time, so that no linker can see that the others are dead: 1.5 KB of brotli. Here the choice is made. What it gives for that
# one level is the same to the byte; any other level compresses as level 6 does.
set(waymark_deflate "${CMAKE_CURRENT_BINARY_DIR}/zlib/deflate.c")
waymark_write_changed(deflate.c "${waymark_deflate}"
  "deflate_stored}" "deflate_slow}"
  "deflate_fast}" "deflate_slow}"
  "bstate = s->level == 0" "bstate = 1 ? deflate_slow(s, flush) : s->level == 0"
  "s->wrap = wrap" "s->wrap = 0"
  "strm->state->wrap == 1" "0"
  "s->wrap <= 0" "1"
  "switch (s->wrap)" "switch (0)"
  "INIT_STATE && s->wrap == 0" "INIT_STATE"
  "s->strategy == Z_FILTERED" "0"
  "if (deflateStateCheck(strm)" "if (0"  # the stream is our own
  "strm->adler = adler32(0L, Z_NULL, 0)" "strm->adler = 1"
  "        adler32(0L, Z_NULL, 0)" "        1")

# In the page module the tables of fixed codes are worked out at the first use, as zlib does for old compilers, and what
# puts bits out is a function instead of a macro. The bytes that come out are the same.
set(waymark_trees trees.c)
if(EMSCRIPTEN)
  set(waymark_trees "${CMAKE_CURRENT_BINARY_DIR}/zlib/trees.c")
  waymark_write_changed(trees.c "${waymark_trees}"
    "ifdef GEN_TREES_H" "if 0"  # what would write them into a file
    "s->strm->data_type == Z_UNKNOWN" "0"
    "s->strategy == Z_FIXED" "0"
    "s->level > 0" "1"
    "#define send_bits(s, value, length)"
    "local void send_bits(deflate_state *s, int value, int length)")
endif()

function(waymark_add_zlib_library target)
  add_library(${target} STATIC)
  foreach(source IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${zlib_SOURCE_DIR}")
    target_sources(${target} PRIVATE "${source}")
  endforeach()
  target_include_directories(${target} SYSTEM PUBLIC "${zlib_SOURCE_DIR}")
  # Every symbol gets a z_ prefix: an executable may link the system's libz as well (an HTTP
  # library does), and must never run half of one and half of the other.
  target_compile_definitions(${target} PUBLIC Z_PREFIX)
  # zlib is written in C of 1995; its warnings are not ours to mend.
  target_compile_options(${target} PRIVATE -w $<$<BOOL:${EMSCRIPTEN}>:${WAYMARK_WASM_OPTIONS}>)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

waymark_add_zlib_library(waymark_zlib adler32.c crc32.c "${waymark_deflate}" ${waymark_trees} zutil.c)
# The gzip frame is written by the core itself (codec/), which is smaller than zlib's.
target_compile_definitions(waymark_zlib PRIVATE NO_GZIP $<$<BOOL:${EMSCRIPTEN}>:GEN_TREES_H>)

waymark_add_zlib_library(waymark_zlib_inflate inflate.c inffast.c inftrees.c)
target_link_libraries(waymark_zlib_inflate PUBLIC waymark_zlib)
set_target_properties(waymark_zlib_inflate PROPERTIES EXCLUDE_FROM_ALL ON)
