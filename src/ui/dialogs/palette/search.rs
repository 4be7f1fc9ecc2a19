//! What the palette finds: commands, vaults and secrets, scored by how well they match what was typed.

use std::{cmp::Reverse, sync::Arc};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

use crate::{
    domain::{Secret, Shelf, Vault},
    ui::command::UiCommand,
};

/// Something that can be chosen.
#[derive(Clone)]
pub(super) enum Entry {
    /// A command of the window.
    Command(UiCommand),
    /// Go to a vault.
    Vault(Arc<Vault>),
    /// Go to a secret of a vault.
    Secret(Arc<Vault>, Arc<Secret>),
}

/// A command, and why it cannot be run now.
pub(super) struct Offer {
    /// The command.
    pub(super) command: UiCommand,
    /// The reason; `None`: it can be run.
    pub(super) why_not: Option<String>,
}

/// The best matches of a text. What is typed on only narrows, so only what matched before is scored again.
pub(super) struct Search {
    matcher: Matcher,
    pattern: Pattern,
    typed: String,
    vaults: Option<Shelf<Vault>>,
    /// Of every live secret: which vault, and the secret.
    secrets: Vec<(u32, Arc<Secret>)>,
    by_place: Vec<Arc<Vault>>,
    /// Secrets that match, by their place in `secrets`; `None` before anything was typed.
    matching: Option<Vec<u32>>,
    best: Vec<Entry>,
    found: usize,
    scored: usize,
}

/// More than these are not shown: who wants another one types on.
pub(super) const MOST_SHOWN: usize = 200;

impl Search {
    /// A search that has found nothing yet.
    pub(super) fn new() -> Self {
        Self {
            matcher: Matcher::new(Config::DEFAULT),
            pattern: pattern(""),
            typed: String::new(),
            vaults: None,
            secrets: Vec::new(),
            by_place: Vec::new(),
            matching: None,
            best: Vec::new(),
            found: 0,
            scored: 0,
        }
    }

    /// The best matches of `typed` among `commands` and what lives in `vaults`; made anew only when something changed.
    pub(super) fn best(&mut self, typed: &str, commands: &[Offer], vaults: &Shelf<Vault>) -> &[Entry] {
        let has_changed = !self.vaults.as_ref().is_some_and(|known| known.is_same(vaults));
        if has_changed {
            self.learn(vaults);
        }
        if has_changed || typed != self.typed {
            let pattern = pattern(typed);
            // A second word lets the first one be the vault's.
            if !typed.starts_with(&self.typed) || pattern.atoms.len() != self.pattern.atoms.len() {
                self.matching = None;
            }
            typed.clone_into(&mut self.typed);
            self.pattern = pattern;
            self.score(commands);
        }
        &self.best
    }

    /// How many match, shown or not.
    pub(super) fn found(&self) -> usize {
        self.found
    }

    /// Which characters of `text` matched, in order.
    pub(super) fn matched(&mut self, text: &str) -> Vec<u32> {
        let (mut characters, mut matched) = (Vec::new(), Vec::new());
        for atom in &self.pattern.atoms {
            // A word that is the vault's leaves no mark on the secret's name.
            drop(atom.indices(Utf32Str::new(text, &mut characters), &mut self.matcher, &mut matched));
        }
        matched.sort_unstable();
        matched.dedup();
        matched
    }

    fn learn(&mut self, vaults: &Shelf<Vault>) {
        self.vaults = Some(vaults.clone());
        self.by_place = vaults.live().cloned().collect();
        self.secrets.clear();
        for (place, vault) in (0..).zip(&self.by_place) {
            self.secrets.extend(vault.secrets.live().map(|secret| (place, Arc::clone(secret))));
        }
        self.matching = None;
    }

