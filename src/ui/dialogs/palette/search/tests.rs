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
            access: crate::domain::AccessModel::Policies,
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

/// As whoever may list everything sees it.
fn all_seen(vaults: &Shelf<Vault>) -> Vec<Seen> {
    vaults.live().map(|_| Seen { vault: true, secrets: true, keys: true }).collect()
}

/// What is found in the end.
fn find<'a>(search: &'a mut Search, typed: &str, commands: &[Offer], vaults: &Shelf<Vault>) -> &'a [Entry] {
    search.look_for(typed, commands, vaults, all_seen(vaults));
    search.go_on(usize::MAX);
    search.best()
}

fn names(entries: &[Entry]) -> Vec<String> {
    let name = |entry: &Entry| match entry {
        Entry::Command(command) => command.text().to_owned(),
        Entry::Vault(vault) => vault.name().to_string(),
        Entry::Secret(vault, secret) => format!("{}/{}", vault.name(), secret.name()),
        Entry::Key(vault, key) => format!("{}/{}", vault.name(), key.name()),
    };
    entries.iter().map(name).collect()
}

fn offer(command: UiCommand, why_not: Option<&str>) -> Offer {
    Offer { command, text: command.text().into(), why_not: why_not.map(Into::into) }
}

#[test]
fn letters_that_follow_each_other_find_commands_vaults_and_secrets() {
    let vaults = vaults(&[("prod", &["db-password", "redis-url"]), ("staging", &["db-password"])]);
    let mut search = Search::new();
    let commands = [UiCommand::Lock, UiCommand::NewVault].map(|command| offer(command, None));
    assert_eq!(names(find(&mut search, "", &commands, &vaults)), ["Lock", "New vault…", "prod", "staging"]);
    assert_eq!(names(find(&mut search, "nwv", &commands, &vaults)), ["New vault…"]);
    assert_eq!(names(find(&mut search, "DBPW", &commands, &vaults)), ["prod/db-password", "staging/db-password"]);
    assert_eq!(search.matched("db-password"), [0, 1, 3, 7]);
    assert_eq!(names(find(&mut search, "stag db", &commands, &vaults)), ["staging/db-password"]);
}

#[test]
fn what_can_be_run_comes_before_what_cannot() {
    let delete = offer(UiCommand::Delete, Some("Select a secret first"));
    let delete_vault = offer(UiCommand::DeleteVault, None);
    let found = names(find(&mut Search::new(), "delete", &[delete, delete_vault], &vaults(&[])));
    assert_eq!(found, ["Delete vault…", "Delete"]);
}

#[test]
fn what_is_typed_on_scores_only_what_matched_before() {
    let many: Vec<String> = (0..2_000).map(|number| format!("secret-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let vaults = vaults(&[("prod", &many)]);
    let mut search = Search::new();
    find(&mut search, "19", &[], &vaults);
    let (found, scored) = (search.found(), search.scored);
    assert!(scored >= 2_000 && found < 300, "{found} of {scored}");
    find(&mut search, "199", &[], &vaults);
    assert!(search.scored <= found + 1, "{} of {found}", search.scored);
    assert_eq!(names(&find(&mut search, "1999", &[], &vaults)[..1]), ["prod/secret-1999"]);
    // Another text begins anew.
    assert_eq!(names(find(&mut search, "secret-7", &[], &vaults)).len(), MOST_SHOWN);
    find(&mut search, "ecret-77", &[], &vaults);
    assert!(search.scored >= 2_000);
}

#[test]
fn many_secrets_are_scored_a_part_at_a_time_and_none_is_left_out_when_the_text_changes_meanwhile() {
    let many: Vec<String> = (0..2_000).map(|number| format!("secret-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let vaults = vaults(&[("prod", &many)]);
    let mut search = Search::new();
    search.look_for("s", &[], &vaults, all_seen(&vaults));
    search.go_on(500);
    assert_eq!((search.scored, search.is_done()), (500, false));
    search.look_for("s1999", &[], &vaults, all_seen(&vaults));
    search.go_on(500);
    assert!(!search.is_done());
    search.go_on(1_500);
    assert!(search.is_done());
    assert_eq!(names(search.best()), ["prod/secret-1999"]);
}

#[test]
fn a_secret_that_is_set_while_the_palette_is_open_is_found() {
    let mut search = Search::new();
    assert!(find(&mut search, "new", &[], &vaults(&[("prod", &[])])).is_empty());
    assert_eq!(names(find(&mut search, "new", &[], &vaults(&[("prod", &["new-one"])]))), ["prod/new-one"]);
}

// T1
#[test]
fn what_may_not_be_seen_is_not_found_until_it_may() {
    let vaults = vaults(&[("prod", &["db-password"]), ("staging", &["db-password"])]);
    let mut search = Search::new();
    let nothing = Seen { vault: false, secrets: false, keys: false };
    let mut look = |of_prod: Seen| {
        search.look_for("db", &[], &vaults, vec![of_prod, all_seen(&vaults)[1]]);
        search.go_on(usize::MAX);
        names(search.best())
    };
    assert_eq!(look(nothing), ["staging/db-password"]);
    assert_eq!(look(Seen { vault: true, ..nothing }), ["staging/db-password"]);
    assert_eq!(look(Seen { vault: true, secrets: true, keys: false }), ["prod/db-password", "staging/db-password"]);
}
