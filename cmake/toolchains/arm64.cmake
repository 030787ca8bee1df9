# 64-bit ARM on a machine of another kind: Debian's cross compiler, tests run by qemu-user. Static
# programs, so that no libraries of that kind are needed.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)

# What is installed here is for this machine; headers alone (nlohmann/json) will do.
foreach(package IN ITEMS CURL GTest SQLite3 httplib PkgConfig)
  set(CMAKE_DISABLE_FIND_PACKAGE_${package} ON)
endforeach()
if(IS_DIRECTORY /usr/src/googletest)
  set(FETCHCONTENT_SOURCE_DIR_GOOGLETEST /usr/src/googletest CACHE PATH "Sources of GoogleTest")
endif()
