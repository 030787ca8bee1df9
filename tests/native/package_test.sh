#!/usr/bin/env bash
# What customers install: headers, libraries, find_package and pkg-config. Builds their programs.
#   package_test.sh <build folder> <generator> <C compiler> <C++ compiler>
set -euo pipefail

build="$1" generator="$2" cc="$3" cxx="$4"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "${here}/../.." && pwd)"
prefix="$(mktemp -d)"
trap 'rm -rf "${prefix}"' EXIT

cmake --install "${build}" --component waymark --prefix "${prefix}/usr" >/dev/null
library="$(find "${prefix}/usr" -name libwaymark.so)"

# The library shows what the reviewed list names, the header declares, and nothing else.
shown="$(nm -D --defined-only "${library}" | awk '$2 != "A" {print $3}' | sed 's/@.*//' | sort)"
listed="$(grep -o 'waymark_client_[a-z_]*' "${root}/mobile/native/export.map" | sort)"
declared="$(grep -o '\bwaymark_client_[a-z_]*(' "${root}/mobile/native/include/waymark/c.h" |
  tr -d '(' | sort -u)"
diff <(echo "${listed}") <(echo "${shown}") || { echo "the library shows other symbols than export.map"; exit 1; }
diff <(echo "${listed}") <(echo "${declared}") || { echo "c.h declares others than export.map"; exit 1; }

cmake -S "${here}/package" -B "${prefix}/build" -G "${generator}" -DCMAKE_C_COMPILER="${cc}" \
  -DCMAKE_CXX_COMPILER="${cxx}" -DCMAKE_PREFIX_PATH="${prefix}/usr" >/dev/null
cmake --build "${prefix}/build" >/dev/null
"${prefix}/build/consumer_shared"
"${prefix}/build/consumer_static"

export PKG_CONFIG_PATH="$(dirname "$(find "${prefix}/usr" -name waymark.pc)")"
# shellcheck disable=SC2046  # words are meant
"${cc}" -std=c99 -Wall -Werror -pedantic "${here}/package/consumer.c" -o "${prefix}/consumer_c" \
  $(pkg-config --define-variable=prefix="${prefix}/usr" --cflags --libs waymark) \
  -Wl,-rpath,"$(dirname "${library}")"
"${prefix}/consumer_c"
