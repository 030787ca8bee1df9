# waymark_compile_options(target): how the project's own C++ is compiled.

include_guard(GLOBAL)

function(waymark_compile_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
endfunction()

# waymark_small(target): what the engine is made of, in a native library that is to be small
# (MinSizeRel: arm64, Android). sdk/docs/adr/0018 has what each is worth. Nothing in it throws, and
# nothing that the host throws passes through it; it only runs out of memory, and then it aborts.
# Frames are told by unwind tables, which crash reports of a phone read, and not by a pointer too.
set(WAYMARK_SMALL "$<AND:$<CONFIG:MinSizeRel>,$<NOT:$<BOOL:${EMSCRIPTEN}>>>")
function(waymark_small target)
  target_compile_options(${target} PRIVATE
    "$<${WAYMARK_SMALL}:-ffunction-sections;-fdata-sections;-fvisibility=hidden>"
    "$<${WAYMARK_SMALL}:-fno-exceptions;-fomit-frame-pointer;-fasynchronous-unwind-tables>"
    "$<$<AND:${WAYMARK_SMALL},$<COMPILE_LANGUAGE:CXX>>:-fno-rtti;-fvisibility-inlines-hidden>")
endfunction()

# Sanitizers change the layout of what they watch, so all of the tree is built with them or nothing.
if(WAYMARK_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(WAYMARK_SANITIZE_THREADS)
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()

# How everything in the page module is compiled and linked. Emscripten's own -Os and -Oz forbid all inlining
# (-fno-inline-functions), also of functions that are shorter than a call of them: undone, the module is 8 % smaller and
# faster. Bulk memory and sign extension are in every engine since 2021 (Safari 15).
set(WAYMARK_WASM_OPTIONS
  -Oz -finline-functions -flto -fno-exceptions -mbulk-memory -msign-ext)
