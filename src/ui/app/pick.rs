//! The desktop's own file dialogs, on a thread of their own.

use std::{sync::mpsc::Sender, thread};

use egui::Context;

use crate::ui::{
    action::{Pick, Picked},
    file_dialog,
};

/// Shows the dialog; the path, or none, arrives at `picked` and the window is woken.
pub(super) fn pick(ctx: &Context, pick: Pick, picked: Sender<Picked>) -> std::io::Result<()> {
    let ctx = ctx.clone();
    let show = move || {
        // Where no dialog opens a path can be typed.
        let path = file_dialog::show(pick).unwrap_or_default();
        // Nobody waits any more when the window is gone.
        drop(picked.send(path));
        ctx.request_repaint();
    };
    thread::Builder::new().name("tresor-file-dialog".into()).spawn(show).map(drop)
}
