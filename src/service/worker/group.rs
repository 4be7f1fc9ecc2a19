//! Requests that wait behind each other share a commit: the disk is waited for once.

use std::{
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

use super::{Asked, Command, Event, Reply, Request, Work, Worker};
use crate::{
    domain::Caller,
    service::{NewSecret, Service, ServiceError},
};

/// So many requests share a commit at most.
const MOST_GROUPED: usize = 256;
/// Whoever was answered together asks again at about the same time. So long is waited for them, far shorter than a disk takes.
const GATHERING: Duration = Duration::from_millis(1);

impl Worker {
    /// Does what was asked, together with what waits behind it and can share its commit.
    pub(super) fn handle_all(&mut self, first: Asked, incoming: &Receiver<Asked>) {
        let until = Instant::now() + GATHERING;
        let mut group = Vec::new();
        let mut next = Some(first);
        let mut last = None;
        while let Some(asked) = next {
            if !asked.shares_commit() {
                last = Some(asked);
                break;
            }
            group.push(asked);
            next = match group.len() {
                MOST_GROUPED.. => None,
                // As many as last time are still to come, unless they had enough.
                count if count < self.gathered => {
                    incoming.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
                }
                _ => incoming.try_recv().ok(),
            };
        }
        self.gathered = group.len();
        self.handle_group(group);
        if let Some(asked) = last {
            self.handle(asked);
        }
    }

    fn handle_group(&mut self, mut group: Vec<Asked>) {
        if group.len() < 2 {
            for asked in group {
                self.handle(asked);
            }
            return;
        }
        group.retain(|asked| {
            let is_cancelled = self.is_cancelled(asked.id);
            if is_cancelled {
                self.send(Event::Failed(asked.id, ServiceError::Cancelled));
            }
            !is_cancelled
        });
        let ids: Vec<_> = group.iter().map(|asked| asked.id).collect();
        let answers = match &mut self.service {
            Some(service) => service.grouped(group, |service, asked| match asked.work {
                Work::Request(Request::Do(by, command)) => write_within_vault(service, &by, command),
                _ => Err(ServiceError::Closed),
            }),
            None => ids.iter().map(|_| Err(ServiceError::Closed)).collect(),
        };
        self.publish();
        for (id, answer) in ids.into_iter().zip(answers) {
            self.send(match answer {
                Ok(reply) => Event::Done(id, reply),
                Err(error) => Event::Failed(id, error),
            });
        }
    }
}

impl Asked {
    /// Whether it can wait for the commit of others: a write within a vault that reads nothing from the store.
    fn shares_commit(&self) -> bool {
        matches!(
            self.work,
            Work::Request(Request::Do(
                _,
                Command::SetSecret(..)
                    | Command::UpdateSecret(..)
                    | Command::DeleteSecret(..)
                    | Command::RecoverSecret(..)
                    | Command::PurgeSecret(..)
            ))
        )
    }
}

/// Does what can share a commit.
pub(super) fn write_within_vault(service: &mut Service, by: &Caller, command: Command) -> Result<Reply, ServiceError> {
    let done = Reply::Done;
    match command {
        Command::SetSecret(vault, name, draft, value) => {
            service.set_secret(by, &vault, NewSecret { name, value, draft }).map(|_| done)
        }
        Command::UpdateSecret(vault, name, version, patch) => {
            service.update_secret(by, &vault, &name, version, &patch).map(|_| done)
        }
        Command::DeleteSecret(vault, name) => service.delete_secret(by, &vault, &name).map(|_| done),
        Command::RecoverSecret(vault, name) => service.recover_secret(by, &vault, &name).map(|_| done),
        Command::PurgeSecret(vault, name) => service.purge_secret(by, &vault, &name).map(|()| done),
        _ => Err(ServiceError::Closed),
    }
}
