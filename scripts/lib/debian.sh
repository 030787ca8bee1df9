# shellcheck shell=bash
# Packages of Debian without root: apt with a configuration of its own, so that the machine's lists
# and packages stay as they are. apt checks Debian's signatures.

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

# Everything apt would write goes into the folder $1; everything about the network (proxy,
# certificates) still comes from the machine's own configuration. $2: deb or deb-src; $3: the suite.
write_private_apt() {
  local folder="$1" kind="$2" suite="$3" mirror
  mirror="$(debian_mirror)"
  mkdir -p "${folder}"/{lists/partial,archives/partial,sources.list.d,preferences.d}
  : >"${folder}/status"
  printf '%s [signed-by=%s] %s %s main\n' \
    "${kind}" "${KEYRING}" "${mirror:-http://deb.debian.org/debian}" "${suite}" \
    >"${folder}/sources.list"
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
CONF
}
