# Finds the source folder of a dependency, and downloads it only when no folder is at hand.

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(waymark_cache_dir "$ENV{XDG_CACHE_HOME}/waymark")
else()
  set(waymark_cache_dir "$ENV{HOME}/.cache/waymark")
endif()

# Points FetchContent at the folder that scripts/fetch_sources keeps, unless the person building
# chose another. A kept folder that was deleted since the last run is forgotten again.
function(waymark_prefer_kept_sources name)
  string(TOUPPER "FETCHCONTENT_SOURCE_DIR_${name}" variable)
  set(kept "${waymark_cache_dir}/sources/${name}")
  if("${${variable}}" STREQUAL "" AND IS_DIRECTORY "${kept}")
    set(${variable} "${kept}" CACHE PATH "Sources of ${name}")
  elseif("${${variable}}" STREQUAL "${kept}" AND NOT IS_DIRECTORY "${kept}")
    unset(${variable} CACHE)
  endif()
endfunction()

# Sets <name>_SOURCE_DIR in the caller. The folder that does not exist keeps FetchContent from
# running the dependency's own CMakeLists.txt: each is added in the way its own file here says.
macro(waymark_find_sources name url sha256)
  waymark_prefer_kept_sources(${name})
  string(TOUPPER "FETCHCONTENT_SOURCE_DIR_${name}" waymark_sources_variable)
  if("${${waymark_sources_variable}}" STREQUAL "")
    message(STATUS
      "${name}: no kept sources, downloading ${url} (`make setup` takes them from Debian instead)")
  endif()
  FetchContent_Declare(${name} URL "${url}" URL_HASH "SHA256=${sha256}"
    SOURCE_SUBDIR waymark_adds_it_itself DOWNLOAD_EXTRACT_TIMESTAMP OFF)
  FetchContent_MakeAvailable(${name})
endmacro()
