# shellcheck shell=bash
# What the set-up scripts share: where things are kept, and how they speak to the person waiting.

# Everything large lives here; deleting it costs time at the next run, nothing else.
# shellcheck disable=SC2034  # used by those who read this file
readonly WAYMARK_CACHE="${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/waymark"

step() { printf '  … %s\n' "$*" >&2; }

# Each argument is one line.
die() {
  printf '\n' >&2
  printf '%s\n' "$@" >&2
  exit 1
}

# Some programs say what went wrong first, others last.
show_ends() {
  if (($(wc -l <"$1") <= 60)); then
    cat "$1"
  else
    head -n 20 "$1"
    printf '[…]\n'
    tail -n 40 "$1"
  fi
}

# Runs a talkative program in silence, and shows what it said only when it fails.
run_quietly() {
  local log status=0
  log="$(mktemp)"
  "$@" >"${log}" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    printf '\n%s\n' "failed with ${status}: $*" >&2
    show_ends "${log}" >&2
  fi
  rm -f "${log}"
  return "${status}"
}
