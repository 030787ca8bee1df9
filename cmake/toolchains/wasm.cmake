# Toolchain for WebAssembly: finds an Emscripten and hands over to its own toolchain file.
#
# Looked for, in this order: $EMSDK, the `emcc` on PATH, Debian's package. What this file adds is
# only what Debian's 3.1.6 needs and newer ones do not mind.

set(waymark_emscripten_file "cmake/Modules/Platform/Emscripten.cmake")

# The folder that holds emcc.py, for an `emcc` found on PATH: emsdk puts the program there, Debian
# puts a small script in /usr/bin, others a symbolic link.
function(waymark_emscripten_root_of_path out)
  find_program(waymark_emcc emcc NO_CACHE)
  set(${out} "" PARENT_SCOPE)
  if(waymark_emcc)
    file(REAL_PATH "${waymark_emcc}" real_emcc)
    get_filename_component(folder "${real_emcc}" DIRECTORY)
    set(${out} "${folder};${folder}/../share/emscripten;${folder}/../libexec" PARENT_SCOPE)
  endif()
endfunction()

function(waymark_find_emscripten out)
  waymark_emscripten_root_of_path(of_path)
  set(candidates "${of_path}" "/usr/share/emscripten" "/usr/lib/emscripten")
  if(DEFINED ENV{EMSDK})
    list(PREPEND candidates "$ENV{EMSDK}/upstream/emscripten")
  endif()
  foreach(candidate IN LISTS candidates)
    if(EXISTS "${candidate}/${waymark_emscripten_file}")
      get_filename_component(found "${candidate}" ABSOLUTE)
      set(${out} "${found}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR
    "Emscripten was not found: neither \$EMSDK nor an emcc on PATH leads to it.\n"
    "Install it with `make setup`, or by hand: Debian and Fedora `emscripten`, Homebrew "
    "`brew install emscripten`.")
endfunction()

waymark_find_emscripten(waymark_emscripten_root)

# Debian's optimizer script asks for 'acorn', which lies where only Debian's own node looks. The
# launchers put the folder before every compile and link, whatever shell the build runs in.
if(EXISTS "/usr/share/nodejs/acorn" AND waymark_emscripten_root MATCHES "^/usr/share/")
  set(waymark_emscripten_environment "${CMAKE_COMMAND}" -E env "NODE_PATH=/usr/share/nodejs")
  set(CMAKE_C_LINKER_LAUNCHER "${waymark_emscripten_environment}")
  set(CMAKE_CXX_LINKER_LAUNCHER "${waymark_emscripten_environment}")
endif()

include("${waymark_emscripten_root}/${waymark_emscripten_file}")
