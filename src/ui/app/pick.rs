//! The desktop's own file dialogs, on a thread of their own.

use std::{sync::mpsc::Sender, thread};

use egui::Context;
use rfd::AsyncFileDialog;

use crate::ui::action::{Pick, Picked};

/// Shows the dialog; the path, or none, arrives at `picked` and the window is woken.
pub(super) fn pick(ctx: &Context, pick: Pick, picked: Sender<Picked>) -> std::io::Result<()> {
    let ctx = ctx.clone();
    let show = move || {
        let path = pollster::block_on(async {
            let dialog = AsyncFileDialog::new();
            let file = match pick {
                Pick::File { title, filter } => {
                    let dialog = dialog.set_title(title);
                    let dialog = match filter {
                        Some((name, endings)) => dialog.add_filter(name, endings).add_filter("All files", &["*"]),
                        None => dialog,
                    };
                    dialog.pick_file().await
                }
                Pick::SaveAs { title, name } => dialog.set_title(title).set_file_name(name).save_file().await,
                Pick::Folder { title } => dialog.set_title(title).pick_folder().await,
            };
            file.map(|file| file.path().to_owned())
        });
        // Nobody waits any more when the window is gone.
        drop(picked.send(path));
        ctx.request_repaint();
    };
    thread::Builder::new().name("tresor-file-dialog".into()).spawn(show).map(drop)
}
