//! The rows of an import: what is ticked, under which names, and what speaks against it.

use std::collections::HashMap;

use crate::{
    domain::{
        ObjectName, Refusal, Secret, SecretValue, Shelf, Vault, Zone,
        import::{Row, RowNote},
        properties::{ContentType, Tags, Validity},
        secret::SecretDraft,
    },
    service::NewSecret,
};

/// The rows of a file as they will be imported.
pub(super) struct ImportRows {
    rows: Vec<Line>,
    /// What the names were compared with; `None`: they have to be compared anew.
    compared_with: Option<Shelf<Secret>>,
}

/// One entry of the file.
pub(super) struct Line {
    /// Its line in the file.
    pub(super) number: usize,
    /// Its name in the file.
    pub(super) source_name: String,
    /// The name the secret gets.
    pub(super) name: String,
    /// Whether it is imported.
    pub(super) is_ticked: bool,
    /// How it stands.
    pub(super) standing: Standing,
    note: Option<RowNote>,
    broken: Option<String>,
    value: Option<SecretValue>,
    draft: SecretDraft,
}

/// How an entry stands against the vault and the other entries.
pub(super) enum Standing {
    /// It becomes a new secret.
    New,
    /// It becomes one more version of a secret that is there.
    NewVersion,
    /// Its name has to be another.
    BadName(String),
    /// It cannot be imported at all.
    Broken(String),
}

impl Line {
    fn new(row: Row, zone: Zone) -> Self {
        let Row { line, source_name, name, value, content_type, tags, enabled, not_before, expires, problem, note } =
            row;
        let refused = |refusal: Refusal| refusal.sentence(zone);
        let mut broken = problem.map(|problem| problem.to_string());
        let value = SecretValue::parse(value).map_err(refused);
        let draft = ContentType::parse(content_type.as_deref().unwrap_or_default())
            .and_then(|content_type| {
                let validity = Validity::parse(not_before, expires)?;
                Ok(SecretDraft { content_type, tags: Tags::parse(tags)?, enabled, validity })
            })
            .map_err(refused);
        let wrong = [value.as_ref().err(), draft.as_ref().err()].into_iter().flatten().next().cloned();
        broken = broken.or(wrong);
        Self {
            number: line,
            source_name,
            name,
            is_ticked: broken.is_none(),
            standing: Standing::New,
            note,
            broken,
            value: value.ok(),
            draft: draft.unwrap_or_default(),
        }
    }

    /// Whether it can be ticked.
    pub(super) fn is_whole(&self) -> bool {
        self.broken.is_none()
    }

    /// What is worth knowing about it.
    pub(super) fn note(&self) -> Option<String> {
        self.note.map(|note| note.to_string())
    }
}

impl ImportRows {
    /// The rows of a file; all that are whole are ticked.
    pub(super) fn new(rows: Vec<Row>, zone: Zone) -> Self {
        Self { rows: rows.into_iter().map(|row| Line::new(row, zone)).collect(), compared_with: None }
    }

    /// All of them.
    pub(super) fn lines(&self) -> &[Line] {
        &self.rows
    }

    /// One of them, to be changed.
    pub(super) fn line_mut(&mut self, index: usize) -> &mut Line {
        self.compared_with = None;
        &mut self.rows[index]
    }

    /// Ticks all that are whole, or none.
    pub(super) fn tick_all(&mut self, is_ticked: bool) {
        self.compared_with = None;
        for line in &mut self.rows {
            line.is_ticked = is_ticked && line.is_whole();
        }
    }

    /// Compares names with the vault's and with each other, if something changed since the last time.
    pub(super) fn compare(&mut self, vault: &Vault, zone: Zone) {
        if self.compared_with.as_ref().is_some_and(|shelf| shelf.is_same(&vault.secrets)) {
            return;
        }
        let mut taken: HashMap<String, usize> = HashMap::new();
        for line in &mut self.rows {
            line.standing = match (&line.broken, ObjectName::parse(&line.name)) {
                (Some(broken), _) => Standing::Broken(broken.clone()),
                (None, Err(problem)) => Standing::BadName(problem.to_string()),
                (None, Ok(name)) => match vault.admit_name(&name) {
                    Err(refusal) => Standing::BadName(refusal.sentence(zone)),
                    Ok(()) if vault.secrets.get(&name).is_some() => Standing::NewVersion,
                    Ok(()) => Standing::New,
                },
            };
            if line.is_ticked {
                let first = *taken.entry(line.name.to_ascii_lowercase()).or_insert(line.number);
                if first != line.number {
                    line.standing = Standing::BadName(format!("Line {first} has this name already"));
                }
            }
        }
        self.compared_with = Some(vault.secrets.clone());
    }

