//! Setting all secrets of a file, all or none of them.

use std::{fmt::Write as _, ops::ControlFlow, path::Path, sync::atomic::Ordering};

use serde::Serialize;

use super::{
    Work,
    errors::Failure,
    inputs,
    progress::{self, Progress},
    session, work,
};
use crate::{
    domain::{
        Refusal, SecretValue, Zone,
        import::Row,
        properties::{ContentType, Tags, Validity},
        secret::SecretDraft,
        soft_delete::Kind,
    },
    service::NewSecret,
};

/// So many broken entries are told one by one.
const MOST_TOLD: usize = 20;

/// What came of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    secrets_set: usize,
    vault: &'a str,
}

/// Reads the file; what is left is to set what stands in it.
pub(super) fn set(vault_name: Option<String>, file: &Path) -> Result<Work, Failure> {
    let (file, rows) = inputs::import(file)?;
    let renamed = renamed(&rows);
    let new = secrets_of(rows, file);
    work(move |session, output| {
        let vault = session.vault_of(vault_name.as_deref(), None)?;
        if let Some(renamed) = renamed {
            session.warn(&renamed);
        }
        let new = new?;
        let is_interrupted = progress::listen_for_interrupt();
        let mut bar = Progress::new("Setting secrets", new.len(), session.shows_warnings);
        let done = session.service.set_secrets(&session.caller, &vault, new, |done| {
            bar.set(done);
            if is_interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        drop(bar);
        let secrets_set = done?;
        output.one(&Answer { secrets_set, vault: vault.as_str() })
    })
}

/// Turns every entry into a secret, or names every one that cannot be.
fn secrets_of(rows: Vec<Row>, file: &Path) -> Result<Vec<NewSecret>, Failure> {
    let all = rows.len();
    let mut new = Vec::with_capacity(all);
    let mut broken = Vec::new();
    for row in rows {
        let line = row.line;
        match secret_of(row) {
            Ok(secret) => new.push(secret),
            Err(reason) => broken.push((line, reason)),
        }
    }
    if broken.is_empty() {
        return Ok(new);
    }
    let mut text = format!("Nothing was set: {} of {all} entries cannot be secrets.", broken.len());
    for (line, reason) in broken.iter().take(MOST_TOLD) {
        write!(text, "\n{}:{line}: {reason}", file.display()).expect("a text takes whatever is written");
    }
    if MOST_TOLD < broken.len() {
        write!(text, "\n… and {} more.", broken.len() - MOST_TOLD).expect("a text takes whatever is written");
    }
    Err(Failure::Plain(text))
}

fn secret_of(row: Row) -> Result<NewSecret, String> {
    if let Some(problem) = row.problem {
        return Err(problem.to_string());
    }
    let made = || -> Result<NewSecret, Refusal> {
        Ok(NewSecret {
            name: session::object_name(Kind::Secret, &row.name)?,
            value: SecretValue::parse(row.value)?,
            draft: SecretDraft {
                content_type: row.content_type.as_deref().map(ContentType::parse).transpose()?.flatten(),
                tags: Tags::parse(row.tags)?,
                enabled: row.enabled,
                validity: Validity::parse(row.not_before, row.expires)?,
            },
        })
    };
    made().map_err(|refusal| format!("{}.", refusal.sentence(Zone::Utc)))
}

/// That names which a vault does not take become others, which does not happen in silence.
fn renamed(rows: &[Row]) -> Option<String> {
    let mut renamed = rows.iter().filter(|row| row.problem.is_none() && row.name != row.source_name);
    let first = renamed.next()?;
    let others = match renamed.count() {
        0 => String::new(),
        count => format!(", and {count} more alike"),
    };
    let (from, to) = (&first.source_name, &first.name);
    Some(format!("{from} becomes {to}{others}: a vault takes letters, digits and hyphens."))
}
