/**
 * What `tsbgp completions SHELL` prints. Each script passes the words typed so far to `tsbgp __complete` unchanged. None of them evaluates what
 * was typed.
 */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const COMPLETE_COMMAND = '__complete';

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# tsbgp completions for bash. For this shell:      source <(tsbgp completions bash)
#                           for every new one:   tsbgp completions bash > ~/.local/share/bash-completion/completions/tsbgp
_tsbgp() {
  local line=\${COMP_LINE:0:COMP_POINT} words cur before candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  cur=\${words[\${#words[@]}-1]}
  # bash takes : and = for borders of words, we do not (IPv6 addresses, --option=value): leave out what stands before the border.
  before=\${cur%"\${cur##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("\${candidate#"$before"}")
  done < <(tsbgp ${COMPLETE_COMMAND} -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _tsbgp tsbgp
`,
  zsh: `#compdef tsbgp
# tsbgp completions for zsh. For this shell:      source <(tsbgp completions zsh)
#                          for every new one:   tsbgp completions zsh > a folder of $fpath, as _tsbgp
_tsbgp() {
  local -a candidates shown
  local candidate about
  while IFS=$'\\t' read -r candidate about; do
    candidates+=("$candidate")
    shown+=("$candidate\${about:+  -- $about}")
  done < <(tsbgp ${COMPLETE_COMMAND} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  compadd -l -d shown -a candidates
}
if [[ $funcstack[1] == _tsbgp ]]; then
  _tsbgp "$@"
else
  compdef _tsbgp tsbgp
fi
`,
  fish: `# tsbgp completions for fish. For this shell:      tsbgp completions fish | source
#                           for every new one:   tsbgp completions fish > ~/.config/fish/completions/tsbgp.fish
function __tsbgp_complete
  set -l words (commandline -opc) (commandline -ct)
  tsbgp ${COMPLETE_COMMAND} -- $words[2..-1] 2>/dev/null
end
complete -c tsbgp -f -a '(__tsbgp_complete)'
`,
};