    fn score(&mut self, commands: &[Offer]) {
        let mut ranked: Vec<(u32, Entry)> = Vec::new();
        let mut characters = Vec::new();
        for Offer { command, why_not } in commands {
            let text = command.text().trim_end_matches('…');
            if let Some(score) = self.pattern.score(Utf32Str::new(text, &mut characters), &mut self.matcher) {
                // Enter runs what comes first: that should be something that can be run.
                let score = if why_not.is_none() { score } else { score / 2 };
                ranked.push((score, Entry::Command(*command)));
            }
        }
        for vault in &self.by_place {
            if let Some(score) = self.pattern.score(ascii(vault.name().as_str()), &mut self.matcher) {
                ranked.push((score, Entry::Vault(Arc::clone(vault))));
            }
        }
        self.found = ranked.len();
        self.scored = ranked.len();
        if self.pattern.atoms.is_empty() {
            // Nothing was typed: whoever looks for a secret begins with its name.
            self.matching = None;
            self.best = ranked.into_iter().map(|(_, entry)| entry).collect();
            return;
        }
        let mut secrets = self.score_secrets();
        self.found += secrets.len();
        if secrets.len() > MOST_SHOWN {
            secrets.select_nth_unstable_by_key(MOST_SHOWN, |(score, place)| (Reverse(*score), *place));
            secrets.truncate(MOST_SHOWN);
        }
        ranked.extend(secrets.into_iter().map(|(score, place)| {
            let (vault, secret) = &self.secrets[place as usize];
            (score, Entry::Secret(Arc::clone(&self.by_place[*vault as usize]), Arc::clone(secret)))
        }));
        ranked.sort_by_key(|(score, entry)| (Reverse(*score), entry.rank(), entry.length()));
        ranked.truncate(MOST_SHOWN);
        self.best = ranked.into_iter().map(|(_, entry)| entry).collect();
    }

    /// The secrets whose name matches, word by word; a word may be the vault's instead.
    fn score_secrets(&mut self) -> Vec<(u32, u32)> {
        let Self { matcher, pattern, secrets, by_place, matching, .. } = self;
        let of_vaults: Vec<Vec<Option<u16>>> = by_place
            .iter()
            .map(|vault| pattern.atoms.iter().map(|atom| atom.score(ascii(vault.name().as_str()), matcher)).collect())
            .collect();
        let is_one_word = pattern.atoms.len() == 1;
        let mut score = |place: u32| {
            let (vault, secret) = &secrets[place as usize];
            let name = ascii(secret.name().as_str());
            let mut sum = 0;
            for (word, atom) in pattern.atoms.iter().enumerate() {
                // One word alone finds secrets by their own names: the vault stands in the list itself.
                let of_vault = if is_one_word { None } else { of_vaults[*vault as usize][word] };
                sum += u32::from(atom.score(name, matcher).max(of_vault)?);
            }
            Some((sum, place))
        };
        let scored: Vec<_> = match matching.take() {
            Some(places) => {
                self.scored += places.len();
                places.into_iter().filter_map(&mut score).collect()
            }
            None => {
                self.scored += secrets.len();
                (0..secrets.len() as u32).filter_map(&mut score).collect()
            }
        };
        *matching = Some(scored.iter().map(|(_, place)| *place).collect());
        scored
    }
}

impl Entry {
    /// Equal scores: commands before vaults before secrets.
    fn rank(&self) -> u8 {
        match self {
            Self::Command(_) => 0,
            Self::Vault(_) => 1,
            Self::Secret(..) => 2,
        }
    }

    /// Equal scores of one kind: what is shorter was meant more exactly.
    fn length(&self) -> usize {
        match self {
            Self::Command(command) => command.text().len(),
            Self::Vault(vault) => vault.name().as_str().len(),
            Self::Secret(_, secret) => secret.name().as_str().len(),
        }
    }
}

/// Every word for itself, in any case.
fn pattern(typed: &str) -> Pattern {
    Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy)
}

