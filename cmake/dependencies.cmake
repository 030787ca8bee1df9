# All C++ libraries that Waymark uses, in one place. Include it once, from the top CMakeLists.txt.
#
# What it gives:
#   waymark_zlib            deflate of the one pinned zlib; for every target, native and wasm
#   waymark_zlib_inflate    inflate of the same zlib; for tests and samples
#   waymark_sha256          SHA-256 of the one pinned libsodium; for every target, native and wasm
#   absl::…                 the one pinned Abseil; for every target, native and wasm
#   GTest::gtest, GTest::gmock, GTest::gtest_main, nlohmann_json::nlohmann_json, SQLite::SQLite3,
#   httplib::httplib, Threads::Threads      natively only
#
# Where sources come from: a package of the system where any version will do (find_package), then
# FETCHCONTENT_SOURCE_DIR_<NAME> (which scripts/fetch_sources fills from Debian's source
# packages), then a download by address and hash. Nothing is copied into the tree.
#
# Invariant: a build tree holds one zlib and one Abseil, built from source. Compressed bytes must be
# equal on every platform, and an executable that links two Abseils breaks the one-definition rule.

include_guard(GLOBAL)
include(FetchContent)

# Before the sources are added, so that sanitizers watch zlib and Abseil too.
include("${CMAKE_CURRENT_LIST_DIR}/compile_options.cmake")

include("${CMAKE_CURRENT_LIST_DIR}/dependencies/sources.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/dependencies/zlib.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/dependencies/libsodium.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/dependencies/abseil.cmake")
if(NOT EMSCRIPTEN)
  include("${CMAKE_CURRENT_LIST_DIR}/dependencies/native.cmake")
endif()
