# shellcheck shell=bash
# Says whether one thing of packages.txt is on this machine. Looks only; takes milliseconds.

readonly NODE_MAJOR_MIN=20

is_there() {
  local kind="${1%%:*}" what="${1#*:}"
  case "${kind}" in
    cmd | test-cmd) any_command "${what}" ;;
    header) any_header "${what}" ;;
    font) any_font ;;
    apt-cmd) without_apt || any_command "${what}" ;;
    apt-file) without_apt || [[ -r "${what}" ]] ;;
    *) die "scripts/packages.txt: unknown probe ${1}" ;;
  esac
}

# For the table a person reads.
describe() {
  local kind="${1%%:*}" what="${1#*:}"
  case "${kind}" in
    cmd | test-cmd) printf '%s' "${what%%,*}" ;;
    font) printf 'any font' ;;
    *) printf '%s' "${what}" ;;
  esac
}

# Sources come from Debian's packages only where apt can fetch them.
without_apt() { ! command -v apt-get >/dev/null; }

any_command() {
  local name
  for name in ${1//,/ }; do
    command -v "${name}" >/dev/null && return
  done
  return 1
}

any_header() {
  local folder
  for folder in /usr/include /usr/local/include /opt/homebrew/include /usr/include/*-linux-gnu; do
    [[ -e "${folder}/$1" ]] && return
  done
  return 1
}

# A browser without any font lays out every text with width zero, and nothing can be clicked.
any_font() {
  [[ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME}/.fonts" /Library/Fonts \
    \( -name '*.ttf' -o -name '*.otf' -o -name '*.pf[ab]' -o -name '*.ttc' \) -print -quit \
    2>/dev/null)" ]]
}

node_is_new_enough() {
  local version
  command -v npm >/dev/null || return 1
  version="$(node --version 2>/dev/null)" || return 1
  version="${version#v}"
  ((${version%%.*} >= NODE_MAJOR_MIN))
}
