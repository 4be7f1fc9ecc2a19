//! Completions for shells, made from what can be typed.

use std::io::{self, Write as _};

use clap_complete::Shell as Completed;

use super::{
    args::{Arguments, Shell},
    errors::Failure,
};

/// Prints the completions for a shell.
pub(super) fn print(shell: Shell) -> Result<(), Failure> {
    let completed = match shell {
        Shell::Bash => Completed::Bash,
        Shell::Elvish => Completed::Elvish,
        Shell::Fish => Completed::Fish,
        Shell::Powershell => Completed::PowerShell,
        Shell::Zsh => Completed::Zsh,
    };
    let mut definition = Arguments::definition();
    let mut script = Vec::new();
    clap_complete::generate(completed, &mut definition, "tresor", &mut script);
    if let Shell::Fish = shell {
        complete_the_third_word(&definition, &mut script)?;
    }
    Ok(io::stdout().lock().write_all(&script)?)
}

/// For fish the library stops at the second word, and `tresor keyvault secret set` has three.
fn complete_the_third_word(definition: &clap::Command, script: &mut Vec<u8>) -> io::Result<()> {
    for first in definition.get_subcommands() {
        for second in first.get_subcommands() {
            for third in second.get_subcommands() {
                let [first, second, third_name] = [first, second, third].map(clap::Command::get_name);
                let typed = format!(
                    "__fish_tresor_using_subcommand {first}; and __fish_seen_subcommand_from {second}; and \
                     __fish_seen_subcommand_from {third_name}"
                );
                for option in third.get_arguments().filter(|option| !option.is_positional() && !option.is_hide_set()) {
                    write!(script, "complete -c tresor -n \"{typed}\"")?;
                    for short in option.get_short_and_visible_aliases().unwrap_or_default() {
                        write!(script, " -s {short}")?;
                    }
                    for long in option.get_long_and_visible_aliases().unwrap_or_default() {
                        write!(script, " -l {long}")?;
                    }
                    let help = option.get_help().map(ToString::to_string).unwrap_or_default();
                    write!(script, " -d '{}'", help.replace('\\', "\\\\").replace('\'', "\\'"))?;
                    let values: Vec<String> =
                        option.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
                    match (option.get_action().takes_values(), values.is_empty()) {
                        (true, false) => writeln!(script, " -r -f -a \"{}\"", values.join(" "))?,
                        (true, true) => writeln!(script, " -r")?,
                        (false, _) => writeln!(script)?,
                    }
                }
            }
        }
    }
    Ok(())
}
