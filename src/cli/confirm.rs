//! Asking before something is done that cannot be undone.

use std::io::{self, BufRead as _, IsTerminal as _};

use super::{errors::Failure, terminal};

/// Asks for a yes on the terminal. Without one nothing is done, and where there is nobody to ask `--yes` is named.
pub(super) fn confirm(question: &str) -> Result<(), Failure> {
    // Where something is piped in nobody looks at the terminal.
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "This asks before it acts, and there is no terminal to ask on. --yes says yes beforehand.".into(),
        ));
    }
    terminal::ask(&format!("{question} (y/n): "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| Failure::Plain(format!("No answer came: {error}")))?;
    let is_yes = ["y", "yes"].iter().any(|yes| answer.trim().eq_ignore_ascii_case(yes));
    if is_yes { Ok(()) } else { Err(Failure::Plain("Nothing was changed.".into())) }
}
