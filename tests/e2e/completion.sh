#!/bin/bash
# Completion: what the program offers for a word, and Tab in real bash, zsh and fish.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

config '{"auths": {"ghcr.io": {}, "https://index.docker.io/v1/": {"auth": "dTpodW50ZXIy"},
  "registry.example.com:5000": {}, "https://u:hunter2@quay.io": {}, "$(touch pwned).io": {},
  "-x.io": {}, "https://index.docker.io/v1/access-token": {}, "https://index.docker.io/v1/refresh-token": {}},
  "credsStore": "asked", "credHelpers": {"123.dkr.ecr.eu-west-1.amazonaws.com": "asked"}}'
helper asked <<'END_OF_HELPER'
touch "$HOME/helper-was-run"
END_OF_HELPER
registries='123.dkr.ecr.eu-west-1.amazonaws.com docker.io ghcr.io registry.example.com:5000'
# Stores are what is on PATH: none of the machine's own.
mkdir stores
for store in asked encryptedfile pass; do
  printf '#!/bin/sh\n' >"stores/docker-credential-$store"
  chmod +x "stores/docker-credential-$store"
done
: >stores/docker-credential-not-executable
mkdir files
touch files/regcred.yaml files/regcred.json
folder=$PWD

# ---- What the program offers

# offers CANDIDATES DIRECTIVE WORD...: for the last of the words.
offers() {
  it "pullsecret ${*:3}<Tab>"
  run env PATH="$folder/stores" "$(command -v pullsecret)" __complete "${@:3}"
  succeeds_quietly
  same 'the candidates' "$(grep -v '^:' "$scratch/out" | cut -f 1 | xargs)" "$1"
  same 'the last line' "$(tail -n 1 "$scratch/out")" "$2"
}

commands=$(pullsecret help | grep -oP '^    pullsecret \K[a-z][a-z-]*' | uniq | xargs)
offers "$commands" :4 ''
offers 'convert' :4 con
offers 'create' :4 crea
offers '' :4 x
offers '--help --version' :4 -
offers 'convert' :4 help con
offers 'bash zsh fish' :4 completion ''
offers '' :4 completion bash b

it 'what takes files is completed with files'
offers '' :0 inspect ''
offers '' :0 convert --config ''
offers '' :0 convert --config=/e
offers '' :0 create --password-file ''

offers "$registries" :4 get ''
offers ghcr.io :4 get g
offers "$registries" :4 convert --registry ''
offers ghcr.io :4 convert --registry=gh
offers "$registries" :4 convert --registry ghcr.io --registry ''
offers '' :4 get ghcr.io g
offers 'asked encryptedfile pass' :4 doctor --fix --use ''
offers 'asked encryptedfile pass inline' :4 migrate --to ''
offers inline :4 migrate --from=in

offers 'yaml json config' :4 convert -o ''
offers 'yaml json config' :4 convert --output=
offers 'json' :4 convert -qo j
offers 'yaml' :4 convert -o=y
offers 'dockerconfigjson dockercfg' :4 convert --type docker
offers 'json username password' :4 get ghcr.io -o ''
offers '' :4 convert --name ''

offers '--registry' :4 convert --reg
offers '--output-file' :4 convert -o json --output
offers '--registry' :4 convert --registry ghcr.io --reg
offers '--fix --yes --use --hooks --help' :4 doctor -q -o json --config x --timeout 3 ''
offers '--password-stdin --password-file' :4 create --passw
offers '' :4 convert --unknown ''
offers '' :4 unknown ''
offers '' :0 inspect -- --im
offers '' :4 get -- -

it 'the config is the one that the line names'
printf '{"auths": {"named.example": {}}}' >other.json
offers named.example :4 get --config other.json ''
offers named.example :4 get --config=other.json ''
offers '' :4 get --config - ''
offers '' :4 get --config absent.json ''

it 'no helper was asked, and no command run'
expect 'no trace of a helper' [ ! -e helper-was-run ]
expect 'no trace of a command' [ ! -e pwned ]

it 'a broken config, an unreadable one, and none at all are no error'
cp .docker/config.json saved.json
for text in '{' '[]' '{"auths": 1}' '{"auths": {"a.io": {"auth": "hunter2"}}}'; do
  config "$text"
  run pullsecret __complete get ''
  succeeds_quietly
done
rm .docker/config.json
offers '' :4 get ''
mkdir .docker/config.json
offers '' :4 get ''
rmdir .docker/config.json
mkfifo .docker/config.json
offers '' :4 get ''
rm .docker/config.json

it 'with a thousand registries in the config, too'
jq -nc '{auths: ([range(1000) | {("r\(.).example.com"): {auth: "dTpodW50ZXIy"}}] | add)}' \
  >.docker/config.json
run pullsecret __complete get r99
succeeds_quietly
same 'the candidates' "$(grep -c example "$scratch/out")" 11

it 'a config that would take longer is not read'
jq -nc '{auths: {"large.example": {}}, other: ("x" * 2000000)}' >.docker/config.json
offers '' :4 get ''
mv saved.json .docker/config.json

# ---- The shells

export TYPED=$scratch/typed

# typed_is LINE...: what the shell's lines are.
typed_is() { same 'the lines' "$(cat "$scratch/out")" "$(printf '%s\n' "$@")"; }

# presses KEYS SHELL...: behind each line of standard input.
presses() {
  run env PATH="$folder/stores:$PATH" python3 "$e2e/press_tab.py" "$@"
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
