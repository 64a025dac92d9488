//! Bash, which breaks words at `=` and `:` where the command does not: `--driver csi=up` are three words to it.
//!
//! The script puts together what stands together on the line, asks for the whole word, and gives bash the part of each answer that
//! bash thinks is the word.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

/// Bash's script, with clap's answers.
pub struct Bash;

/// Works with bash 3.2, which macOS has.
const SCRIPT: &str = r#"_NAME() {
    local line="${COMP_LINE:0:COMP_POINT}" words=() last=-1 part blanks i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blanks="${line%%[![:blank:]]*}"
        line="${line#"$blanks"}"
        part="${COMP_WORDS[i]}"
        # The cursor may stand within a word.
        [[ "${line:0:${#part}}" == "$part" ]] || part="$line"
        line="${line:${#part}}"
        if [[ $i -eq 0 || -n "$blanks" ]]; then
            words[++last]="$part"
        else
            words[last]+="$part"
        fi
    done
    local before="${words[last]%"$2"}" answer
    COMPREPLY=()
    while IFS= read -r answer; do
        COMPREPLY+=("${answer#"$before"}")
    done < <(_CLAP_IFS=$'\n' _CLAP_COMPLETE_INDEX="$last" VARIABLE=bash PROGRAM -- "${words[@]}" 2>/dev/null; echo)
    # What `echo` ends is the last answer; without any it is an empty one.
    [[ ${#COMPREPLY[@]} -gt 0 && -z "${COMPREPLY[${#COMPREPLY[@]} - 1]}" ]] && unset "COMPREPLY[${#COMPREPLY[@]} - 1]"
    # Nothing follows a folder or a name without its value yet.
    [[ ${#COMPREPLY[@]} -eq 1 && ! "${COMPREPLY[0]}" =~ [=/]$ ]] && compopt +o nospace 2>/dev/null
    return 0
}
complete -o nospace -o bashdefault -o nosort -F _NAME NAME 2>/dev/null || complete -o nospace -o bashdefault -F _NAME NAME
"#;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        env::Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Bash.is(name)
    }

    fn write_registration(&self, variable: &str, name: &str, _bin: &str, program: &str, out: &mut dyn Write) -> Result<(), Error> {
        let program = format!("'{}'", program.replace('\'', r"'\''"));
        out.write_all(SCRIPT.replace("NAME", name).replace("VARIABLE", variable).replace("PROGRAM", &program).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        arguments: Vec<OsString>,
        here: Option<&Path>,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        env::Bash.write_complete(command, arguments, here, out)
    }
}
