# shellcheck shell=bash
# Mount namespaces, for full disks and the like.

# own_mounts: the words before a command that run it in a mount namespace of its own, where it may
# mount; none where that is not allowed.
own_mounts() {
  local words
  for words in 'unshare --mount' 'unshare --map-root-user --mount'; do
    # shellcheck disable=SC2086 # words
    if $words mount -t tmpfs none /tmp 2>/dev/null; then
      echo "$words"
      return
    fi
  done
}

# enter_own_mounts ARGUMENT...: starts this script again in one, before it does anything; without one
# it goes on, and must mount nothing: the mounts are then the machine's.
enter_own_mounts() {
  local words
  if [ "${entered_own_mounts-}" ]; then
    in_own_mounts=yes
    return
  fi
  in_own_mounts=
  read -ra words <<<"$(own_mounts)"
  ((${#words[@]} == 0)) || entered_own_mounts=yes exec "${words[@]}" bash "$0" "$@"
}

# mount_here ARGUMENT...: mount(8) after enter_own_mounts. Without mounts of this script's own it fails,
# and says so.
mount_here() {
  if [ "$in_own_mounts" ]; then
    mount "$@"
  else
    echo 'no mount namespace is allowed here' >&2
    return 1
  fi
}

# run_in_own_mounts COMMAND...: as run does, in one; skips the test case and fails without one.
run_in_own_mounts() {
  local words
  read -ra words <<<"$(own_mounts)"
  if ((${#words[@]} == 0)); then
    skip 'no mount namespace is allowed here'
    return 1
  fi
  run "${words[@]}" "$@"
  return 0
}