    /// How many are ticked.
    pub(super) fn ticked(&self) -> usize {
        self.rows.iter().filter(|line| line.is_ticked).count()
    }

    /// The first ticked line whose name has to be another, and why.
    pub(super) fn first_conflict(&self) -> Option<(usize, &str)> {
        self.rows.iter().filter(|line| line.is_ticked).find_map(|line| match &line.standing {
            Standing::BadName(why) | Standing::Broken(why) => Some((line.number, why.as_str())),
            Standing::New | Standing::NewVersion => None,
        })
    }

    /// What is sent. The rows stay, for another try.
    pub(super) fn to_send(&self) -> Vec<NewSecret> {
        let ticked = self.rows.iter().filter(|line| line.is_ticked);
        let new = ticked.filter_map(|line| {
            let (name, value) = (ObjectName::parse(&line.name).ok()?, line.value.as_ref()?.duplicate());
            Some(NewSecret { name, value, draft: line.draft.clone() })
        });
        new.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Now, RegionName, RetentionDays, Sku, Timestamp, VaultHead, VaultName, VersionId, import, vault::VaultDraft,
    };

    fn vault() -> Vault {
        let draft = VaultDraft {
            name: VaultName::parse("contoso").unwrap(),
            location: RegionName::parse("westeurope").unwrap(),
            sku: Sku::Standard,
            retention: RetentionDays::MOST,
            purge_protection: None,
            tags: Tags::default(),
            access: crate::domain::AccessModel::Policies,
        };
        let now = Timestamp::from_secs(1_795_183_320);
        let mut vault = Vault::new(VaultHead::new(draft, "Developer", now).unwrap());
        for name in ["live", "gone"] {
            let name = ObjectName::parse(name).unwrap();
            let id = VersionId::from_bytes([name.as_str().len() as u8; 16]);
            let secret = vault.set_secret(&name, SecretDraft::default(), id, now).unwrap();
            vault.secrets.put(secret.into());
        }
        let (secret, deletion) =
            vault.delete_secret(&ObjectName::parse("gone").unwrap(), "Developer", Now::by_clock(now)).unwrap();
        vault.secrets.put_deleted(secret, deletion);
        vault
    }

    fn rows(text: &str) -> ImportRows {
        let mut rows = ImportRows::new(import::read(".env", text.as_bytes()).unwrap(), Zone::Utc);
        rows.compare(&vault(), Zone::Utc);
        rows
    }

    #[test]
    fn names_that_are_live_become_versions_and_names_that_are_held_say_until_when() {
        // S16
        let rows = rows("NEW=1\nlive=2\ngone=3\n");
        let [new, live, gone] = rows.lines() else { panic!("there are three lines") };
        assert!(matches!(new.standing, Standing::New));
        assert!(matches!(live.standing, Standing::NewVersion));
        let Standing::BadName(why) = &gone.standing else { panic!("the name is held") };
        assert_eq!(why, "A deleted secret holds this name until 18 Feb 2027");
        assert_eq!(rows.first_conflict().unwrap().0, 3);
    }

    #[test]
    fn two_ticked_lines_cannot_have_one_name() {
        let mut rows = rows("a=1\nb=2\n");
        rows.line_mut(1).name = "A".into();
        rows.compare(&vault(), Zone::Utc);
        assert_eq!(rows.first_conflict(), Some((2, "Line 1 has this name already")));
        rows.line_mut(0).is_ticked = false;
        rows.compare(&vault(), Zone::Utc);
        assert_eq!(rows.first_conflict(), None);
        assert_eq!(rows.to_send().len(), 1);
    }

    #[test]
    fn a_value_that_is_too_long_is_told_and_not_ticked() {
        // T5
        let rows = rows(&format!("big={}\nsmall=1\n", "x".repeat(25_601)));
        let Standing::Broken(why) = &rows.lines()[0].standing else { panic!("it is too long") };
        assert_eq!(why, "A value has at most 25,600 bytes; this one has 25,601");
        assert_eq!((rows.lines()[0].is_ticked, rows.ticked()), (false, 1));
    }
}
