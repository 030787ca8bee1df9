# 64-bit ARM on a machine of another kind: Debian's cross compiler, tests run by qemu-user with the
# compiler's own libraries. SQLite is Debian's for arm64, which scripts/fetch_arm64 keeps; without it
# the native client is left out.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)

# The linker of Android's NDK, which packs relocations (readable since glibc 2.36 and Android 9) and
# makes equal functions one: 25 KB of the native library. Before 15 it cannot pack; without it the
# compiler's own makes the same library, larger.
find_program(WAYMARK_LLD NAMES ld.lld-16 ld.lld-15 ld.lld DOC "LLVM's linker")
if(WAYMARK_LLD)
  set(waymark_lld "${CMAKE_BINARY_DIR}/lld")
  file(MAKE_DIRECTORY "${waymark_lld}")
  file(CREATE_LINK "${WAYMARK_LLD}" "${waymark_lld}/ld.lld" SYMBOLIC)
  set(CMAKE_SHARED_LINKER_FLAGS_INIT
    "-B${waymark_lld} -fuse-ld=lld -Wl,-O2,--icf=all,-z,pack-relative-relocs")
endif()

# What is installed here is for this machine; headers alone (nlohmann/json) will do.
foreach(package IN ITEMS CURL GTest httplib PkgConfig)
  set(CMAKE_DISABLE_FIND_PACKAGE_${package} ON)
endforeach()
if(IS_DIRECTORY /usr/src/googletest)
  set(FETCHCONTENT_SOURCE_DIR_GOOGLETEST /usr/src/googletest CACHE PATH "Sources of GoogleTest")
endif()

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(waymark_arm64_root "$ENV{XDG_CACHE_HOME}/waymark/arm64")
else()
  set(waymark_arm64_root "$ENV{HOME}/.cache/waymark/arm64")
endif()
if(IS_DIRECTORY "${waymark_arm64_root}")
  set(SQLite3_INCLUDE_DIR "${waymark_arm64_root}/usr/include" CACHE PATH "Headers of SQLite")
  set(SQLite3_LIBRARY "${waymark_arm64_root}/usr/lib/aarch64-linux-gnu/libsqlite3.so"
    CACHE FILEPATH "SQLite")
else()
  set(CMAKE_DISABLE_FIND_PACKAGE_SQLite3 ON)
endif()
