//! Reading all of the activity, a piece at a time, and writing it into a file.

use std::{
    ops::ControlFlow,
    path::Path,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use super::{Event, Reply, RequestId, Worker};
use crate::{
    domain::{Caller, history::Filter},
    service::ServiceError,
};

impl Worker {
    /// Reads a little more of the activity, so little that whoever asks for something else need not wait for it.
    pub(super) fn read_activity_on(&mut self) {
        const PIECE: usize = 4_096;
        const BETWEEN_VIEWS: Duration = Duration::from_millis(100);
        let Some(service) = &mut self.service else { return };
        let has_more = service.read_activity_on(PIECE);
        if !has_more || self.told.is_none_or(|told| BETWEEN_VIEWS <= told.elapsed()) {
            self.told = has_more.then(Instant::now);
            self.publish();
        }
    }

    pub(super) fn export_activity(
        &mut self,
        id: RequestId,
        by: &Caller,
        filter: &Filter,
        path: &Path,
    ) -> Result<Reply, ServiceError> {
        let Self { service, events, wake, cancelled, .. } = self;
        let service = service.as_mut().ok_or(ServiceError::Closed)?;
        let mut told_percent = 0;
        let watch = |part: f32| {
            let percent = (part * 100.0) as u32;
            if percent != told_percent {
                told_percent = percent;
                drop(events.send(Event::Progress(id, part)));
                wake();
            }
            let is_cancelled = cancelled.load(Ordering::Relaxed) >= id.0;
            if is_cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        service.export_activity(by, filter, path, watch).map(Reply::Exported)
    }
}
