//! What the palette finds: commands, vaults, secrets and keys, scored by how well they match what was typed.

use std::{borrow::Cow, cmp::Reverse, ops::Range, sync::Arc};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{Atom, AtomKind, CaseMatching, Normalization, Pattern},
};

use crate::{
    domain::{Key, Secret, Shelf, Vault},
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
    /// Go to a key of a vault.
    Key(Arc<Vault>, Arc<Key>),
}

/// Something that a vault holds.
#[derive(Clone)]
enum Item {
    Secret(Arc<Secret>),
    Key(Arc<Key>),
}

impl Item {
    fn name(&self) -> &str {
        match self {
            Self::Secret(secret) => secret.name().as_str(),
            Self::Key(key) => key.name().as_str(),
        }
    }
}

/// What whoever acts may see of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// That it is there.
    pub(super) vault: bool,
    /// Its secrets.
    pub(super) secrets: bool,
    /// Its keys.
    pub(super) keys: bool,
}

/// A command, and why it cannot be run now.
pub(super) struct Offer {
    /// The command.
    pub(super) command: UiCommand,
    /// As it reads here and now.
    pub(super) text: Cow<'static, str>,
    /// The reason; `None`: it can be run.
    pub(super) why_not: Option<String>,
}

/// The best matches of a text.
///
/// Secrets and keys are scored a part at a time, so that a frame stays a frame however many there are. What is typed on only
/// narrows: what did not match before is not scored again.
pub(super) struct Search {
    matcher: Matcher,
    pattern: Pattern,
    typed: String,
    vaults: Option<Shelf<Vault>>,
    by_place: Vec<Arc<Vault>>,
    /// Every live secret and key, and in which of the vaults it is.
    items: Vec<(u32, Item)>,
    /// Which of the vaults are known, and whether their secrets and keys may be listed.
    seen: Vec<Seen>,
    /// How well each vault's name matches each word.
    words_of_vaults: Vec<Vec<Option<u16>>>,
    /// Commands and vaults that match.
    others: Vec<(u32, Entry)>,
    /// Items that matched so far, by their place.
    matching: Vec<u32>,
    /// Items that matched the text before and are to be scored, from the end.
    again: Vec<u32>,
    /// Items that were not scored at all yet.
    untouched: Range<u32>,
    /// The best of the items so far: score and place.
    leading: Vec<(u32, u32)>,
    best: Vec<Entry>,
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
            by_place: Vec::new(),
            items: Vec::new(),
            seen: Vec::new(),
            words_of_vaults: Vec::new(),
            others: Vec::new(),
            matching: Vec::new(),
            again: Vec::new(),
            untouched: 0..0,
            leading: Vec::new(),
            best: Vec::new(),
            scored: 0,
        }
    }

    /// Looks for `typed` among `commands` and what lives in `vaults`, as far as it may be `seen` (vault by vault), from the beginning
    /// only when something changed.
    pub(super) fn look_for(&mut self, typed: &str, commands: &[Offer], vaults: &Shelf<Vault>, seen: Vec<Seen>) {
        let is_new_world = self.seen != seen || !self.vaults.as_ref().is_some_and(|known| known.is_same(vaults));
        if is_new_world {
            self.learn(vaults, seen);
        }
        if !is_new_world && typed == self.typed {
            return;
        }
        let pattern = pattern(typed);
        // A second word lets the first one be the vault's, which lets more through.
        let only_narrows = typed.starts_with(&self.typed)
            && pattern.atoms.len() == self.pattern.atoms.len()
            && !self.pattern.atoms.is_empty();
        typed.clone_into(&mut self.typed);
        self.pattern = pattern;
        self.scored = 0;
        self.leading.clear();
        if self.pattern.atoms.is_empty() {
            // Nothing was typed: whoever looks for a secret begins with its name.
            self.matching.clear();
            self.again.clear();
            self.untouched = 0..0;
        } else if only_narrows && !is_new_world {
            self.again.append(&mut self.matching);
        } else {
            self.matching.clear();
            self.again.clear();
            self.untouched = 0..self.items.len() as u32;
        }
        self.score_others(commands);
        self.rank();
    }

    /// Scores up to `number` items more.
    pub(super) fn go_on(&mut self, number: usize) {
        if self.is_done() {
            return;
        }
        for _ in 0..number {
            let Some(place) = self.again.pop().or_else(|| self.untouched.next()) else { break };
            self.scored += 1;
            if let Some(score) = self.score_item(place) {
                self.matching.push(place);
                self.leading.push((score, place));
            }
        }
        if self.leading.len() > MOST_SHOWN {
            self.leading.select_nth_unstable_by_key(MOST_SHOWN, |(score, place)| (Reverse(*score), *place));
            self.leading.truncate(MOST_SHOWN);
        }
        self.rank();
    }

    /// Whether everything was scored.
    pub(super) fn is_done(&self) -> bool {
        self.again.is_empty() && self.untouched.is_empty()
    }

    /// The best matches so far, best first.
    pub(super) fn best(&self) -> &[Entry] {
        &self.best
    }

    /// How many match so far, shown or not.
    pub(super) fn found(&self) -> usize {
        self.others.len() + self.matching.len()
    }

    /// Which characters of `text` matched, in order.
    pub(super) fn matched(&mut self, text: &str) -> Vec<u32> {
        let (mut characters, mut matched) = (Vec::new(), Vec::new());
        for atom in &self.pattern.atoms {
            // A word that is the vault's leaves no mark on the secret's name.
            let _score = atom.indices(Utf32Str::new(text, &mut characters), &mut self.matcher, &mut matched);
        }
        matched.sort_unstable();
        matched.dedup();
        matched
    }

    fn learn(&mut self, vaults: &Shelf<Vault>, seen: Vec<Seen>) {
        self.vaults = Some(vaults.clone());
        let known = vaults.live().zip(&seen).filter(|(_, seen)| seen.vault);
        let (by_place, may): (Vec<_>, Vec<_>) = known.map(|(vault, seen)| (Arc::clone(vault), *seen)).unzip();
        self.by_place = by_place;
        self.seen = seen;
        self.items.clear();
        for (place, (vault, may)) in (0..).zip(self.by_place.iter().zip(may)) {
            let keys = vault.keys.live().filter(|_| may.keys);
            let secrets = vault.secrets.live().filter(|_| may.secrets);
            self.items.extend(keys.map(|key| (place, Item::Key(Arc::clone(key)))));
            self.items.extend(secrets.map(|secret| (place, Item::Secret(Arc::clone(secret)))));
        }
    }

    fn score_others(&mut self, commands: &[Offer]) {
        let Self { matcher, pattern, by_place, others, words_of_vaults, .. } = self;
        let mut characters = Vec::new();
        others.clear();
        for Offer { command, text, why_not } in commands {
            let text = text.trim_end_matches('…');
            if let Some(score) = pattern.score(Utf32Str::new(text, &mut characters), matcher) {
                // Enter runs what comes first: that should be something that can be run.
                let score = if why_not.is_none() { score } else { score / 2 };
                others.push((score, Entry::Command(*command)));
            }
        }
        words_of_vaults.clear();
        for vault in by_place {
            let name = ascii(vault.name().as_str());
            if let Some(score) = pattern.score(name, matcher) {
                others.push((score, Entry::Vault(Arc::clone(vault))));
            }
            // One word alone finds secrets by their own names: the vault stands in the list itself.
            let word = |atom: &Atom| if pattern.atoms.len() == 1 { None } else { atom.score(name, matcher) };
            words_of_vaults.push(pattern.atoms.iter().map(word).collect());
        }
    }

    /// How well an item's name matches, word by word; a word may be the vault's instead.
    fn score_item(&mut self, place: u32) -> Option<u32> {
        let (vault, item) = &self.items[place as usize];
        let name = ascii(item.name());
        let of_vault = &self.words_of_vaults[*vault as usize];
        let mut sum = 0;
        for (atom, of_vault) in self.pattern.atoms.iter().zip(of_vault) {
            sum += u32::from(atom.score(name, &mut self.matcher).max(*of_vault)?);
        }
        Some(sum)
    }

    fn rank(&mut self) {
        let items = self.leading.iter().map(|(score, place)| {
            let (vault, item) = &self.items[*place as usize];
            let vault = Arc::clone(&self.by_place[*vault as usize]);
            let entry = match item {
                Item::Secret(secret) => Entry::Secret(vault, Arc::clone(secret)),
                Item::Key(key) => Entry::Key(vault, Arc::clone(key)),
            };
            (*score, entry)
        });
        let mut ranked: Vec<_> = self.others.iter().cloned().chain(items).collect();
        if !self.pattern.atoms.is_empty() {
            ranked.sort_by_key(|(score, entry)| (Reverse(*score), entry.rank(), entry.length()));
        }
        ranked.truncate(MOST_SHOWN);
        self.best = ranked.into_iter().map(|(_, entry)| entry).collect();
    }
}

impl Entry {
    /// Equal scores: commands before vaults before what they hold.
    fn rank(&self) -> u8 {
        match self {
            Self::Command(_) => 0,
            Self::Vault(_) => 1,
            Self::Secret(..) | Self::Key(..) => 2,
        }
    }

    /// Equal scores of one kind: what is shorter was meant more exactly.
    fn length(&self) -> usize {
        match self {
            Self::Command(command) => command.text().len(),
            Self::Vault(vault) => vault.name().as_str().len(),
            Self::Secret(_, secret) => secret.name().as_str().len(),
            Self::Key(_, key) => key.name().as_str().len(),
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
mod tests;
