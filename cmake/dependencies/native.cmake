# Libraries that only native programs use: tests and samples. Any recent version will do, so the
# system's comes first; the download is for systems that have none.

find_package(Threads REQUIRED)

if(BUILD_TESTING)
  find_package(GTest QUIET)
endif()
if(BUILD_TESTING AND NOT TARGET GTest::gmock)
  FetchContent_Declare(googletest
    URL https://github.com/google/googletest/archive/refs/tags/release-1.12.1.tar.gz
    URL_HASH SHA256=81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2
    DOWNLOAD_EXTRACT_TIMESTAMP OFF)
  set(INSTALL_GTEST OFF CACHE BOOL "Install googletest")
  FetchContent_MakeAvailable(googletest)
endif()

if(BUILD_TESTING OR WAYMARK_SAMPLES)
  find_package(nlohmann_json 3.10 QUIET)
endif()
if((BUILD_TESTING OR WAYMARK_SAMPLES) AND NOT TARGET nlohmann_json::nlohmann_json)
  FetchContent_Declare(nlohmann_json
    URL https://github.com/nlohmann/json/releases/download/v3.11.2/json.tar.xz
    URL_HASH SHA256=8c4b26bf4b422252e13f332bc5e388ec0ab5c3443d24399acb675e68278d341f
    DOWNLOAD_EXTRACT_TIMESTAMP OFF)
  FetchContent_MakeAvailable(nlohmann_json)
endif()

# The two below have no download: every system packages them, and only samples need them.
function(waymark_warn_missing what target debian fedora homebrew)
  message(WARNING "${what} was not found; what links ${target} cannot be built. "
    "Debian: ${debian}, Fedora: ${fedora}, Homebrew: ${homebrew}; or `make setup`.")
endfunction()

# The NDK has none: there SQLite's amalgamation (sqlite3.c, sqlite3.h of sqlite.org) is built in.
set(WAYMARK_SQLITE_DIR "" CACHE PATH "Folder of SQLite's amalgamation, instead of the system's")
if(WAYMARK_SQLITE_DIR)
  add_library(waymark_sqlite STATIC "${WAYMARK_SQLITE_DIR}/sqlite3.c")
  target_include_directories(waymark_sqlite SYSTEM PUBLIC "${WAYMARK_SQLITE_DIR}")
  target_compile_definitions(waymark_sqlite PRIVATE
    SQLITE_DQS=0 SQLITE_OMIT_DEPRECATED SQLITE_OMIT_LOAD_EXTENSION SQLITE_SECURE_DELETE)
  target_compile_options(waymark_sqlite PRIVATE -w)
  set_target_properties(waymark_sqlite PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(waymark_sqlite PUBLIC Threads::Threads)
  add_library(SQLite::SQLite3 ALIAS waymark_sqlite)
else()
  find_package(SQLite3 QUIET)
endif()
if(NOT TARGET SQLite::SQLite3)
  waymark_warn_missing(SQLite SQLite::SQLite3 libsqlite3-dev sqlite-devel sqlite)
endif()

# Debian ships cpp-httplib compiled and without a CMake file; the layout of its classes depends on
# definitions that only its .pc file names.
find_package(httplib QUIET)
find_package(PkgConfig QUIET)
if(NOT TARGET httplib::httplib AND PKG_CONFIG_FOUND)
  pkg_check_modules(WAYMARK_HTTPLIB QUIET IMPORTED_TARGET cpp-httplib)
  if(WAYMARK_HTTPLIB_FOUND)
    add_library(httplib::httplib ALIAS PkgConfig::WAYMARK_HTTPLIB)
  endif()
endif()
if(NOT TARGET httplib::httplib)
  waymark_warn_missing(cpp-httplib httplib::httplib
    libcpp-httplib-dev cpp-httplib-devel cpp-httplib)
endif()
