#!/bin/bash
# Completion: Tab in real bash, zsh and fish. What the program offers them is in
# tests/unit/cli/cases/completion.txt.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3

config '{"auths": {"ghcr.io": {}, "https://index.docker.io/v1/": {"auth": "dTpodW50ZXIy"},
  "registry.example.com:5000": {}}, "credHelpers": {"123.dkr.ecr.eu-west-1.amazonaws.com": "asked"}}'
registries='123.dkr.ecr.eu-west-1.amazonaws.com docker.io ghcr.io registry.example.com:5000'
mkdir files
touch files/regcred.yaml files/regcred.json

# ---- The shells

export TYPED=$scratch/typed

# typed_is LINE...: what the shell's lines are.
typed_is() { same 'the lines' "$(cat "$scratch/out")" "$(printf '%s\n' "$@")"; }

# presses KEYS SHELL...: behind each line of standard input.
presses() {
  run python3 "$e2e/press_tab.py" "$@"
  succeeds
}

lines=('pullsecret conv' 'pullsecret get gh' 'pullsecret get reg' 'pullsecret convert --output=j'
  'pullsecret convert --registry=regi' 'pullsecret inspect files/regcred.y'
  'pullsecret get --config=files/regcred.j' 'pullsecret completion f' 'pullsecret get registry.example.com:5'
  'pullsecret unknown x' 'pullsecret convert -n a --ty')
completed=('pullsecret convert ' 'pullsecret get ghcr.io ' 'pullsecret get registry.example.com:5000 '
  'pullsecret convert --output=json ' 'pullsecret convert --registry=registry.example.com:5000 '
  'pullsecret inspect files/regcred.yaml ' 'pullsecret get --config=files/regcred.json '
  'pullsecret completion fish ' 'pullsecret get registry.example.com:5000 '
  'pullsecret unknown x' 'pullsecret convert -n a --type ')
ambiguous=('pullsecret get ' 'pullsecret convert --output=' 'pullsecret convert -o ')
inserted=("pullsecret get $registries " 'pullsecret convert --output=config json yaml '
  'pullsecret convert -o config json yaml ')

it 'bash: Tab completes'
cat >bashrc <<'END_OF_RC'
PS1='ready> '
source <(pullsecret completion bash)
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind '"\C-t": insert-completions'
bind -x '"\C-g": printf "%s\n" "$READLINE_LINE" >>"$TYPED"; READLINE_LINE='
END_OF_RC
presses I bash --noprofile --rcfile bashrc -i < <(printf '%s\n' "${lines[@]}")
typed_is "${completed[@]}"

it 'bash: Tab offers what there is'
presses T bash --noprofile --rcfile bashrc -i < <(printf '%s\n' "${ambiguous[@]}")
typed_is "${inserted[@]}"

it 'zsh: Tab completes'
if command -v zsh >/dev/null; then
  cat >.zshrc <<'END_OF_RC'
PS1='ready> '
autoload -Uz compinit
compinit -u -d ~/zcompdump
source <(pullsecret completion zsh)
dump() { print -r -- "$BUFFER" >>"$TYPED"; BUFFER= }
zle -N dump
bindkey '^G' dump
zle -C insert-all complete-word _generic
bindkey '^T' insert-all
zstyle ':completion:insert-all:*' completer _all_matches _complete
zstyle ':completion:insert-all:*' insert true
unsetopt beep
END_OF_RC
  presses I zsh -i < <(printf '%s\n' "${lines[@]}")
  typed_is "${completed[@]}"

  it 'zsh: Tab offers what there is'
  presses T zsh -i < <(printf '%s\n' "${ambiguous[@]}")
  typed_is "${inserted[0]}" 'pullsecret convert --output=config --output=json --output=yaml ' \
    "${inserted[2]}"
else
  skip 'zsh is not installed'
fi

it 'fish: its own completion call'
if command -v fish >/dev/null; then
  for i in "${!lines[@]}"; do
    run fish --no-config -c 'pullsecret completion fish | source; complete -C "$argv"' "${lines[i]}"
    succeeds_quietly
    read -ra words <<<"${completed[i]}"
    word=${words[-1]}
    [ "$word" != "${lines[i]##* }" ] || word=
    same "what fish offers for ${lines[i]}" "$(cut -f 1 "$scratch/out")" "$word"
  done
  run fish --no-config -c 'pullsecret completion fish | source; complete -C "pullsecret get "'
  same 'the registries' "$(xargs <"$scratch/out")" "$registries"
  run fish --no-config -c 'pullsecret completion fish | source; complete -C "pullsecret convert -n x --output="'
  same 'the formats' "$(xargs <"$scratch/out")" '--output=config --output=json --output=yaml'
else
  skip 'fish is not installed'
fi

# ---- Where it is installed

data=$program_folder/../share
it 'what is installed is what is printed'
for file in bash-completion/completions/pullsecret zsh/site-functions/_pullsecret \
  fish/vendor_completions.d/pullsecret.fish; do
  shell=${file%%[-/]*}
  run pullsecret completion "$shell"
  out_is_file "$data/$file"
done

it "bash-completion finds bash's"
if [ -e /usr/share/bash-completion/bash_completion ]; then
  cat >bashrc <<'END_OF_RC'
PS1='ready> '
. /usr/share/bash-completion/bash_completion
bind 'set enable-bracketed-paste off'
bind -x '"\C-g": printf "%s\n" "$READLINE_LINE" >>"$TYPED"; READLINE_LINE='
END_OF_RC
  XDG_DATA_DIRS=$data presses I bash --noprofile --rcfile bashrc -i <<<"${lines[4]}"
  typed_is "${completed[4]}"
else
  skip 'bash-completion is not installed'
fi

it "zsh finds zsh's in a folder of \$fpath"
if command -v zsh >/dev/null; then
  sed -i "s|^source.*||; s|^compinit|fpath=($data/zsh/site-functions \$fpath)\n&|; s|zcompdump|zcompdump-fpath|" .zshrc
  presses I zsh -i < <(printf '%s\n' "${lines[@]:0:2}")
  typed_is "${completed[@]:0:2}"
else
  skip 'zsh is not installed'
fi

it "fish finds fish's"
if command -v fish >/dev/null; then
  run env XDG_DATA_DIRS="$data" fish -c 'complete -C "pullsecret get gh"'
  succeeds_quietly
  out_is ghcr.io
else
  skip 'fish is not installed'
fi

finish
