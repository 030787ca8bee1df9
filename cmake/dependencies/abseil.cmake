# Abseil LTS 20220623.1, built from source for every target. Only what a target links is compiled.

waymark_find_sources(abseil
  "https://github.com/abseil/abseil-cpp/archive/refs/tags/20220623.1.tar.gz"
  91ac87d30cc6d79f9ab974c51874a704de9c2647c40f6932597329a282217ba8)

# In a function, so that Abseil's switches stay its own. C++20 has to be the same here and in the
# code that includes the headers: absl::string_view is std::string_view only from C++17 on.
function(waymark_add_abseil)
  set(ABSL_PROPAGATE_CXX_STD ON)
  set(ABSL_ENABLE_INSTALL OFF)
  set(ABSL_RUN_TESTS OFF)
  set(BUILD_TESTING OFF)
  set(BUILD_SHARED_LIBS OFF)
  set(CMAKE_CXX_STANDARD 20)
  set(CMAKE_CXX_STANDARD_REQUIRED ON)
  set(CMAKE_CXX_EXTENSIONS OFF)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  set(CMAKE_CXX_CLANG_TIDY "")
  # Its one warning is that its random library knows no AES instructions for wasm.
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
  # After the flags of the build type, so that these win whatever that type is. Its warnings are
  # not ours to mend, and debug information of its insides doubles the time of a first build.
  string(TOUPPER "CMAKE_CXX_FLAGS_${CMAKE_BUILD_TYPE}" flags_of_build_type)
  string(APPEND CMAKE_CXX_FLAGS " -w")
  string(APPEND ${flags_of_build_type} " -g0")
  if(EMSCRIPTEN)
    string(APPEND CMAKE_CXX_FLAGS " -Os -flto -fno-exceptions")
    string(APPEND ${flags_of_build_type} " -Os")
  endif()
  # Its headers are not held to our warnings. (CMake before 3.25 has no word for it.)
  if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.25)
    set(as_system SYSTEM)
  endif()
  add_subdirectory("${abseil_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/_deps/abseil-build"
    EXCLUDE_FROM_ALL ${as_system})
endfunction()

waymark_add_abseil()

# Samples that can also be built on their own ask with find_package(absl): inside this tree the
# answer is the Abseil above, never the system's, so that no executable gets both.
set(absl_DIR "${CMAKE_BINARY_DIR}/_deps/abseil-found" CACHE INTERNAL "The Abseil of this tree")
file(WRITE "${absl_DIR}/abslConfig.cmake" "# Its targets are there already.\n")