/// Names are ASCII by their rules.
fn ascii(name: &str) -> Utf32Str<'_> {
    Utf32Str::Ascii(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ObjectName, RegionName, RetentionDays, SecretVersion, Sku, Timestamp, VaultHead, VaultName, VersionId,
        properties::Tags, secret::SecretDraft, vault::VaultDraft,
    };

    fn vaults(all: &[(&str, &[&str])]) -> Shelf<Vault> {
        let mut vaults = Shelf::default();
        for (name, secrets) in all {
            let draft = VaultDraft {
                name: VaultName::parse(name).unwrap(),
                location: RegionName::parse("westeurope").unwrap(),
                sku: Sku::Standard,
                retention: RetentionDays::MOST,
                purge_protection: None,
                tags: Tags::default(),
            };
            let mut vault = Vault::new(VaultHead::new(draft, "Developer", Timestamp::from_secs(0)).unwrap());
            for name in *secrets {
                let version =
                    SecretVersion::new(VersionId::from_bytes([0; 16]), SecretDraft::default(), Timestamp::from_secs(0));
                vault.secrets.put(Arc::new(Secret::new(ObjectName::parse(name).unwrap(), version)));
            }
            vaults.put(Arc::new(vault));
        }
        vaults
    }

    fn names(entries: &[Entry]) -> Vec<String> {
        let name = |entry: &Entry| match entry {
            Entry::Command(command) => command.text().to_owned(),
            Entry::Vault(vault) => vault.name().to_string(),
            Entry::Secret(vault, secret) => format!("{}/{}", vault.name(), secret.name()),
        };
        entries.iter().map(name).collect()
    }

    #[test]
    fn letters_that_follow_each_other_find_commands_vaults_and_secrets() {
        let vaults = vaults(&[("prod", &["db-password", "redis-url"]), ("staging", &["db-password"])]);
        let mut search = Search::new();
        let commands = [UiCommand::Lock, UiCommand::NewVault].map(|command| Offer { command, why_not: None });
        assert_eq!(names(search.best("", &commands, &vaults)), ["Lock", "New vault…", "prod", "staging"]);
        assert_eq!(names(search.best("nwv", &commands, &vaults)), ["New vault…"]);
        assert_eq!(names(search.best("DBPW", &commands, &vaults)), ["prod/db-password", "staging/db-password"]);
        assert_eq!(search.matched("db-password"), [0, 1, 3, 7]);
        assert_eq!(names(search.best("stag db", &commands, &vaults)), ["staging/db-password"]);
    }

    #[test]
    fn what_can_be_run_comes_before_what_cannot() {
        let delete = Offer { command: UiCommand::Delete, why_not: Some("Select a secret first".into()) };
        let delete_vault = Offer { command: UiCommand::DeleteVault, why_not: None };
        let found = names(Search::new().best("delete", &[delete, delete_vault], &vaults(&[])));
        assert_eq!(found, ["Delete vault…", "Delete"]);
    }

    #[test]
    fn what_is_typed_on_scores_only_what_matched_before() {
        let many: Vec<String> = (0..2_000).map(|number| format!("secret-{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let vaults = vaults(&[("prod", &many)]);
        let mut search = Search::new();
        search.best("19", &[], &vaults);
        let (found, scored) = (search.found(), search.scored);
        assert!(scored >= 2_000 && found < 300, "{found} of {scored}");
        search.best("199", &[], &vaults);
        assert!(search.scored <= found + 1, "{} of {found}", search.scored);
        assert_eq!(names(&search.best("1999", &[], &vaults)[..1]), ["prod/secret-1999"]);
        // Another text begins anew.
        assert_eq!(names(search.best("secret-7", &[], &vaults)).len(), MOST_SHOWN);
        search.best("ecret-77", &[], &vaults);
        assert!(search.scored >= 2_000);
    }

    #[test]
    fn a_secret_that_is_set_while_the_palette_is_open_is_found() {
        let mut search = Search::new();
        assert!(search.best("new", &[], &vaults(&[("prod", &[])])).is_empty());
        assert_eq!(names(search.best("new", &[], &vaults(&[("prod", &["new-one"])]))), ["prod/new-one"]);
    }
}
