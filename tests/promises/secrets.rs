//! Setting and reading secrets.

use std::ops::ControlFlow;

use tresor::domain::properties::{ContentType, Enabled, Tags, Validity};
use tresor::domain::secret::{MOST_VALUE_BYTES, SecretDraft, SecretPatch};
use tresor::domain::{Permission, Refusal, Rights, SecretValue, VersionId};
use tresor::service::{NewSecret, ServiceError};
use zeroize::Zeroizing;

use crate::desk::*;

fn go_on(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn each_set_makes_a_version_and_every_version_can_be_read() {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let first = desk.set("prod", "token", "one");
    desk.pass_secs(60);
    let second = desk.set("prod", "TOKEN", "two");
    assert_ne!(first, second);
    let mut desk = desk.reopened();
    assert_eq!(desk.get("prod", "token").unwrap(), "two");
    assert_eq!(desk.get_version("prod", "token", Some(first)).unwrap(), "one");
    let unknown = VersionId::from_bytes([7; 16]);
    let refused = refusal(desk.get_version("prod", "token", Some(unknown)));
    assert!(matches!(&refused, Refusal::NotFound { name, .. } if *name == format!("token/{unknown}")), "{refused:?}");
}

#[test]
fn a_disabled_version_is_refused_and_an_expired_or_early_one_is_read() {
    // §2.6
    let mut desk = Desk::in_memory().with_vault(draft("prod"));
    let first = desk.set("prod", "token", "one");
    let second = desk.set("prod", "token", "two");
    let update = |desk: &mut Desk, id, patch: &SecretPatch| {
        desk.service.update_secret(&developer(), &vault("prod"), &name("token"), id, patch).unwrap();
    };
    let enabled = |enabled| SecretPatch { enabled: Some(enabled), ..SecretPatch::default() };
    update(&mut desk, None, &enabled(Enabled::No));
    let disabled = (403, "Forbidden", Some("SecretDisabled"));
    assert_eq!(code(desk.get("prod", "token")), disabled, "the newest is meant when none is named");
    assert_eq!(code(desk.get_version("prod", "token", Some(second))), disabled);
    assert_eq!(desk.get_version("prod", "token", Some(first)).unwrap(), "one");
    assert!(desk.back_up("prod", "token").is_ok(), "a backup takes disabled ones along");
    update(&mut desk, None, &enabled(Enabled::Yes));
    let at = |days| Some(START.plus_days(days));
    for (from, to) in [(None, at(-1)), (at(5), None), (at(-9), at(-3))] {
        update(&mut desk, None, &SecretPatch { not_before: Some(from), expires: Some(to), ..SecretPatch::default() });
        assert_eq!(desk.get("prod", "token").unwrap(), "two");
    }
}

#[test]
fn an_update_changes_what_it_names_and_leaves_the_rest() {
    // §2.3
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let tags = |key: &str| Tags::parse([(key.to_owned(), "1".to_owned())]).unwrap();
    let draft = SecretDraft {
        content_type: ContentType::parse("text/plain").unwrap(),
        tags: tags("a"),
        enabled: Enabled::Yes,
        validity: Validity::parse(None, Some(START.plus_days(5))).unwrap(),
    };
    let (prod, token) = (vault("prod"), name("token"));
    let new = NewSecret { name: token.clone(), value: value("v"), draft };
    desk.service.set_secret(&developer(), &prod, new).unwrap();
    desk.pass_days(1);
    let patch = SecretPatch { tags: Some(tags("b")), ..SecretPatch::default() };
    desk.service.update_secret(&developer(), &prod, &token, None, &patch).unwrap();
    let patch = SecretPatch { not_before: Some(Some(START.plus_days(2))), ..SecretPatch::default() };
    desk.service.update_secret(&developer(), &prod, &token, None, &patch).unwrap();
    let patch = SecretPatch { expires: Some(Some(START.plus_days(2))), ..SecretPatch::default() };
    let backwards = desk.service.update_secret(&developer(), &prod, &token, None, &patch);
    assert_eq!(code(backwards), (400, "BadParameter", None), "it would expire as it becomes valid");
    let desk = desk.reopened();
    let secret = desk.service.world().vault(&prod).unwrap().secret(&token).unwrap();
    let current = secret.current();
    assert_eq!((current.created, current.updated), (START, START.plus_days(1)));
    assert_eq!(current.validity.not_before(), Some(START.plus_days(2)));
    assert_eq!(current.tags, tags("b"), "tags are replaced as a whole");
    assert_eq!(current.content_type.as_ref().map(ContentType::as_str), Some("text/plain"));
    assert_eq!(current.validity.expires(), Some(START.plus_days(5)));
    assert_eq!(secret.versions().len(), 1);
}

#[test]
fn a_value_holds_25_kilobytes_and_not_one_more() {
    // T5
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let text = |len: usize| "x".repeat(len);
    desk.set("prod", "largest", &text(MOST_VALUE_BYTES));
    desk.set("prod", "empty", "");
    let refused = SecretValue::parse(Zeroizing::new(text(MOST_VALUE_BYTES + 1))).err();
    assert_eq!(refused, Some(Refusal::ValueTooLong { bytes: 25_601 }));
    let mut desk = desk.reopened();
    assert_eq!(desk.get("prod", "largest").unwrap().len(), 25_600);
    assert_eq!(desk.get("prod", "empty").unwrap(), "");
}

#[test]
fn many_are_set_together_or_not_at_all() {
    // T5: an import
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    let prod = vault("prod");
    desk.set("prod", "b", "old");
    desk.set("prod", "held", "old");
    desk.delete("prod", "held").unwrap();
    let rights = Rights::all().without(Permission::SecretsSet);
    let not_allowed = desk.somebody("Ana", "prod", rights);
    let changes = desk.service.view().revision(region("westeurope"));

    let with_held = vec![new("a", "1"), new("b", "2"), new("held", "3")];
    let refused = refusal(desk.service.set_secrets(&developer(), &prod, with_held, go_on));
    assert!(matches!(refused, Refusal::NameHeld { .. }), "{refused:?}");
    let many = || vec![new("a", "1"), new("b", "2"), new("c", "3"), new("C", "4")];
    let mut seen = Vec::new();
    let stop_at_two = |done| {
        seen.push(done);
        if done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let cancelled = desk.service.set_secrets(&developer(), &prod, many(), stop_at_two);
    assert!(matches!(cancelled, Err(ServiceError::Cancelled)));
    assert!(seen.is_sorted() && seen.last() == Some(&2), "{seen:?}: it hears what is sealed, and breaks off there");
    assert!(desk.service.set_secrets(&not_allowed, &prod, many(), go_on).is_err());
    assert_eq!(desk.service.view().revision(region("westeurope")), changes, "nothing was committed");
    assert_eq!(desk.get("prod", "b").unwrap(), "old");
    assert!(desk.get("prod", "a").is_err());

    assert_eq!(desk.service.set_secrets(&developer(), &prod, many(), go_on).unwrap(), 4);
    assert_eq!(desk.service.view().revision(region("westeurope")), changes + 1, "one commit");
    let mut desk = desk.reopened();
    assert_eq!(["a", "b", "c"].map(|name| desk.get("prod", name).unwrap()), ["1", "2", "4"]);
    let secrets = &desk.service.world().vault(&prod).unwrap().secrets;
    let versions: Vec<_> = secrets.live().map(|secret| secret.versions().len()).collect();
    assert_eq!(versions, [1, 2, 2], "twice the same name makes two versions");
    assert_eq!(desk.service.set_secrets(&developer(), &prod, [], go_on).unwrap(), 0);
}
