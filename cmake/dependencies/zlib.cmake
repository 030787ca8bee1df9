# zlib 1.2.13, built from source for every target, so that the same input gives the same bytes
# natively and in wasm. Only what is needed is compiled: 8 KB of brotli instead of 13.6 KB in wasm.

waymark_find_sources(zlib
  "https://github.com/madler/zlib/releases/download/v1.2.13/zlib-1.2.13.tar.gz"
  b3a24de97a8fdbc835b9833169501030b8977031bcb54b3b3ac13740f846ab30)

# Changes a source of zlib that the variable `text` holds: pairs of what stands there and what shall.
function(waymark_change text)
  while(ARGN)
    list(POP_FRONT ARGN old new)
    string(FIND "${${text}}" "${old}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "zlib's ${text} has no `${old}`: see cmake/dependencies/zlib.cmake")
    endif()
    string(REPLACE "${old}" "${new}" ${text} "${${text}}")
  endwhile()
  set(${text} "${${text}}" PARENT_SCOPE)
endfunction()

# Takes a member out of zlib's state and puts a number where it was read: pairs of the two. What is left over does not compile.
function(waymark_fix_members)
  while(ARGN)
    list(POP_FRONT ARGN member number)
    foreach(text IN ITEMS deflate.h deflate.c trees.c)
      string(REGEX REPLACE "[A-Za-z]+ +${member};" "" ${text} "${${text}}")
      string(REGEX REPLACE "[ds]?s->${member} +[+]?= [^;]*;" ";" ${text} "${${text}}")
      string(REGEX REPLACE "([ds]?s|\\(s\\))->${member}" "${number}" ${text} "${${text}}")
    endforeach()
  endwhile()
  foreach(text IN ITEMS deflate.h deflate.c trees.c)
    set(${text} "${${text}}" PARENT_SCOPE)
  endforeach()
endfunction()

# The core compresses raw deflate at level 6, in a window of 32 KiB, without a flush before the end, and nothing else
# (sdk/codec/gzip.cc). zlib chooses all that at run time, so that no linker can see what is dead: 2 KB of brotli. Here the choice is
# made. What it gives for that choice is the same to the byte; any other level compresses as level 6 does.
foreach(text IN ITEMS deflate.h deflate.c trees.c)
  file(READ "${zlib_SOURCE_DIR}/${text}" ${text})
endforeach()
waymark_change(deflate.c
  "deflate_stored}" "deflate_slow}"
  "deflate_fast}" "deflate_slow}"
  "bstate = s->level == 0" "bstate = 1 ? deflate_slow(s, flush) : s->level == 0"
  "s->wrap = wrap" "s->wrap = 0"
  "strm->state->wrap == 1" "0"
  "s->wrap <= 0" "1"
  "switch (s->wrap)" "switch (0)"
  "INIT_STATE && s->wrap == 0" "INIT_STATE"
  "if (deflateStateCheck(strm)" "if (0"  # the stream is our own
  "flush > Z_BLOCK || flush < 0" "0"     # so are the calls
  "bstate == block_done" "0"
  "while (s->insert)" "while (0)"        # after a flush
  "s->insert > s->strstart" "0"
  "s->insert--" "0"
  "s->high_water < s->window_size" "0"   # zeroes for memory checkers
  "strm->adler = adler32(0L, Z_NULL, 0)" "strm->adler = 1"
  "        adler32(0L, Z_NULL, 0)" "        1"
  # Memory without a table of functions; no messages.
  "#include \"deflate.h\"" "#include \"deflate.h\"
#undef ZALLOC
#define ZALLOC(strm, items, size) malloc((items) * (size))
#undef ZFREE
#define ZFREE(strm, address) free(address)
#undef ERR_MSG
#define ERR_MSG(error) Z_NULL
#undef ERR_RETURN
#define ERR_RETURN(strm, error)"
  "strm->zalloc = zcalloc" ""
  "strm->zfree = zcfree" ""
  # One comparison a round in place of eight.
  "                 *++scan == *++match && *++scan == *++match &&\n" ""
  "*++scan == *++match && *++scan == *++match" "*++scan == *++match")
if(NOT EMSCRIPTEN)
  # And that of eight bytes; and tables that slide and are filled in one go.
  waymark_change(deflate.c
    "#include \"deflate.h\"" "#include \"deflate.h\"\n#include \"zlib_match.h\""
    "*++scan == *++match &&\n                 scan < strend"
    "(scan = waymark_skip_equal(scan, match, strend)) == Z_NULL"
    "if (++s->strstart <= max_insert)" "if (waymark_insert_all(s, max_insert))"
    "m = *--p" "p -= n, m = waymark_slide(p, n, wsize)"
    "*p = (Pos)(m >= wsize ? m - wsize : NIL)" "n = 1")
endif()
waymark_fix_members(
  w_bits 15 w_size 32768u w_mask 32767u window_size 65536ul
  hash_bits 15 hash_size 32768u hash_mask 32767u hash_shift 5
  lit_bufsize 16384u pending_buf_size 65536ul insert 0u
  level 6 strategy Z_DEFAULT_STRATEGY method Z_DEFLATED
  good_match 8u max_lazy_match 16u max_insert_length 16u nice_match 128 max_chain_length 128u)

# In the page module the tables of fixed codes are worked out at the first use, as zlib does for old compilers, and what
# puts bits out is a function instead of a macro. The bytes that come out are the same.
if(EMSCRIPTEN)
  waymark_change(trees.c
    "ifdef GEN_TREES_H" "if 0"  # what would write them into a file
    "s->strm->data_type == Z_UNKNOWN" "0"
    "local const int extra_" "local const uch extra_"
    "const intf *extra" "const uch *extra"
    "#define send_bits(s, value, length)"
    "local void send_bits(deflate_state *s, int value, int length)")
endif()

set(waymark_zlib_changed "${CMAKE_CURRENT_BINARY_DIR}/zlib")
foreach(text IN ITEMS deflate.h deflate.c trees.c)
  file(CONFIGURE OUTPUT "${waymark_zlib_changed}/${text}" CONTENT "${${text}}" @ONLY)
endforeach()

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
  waymark_small(${target})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

waymark_add_zlib_library(waymark_zlib adler32.c crc32.c zutil.c
  "${waymark_zlib_changed}/deflate.c" "${waymark_zlib_changed}/trees.c")
if(NOT EMSCRIPTEN)
  target_include_directories(waymark_zlib PRIVATE "${CMAKE_CURRENT_LIST_DIR}")
  # Vectors, where the window slides; of the rest a small build has no copies.
  target_compile_options(waymark_zlib PRIVATE
    "$<IF:${WAYMARK_SMALL},-O2;-ftree-vectorize,-O3>")
endif()
# The gzip frame is written by the core itself (codec/), which is smaller than zlib's.
target_compile_definitions(waymark_zlib PRIVATE NO_GZIP $<$<BOOL:${EMSCRIPTEN}>:GEN_TREES_H>)

waymark_add_zlib_library(waymark_zlib_inflate inflate.c inffast.c inftrees.c)
target_link_libraries(waymark_zlib_inflate PUBLIC waymark_zlib)
set_target_properties(waymark_zlib_inflate PROPERTIES EXCLUDE_FROM_ALL ON)
