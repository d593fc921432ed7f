#!/bin/bash
# docker-credential-secretservice and a locked gnome-keyring that asks for its password: with GNOME's
# own prompter, on a display of its own, and a user at the keyboard.
#
# over libsecret, too

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need gnome-keyring-daemon jq Xvfb xdotool /usr/libexec/gcr-prompter

start_bus
export NO_AT_BRIDGE=1
start display Xvfb -displayfd 3 -nolisten tcp 3>"$scratch/display"
wait_until "test -s $scratch/display" || bail_out "no display: $(cat "$scratch/display.log")"
DISPLAY=:$(<"$scratch/display")
export DISPLAY

# The prompter ends when it has had nothing to ask for a while.
start_prompter() {
  on_bus org.gnome.keyring.SystemPrompter && return
  start prompter /usr/libexec/gcr-prompter
  wait_until 'on_bus org.gnome.keyring.SystemPrompter' ||
    bail_out "no prompter: $(cat "$scratch/prompter.log")"
}

# user COMMAND...: xdotool's, once the prompt is there. Without a window it plays the keyboard; what it
# sends to a window GTK does not take.
user() {
  start_prompter
  start user user_acts "$@"
}

user_acts() {
  timeout 30 xdotool search --sync --onlyvisible --class gcr-prompter &&
    sleep 0.5 && xdotool "$@"
}

it 'the first store makes a keyring, whose password it asks for'
start_locked_keyring
user type --args 1 hunter2 key Tab type --args 1 hunter2 key Return
run "$ours" store <<<"$(entry ghcr.io builder 'hunter2')"
succeeds_quietly
gets "$ours" ghcr.io builder 'hunter2'

it 'its status tells of a locked keyring and asks nobody'
start_locked_keyring
start_prompter
says_of_store "$ours" locked locked
expect 'no question on the display' [ ! "$(xdotool search --onlyvisible --class gcr-prompter)" ]

it 'get asks to unlock a locked keyring'
start_locked_keyring
user type --args 1 hunter2 key Return
gets "$ours" ghcr.io builder 'hunter2'

it 'and asks no more while it is unlocked'
gets "$ours" ghcr.io builder 'hunter2'

for action in store list erase; do
  it "$action asks to unlock a locked keyring"
  start_locked_keyring
  user type --args 1 hunter2 key Return
  case $action in
  store) stores "$ours" quay.io builder 'hunter2' ;;
  list) lists "$ours" '{"ghcr.io":"builder","quay.io":"builder"}' ;;
  erase)
    run "$ours" erase <<<quay.io
    succeeds_quietly
    finds_nothing "$ours" quay.io
    ;;
  esac
done

it 'a dismissed prompt is an error at once, and changes nothing'
start_locked_keyring
user key Escape
run "$ours" store <<<"$(entry ghcr.io other 'hunter2 of another')"
status_is 1
out_has '^secret service: the request to unlock the keyring was dismissed'
user type --args 1 hunter2 key Return
gets "$ours" ghcr.io builder 'hunter2'

finish
