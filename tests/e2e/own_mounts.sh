# shellcheck shell=bash
# For scripts that make full disks: sourced first, it starts the script again in a mount namespace of
# its own, where that is allowed.

if [ ! "${in_namespace-}" ]; then
  export in_namespace=yes
  if unshare --mount true 2>/dev/null; then
    exec unshare --mount bash "$0" "$@"
  elif unshare --map-root-user --mount true 2>/dev/null; then
    exec unshare --map-root-user --mount bash "$0" "$@"
  fi
fi
