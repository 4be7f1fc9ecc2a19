//! From what a person types to the identity that is meant.

use std::{fmt::Write as _, sync::Arc};

use super::{errors::Failure, session::Session};
use crate::domain::{Directory, Identity, IdentityId, IdentityName};

/// The identity of that name, object id or client id. Case does not matter, and hyphens stand for spaces.
pub(super) fn find<'a>(directory: &'a Directory, who: &str) -> Option<&'a Arc<Identity>> {
    if let Some(id) = IdentityId::parse(who.trim()) {
        let of_client = || directory.all().into_iter().find(|identity| identity.client() == Some(id));
        if let Some(found) = directory.get(id).or_else(of_client) {
            return Some(found);
        }
    }
    let by_name = IdentityName::parse(who).ok().and_then(|name| directory.find(&name));
    let is_it = |identity: &&Arc<Identity>| spelled(identity.name.as_str()) == spelled(who);
    by_name.or_else(|| directory.all().into_iter().find(is_it))
}

/// That there is no such identity, and who could have been meant.
pub(super) fn unknown(directory: &Directory, who: &str) -> String {
    let names: Vec<&str> = directory.all().into_iter().map(|identity| identity.name.as_str()).collect();
    let mut text = format!("there is no identity {who}");
    match (nearest(who, &names).as_slice(), names.as_slice()) {
        // Few enough to name them all.
        ([], names @ [_, ..]) if names.len() <= 5 => {
            write!(text, "; there are {}", names.join(", ")).expect("a text takes whatever is written");
        }
        ([], _) => text.push_str("; `tresor identity list` names all"),
        (near, _) => {
            write!(text, "; the nearest names are {}", near.join(", ")).expect("a text takes whatever is written");
        }
    }
    text
}

/// The texts, at most three, that are spelled nearly as `wanted`, nearest first.
pub(super) fn nearest<'a>(wanted: &str, texts: &[&'a str]) -> Vec<&'a str> {
    let wanted = spelled(wanted);
    let near = |text: &&'a str| {
        let text_spelled = spelled(text);
        let distance = distance(&wanted, &text_spelled);
        let is_part = 2 < wanted.len() && text_spelled.contains(&wanted);
        (is_part || distance * 3 <= text_spelled.chars().count().max(3)).then_some((distance, *text))
    };
    let mut near: Vec<_> = texts.iter().filter_map(near).collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, text)| text).collect()
}

impl Session {
    /// The identity that is meant.
    pub(super) fn identity(&self, who: &str) -> Result<Arc<Identity>, Failure> {
        let directory = &self.service.world().directory;
        let absent = || {
            let text = unknown(directory, who);
            Failure::Absent(format!("{}{}.", text[..1].to_uppercase(), &text[1..]))
        };
        find(directory, who).cloned().ok_or_else(absent)
    }

    /// What an identity is called; its object id where it is no more.
    pub(super) fn name_of(&self, id: IdentityId) -> String {
        self.service.world().directory.get(id).map_or_else(|| id.to_string(), |identity| identity.name.to_string())
    }
}

/// What two spellings of one name have in common.
pub(super) fn spelled(text: &str) -> String {
    text.trim().to_lowercase().replace(' ', "-")
}

/// How many letters have to be put in, taken out or exchanged to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, against) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *against);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_found_by_name_and_by_object_id() {
        let directory = Directory::default();
        for who in
            ["Security officer", "security-officer", "SECURITY OFFICER", &IdentityId::SECURITY_OFFICER.to_string()]
        {
            assert_eq!(find(&directory, who).unwrap().id, IdentityId::SECURITY_OFFICER, "{who}");
        }
        for who in ["", "officer", "00000000-0000-4000-8000-000000000000"] {
            assert!(find(&directory, who).is_none(), "{who}");
        }
    }

    #[test]
    fn who_is_not_there_is_answered_with_who_could_be_meant() {
        let directory = Directory::default();
        assert_eq!(unknown(&directory, "develper"), "there is no identity develper; the nearest names are Developer");
        assert_eq!(
            unknown(&directory, "officer"),
            "there is no identity officer; the nearest names are Security officer"
        );
        assert_eq!(unknown(&directory, "root"), "there is no identity root; there are Developer, Security officer");
        assert_eq!((distance("", "abc"), distance("abc", "abd"), distance("abc", "xabc")), (3, 1, 1));
    }
}
