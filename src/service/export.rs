//! Writing a range of the activity into a file of the person's, in the shape of Key Vault's own log.

use std::{
    io::{self, Write},
    ops::ControlFlow,
    path::Path,
};

use super::{Service, ServiceError, files};
use crate::domain::{
    Caller, Operation, Target,
    audit_event::AuditEvent,
    history::{Filter, History, Search},
};

/// So many records are written between two looks at whether somebody cancelled.
const PIECE: usize = 1_024;

impl Service {
    /// Writes what a filter admits as JSON lines, oldest first, whole or not at all, for its owner's eyes only. How many
    /// records. `watch` hears which part is done and may break it off.
    pub fn export_activity(
        &mut self,
        caller: &Caller,
        filter: &Filter,
        path: &Path,
        mut watch: impl FnMut(f32) -> ControlFlow<()>,
    ) -> Result<usize, ServiceError> {
        let history = self.activity_to_export(caller)?;
        let subscription = self.profile.subscription.clone();
        let mut written = 0;
        files::write_whole_by(path, "Writing the activity", |file| {
            let mut out = io::BufWriter::new(file);
            written = write_events(&history, filter, &subscription, &mut out, &mut watch)?;
            out.flush()
        })
        .map_err(|error| match error {
            ServiceError::File { source, .. } if source.kind() == io::ErrorKind::Interrupted => ServiceError::Cancelled,
            error => error,
        })?;
        Ok(written)
    }

    /// The same, to where answers go.
    pub fn print_activity(
        &mut self,
        caller: &Caller,
        filter: &Filter,
        out: &mut dyn Write,
    ) -> Result<usize, ServiceError> {
        let history = self.activity_to_export(caller)?;
        let mut out = io::BufWriter::new(out);
        let mut all =
            || write_events(&history, filter, &self.profile.subscription, &mut out, &mut |_| ControlFlow::Continue(()));
        let written = all().and_then(|written| out.flush().map(|()| written));
        written.map_err(|source| ServiceError::File { doing: "Writing the activity", source })
    }

    /// Recorded before anything is written: an export that fails half way was one (T11).
    fn activity_to_export(&mut self, caller: &Caller) -> Result<History, ServiceError> {
        self.read(caller, Operation::ActivityExport, &Target::Subscription, |service, _| Ok(service.history()))
    }
}

/// One event a line, oldest first; how many. Interrupted where the watcher broke it off.
fn write_events(
    history: &History,
    filter: &Filter,
    subscription: &str,
    out: &mut impl Write,
    watch: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> io::Result<usize> {
    let mut search = Search::new(filter.clone(), i64::MAX);
    while !search.look(history, usize::MAX) {}
    let all = search.len();
    let mut written = 0;
    for asked in search.oldest_first().filter_map(|id| history.get(id)) {
        serde_json::to_writer(&mut *out, &AuditEvent::of(&asked, subscription))?;
        out.write_all(b"\n")?;
        written += 1;
        if written % PIECE == 0 && watch(written as f32 / all as f32).is_break() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    Ok(written)
}
