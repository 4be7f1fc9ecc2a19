//! The desktop's own file dialogs.
//!
//! On Linux they are asked for by a process of their own. The desktop's portal looks into whoever asks it, and nobody may look into the
//! process that holds secrets (`hardening`); this one never holds any.

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use rfd::AsyncFileDialog;
use serde::{Deserialize, Serialize};

use super::action::Pick;
use crate::disk;

/// The first argument of the process that shows a dialog.
const ARGUMENT: &str = "--file-dialog";

/// What is asked for, in words that can be handed to another process.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Dialog {
    title: String,
    picks: Picks,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Picks {
    File(Option<(String, Vec<String>)>),
    SaveAs(String),
    Folder,
}

/// Shows a dialog when this process was started for that; what to end with then.
pub fn serve(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let asked = arguments.next().and_then(|text| serde_json::from_str::<Dialog>(text.to_str()?).ok());
    let told = asked.map(|dialog| tell(dialog.show()));
    Some(if matches!(told, Some(Ok(()))) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows the dialog and waits; the path, or none where the person cancelled or the desktop has no dialogs.
pub(super) fn show(pick: Pick) -> io::Result<Option<PathBuf>> {
    let dialog = Dialog::of(pick);
    if cfg!(target_os = "linux") { dialog.ask() } else { Ok(dialog.show()) }
}

impl Dialog {
    fn of(pick: Pick) -> Self {
        let (title, picks) = match pick {
            Pick::File { title, filter } => {
                let owned = |(name, endings): (&str, &[&str])| {
                    (name.to_owned(), endings.iter().map(|ending| (*ending).to_owned()).collect())
                };
                (title, Picks::File(filter.map(owned)))
            }
            Pick::SaveAs { title, name } => (title, Picks::SaveAs(name)),
            Pick::Folder { title } => (title, Picks::Folder),
        };
        Self { title: title.to_owned(), picks }
    }

    fn show(self) -> Option<PathBuf> {
        pollster::block_on(async {
            let dialog = AsyncFileDialog::new().set_title(self.title);
            let file = match self.picks {
                Picks::File(None) => dialog.pick_file().await,
                Picks::File(Some((name, endings))) => {
                    dialog.add_filter(name, &endings).add_filter("All files", &["*"]).pick_file().await
                }
                Picks::SaveAs(name) => dialog.set_file_name(name).save_file().await,
                Picks::Folder => dialog.pick_folder().await,
            };
            file.map(|file| file.path().to_owned())
        })
    }

    /// Has another process show it.
    fn ask(&self) -> io::Result<Option<PathBuf>> {
        let mut other = disk::command(std::env::current_exe()?);
        let told = other.arg(ARGUMENT).arg(serde_json::to_string(self)?).output()?;
        Ok((!told.stdout.is_empty()).then(|| path_of(told.stdout)))
    }
}

/// Hands a path back byte by byte: not every path is text.
fn tell(path: Option<PathBuf>) -> io::Result<()> {
    use io::Write as _;
    let Some(path) = path else { return Ok(()) };
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStringExt::into_vec(path.into_os_string());
    #[cfg(not(unix))]
    let bytes = path.to_string_lossy().into_owned().into_bytes();
    io::stdout().lock().write_all(&bytes)
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    #[cfg(unix)]
    let path: OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    #[cfg(not(unix))]
    let path = OsString::from(String::from_utf8_lossy(&bytes).into_owned());
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_handed_to_another_process_whole_and_nothing_else_is_taken_for_one() {
        let filter = Some(("Keys", &["pem", "key"][..]));
        let asked = Dialog::of(Pick::File { title: "A \"key\"", filter });
        let handed = serde_json::from_str(&serde_json::to_string(&asked).unwrap()).unwrap();
        assert_eq!(asked, handed);
        for line in ["tresor", "tresor --demo", "tresor keyvault list --file-dialog"] {
            assert_eq!(serve(line.split(' ').map(OsString::from)), None, "{line}");
        }
    }
}
