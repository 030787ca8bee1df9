# shellcheck shell=bash
# apt with a configuration of its own, so that fetching needs no root and the machine's lists stay
# as they are. Everything about the network (proxy, certificates) still comes from the machine.

# The suite that carries the pinned versions, whatever release this machine runs.
readonly PINNED_SUITE=bookworm
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The address this machine takes Debian from: its own mirror or proxy knows the way out.
debian_mirror() {
  local file
  local files=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list
    /etc/apt/sources.list.d/*.sources)
  for file in "${files[@]}"; do
    [[ -r "${file}" ]] || continue
    sed -nE -e 's/^[[:space:]]*deb(-src)?[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\3/p' \
      -e 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p' "${file}"
  done | grep -E '/debian/?$' | head -n 1 || true
}

# Everything apt would write goes into the folder $1. $2: deb or deb-src; $3: the suite; $4: the
# architecture, where it is another than this machine's. Until APT_CONFIG is unset, apt-get and
# apt-cache of this process use it.
use_private_apt() {
  local folder="$1" kind="$2" suite="$3" architecture="${4:-}" mirror
  mirror="$(debian_mirror)"
  mkdir -p "${folder}"/{lists/partial,archives/partial,sources.list.d,preferences.d}
  : >"${folder}/status"
  printf '%s [signed-by=%s] %s %s main\n' "${kind}" "${KEYRING}" \
    "${mirror:-http://deb.debian.org/debian}" "${suite}" >"${folder}/sources.list"
  cat >"${folder}/apt.conf" <<CONF
Dir::State "${folder}";
Dir::State::lists "${folder}/lists";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}";
Dir::Cache::archives "${folder}/archives";
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "${folder}/sources.list.d";
Dir::Etc::preferencesparts "${folder}/preferences.d";
APT::Sandbox::User "";
Acquire::Languages "none";
${architecture:+APT::Architecture "${architecture}";}
${architecture:+APT::Architectures { "${architecture}"; \};}
CONF
  export APT_CONFIG="${folder}/apt.conf"
}

# By renaming, so that a build never sees half a folder and a stopped run leaves none behind.
move_into_place() {
  rm -rf "${2:?}"
  mv "$1" "$2"
}
