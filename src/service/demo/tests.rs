use super::*;
use crate::domain::{Vault, activity::Outcome, region::RegionState, secret::Standing};

/// 20 November 2026, 14:02 UTC: the moment of the pictures.
const MOMENT: Timestamp = Timestamp::from_secs(1_795_183_320);

fn demo_at(moment: Timestamp) -> Service {
    build(Some(moment), TimeSource::Computer).unwrap()
}

fn vault<'a>(service: &'a Service, name: &str) -> &'a Vault {
    service.world().vault(&vault_name(name).unwrap()).unwrap()
}

fn date(moment: Timestamp) -> String {
    Zone::Utc.date(moment)
}

/// Everything a window lists, as text.
fn listing(service: &Service) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add_vault = |vault: &Vault, state: String| {
        lines.push(format!("{:?} {state}", vault.head));
        lines.extend(vault.secrets.live().map(|secret| format!("{secret:?}")));
        lines.extend(vault.secrets.deleted().map(|deleted| format!("{deleted:?}")));
    };
    let vaults = &service.world().vaults;
    vaults.live().for_each(|vault| add_vault(vault, "live".into()));
    vaults.deleted().for_each(|deleted| add_vault(&deleted.item, format!("{:?}", deleted.deletion)));
    let untimed = |record: &crate::domain::activity::Record| {
        let mut record = record.clone();
        record.took_us = 0;
        // Keys are made anew for every demo, and so are their versions.
        if record.key.is_some() {
            record.version = None;
        }
        format!("{record:?}")
    };
    lines.extend(service.view().activity.iter().map(|record| untimed(record)));
    lines
}

#[test]
fn the_production_vault_is_the_one_of_the_pictures() {
    let service = demo_at(MOMENT);
    assert_eq!(Zone::Utc.date_and_time(service.now()), "20 Nov 2026, 14:02");
    let prod = vault(&service, "contoso-prod");
    assert_eq!(date(prod.head.created), "3 Feb 2026");
    let rows: Vec<_> = prod
        .secrets
        .live()
        .map(|secret| {
            let current = secret.current();
            let days = service.now().ms_since(current.updated) / crate::domain::time::DAY_MS;
            let expires = current.validity.expires().map_or_else(|| "—".into(), date);
            let standing = match current.standing(service.now()) {
                Standing::ExpiresSoon { .. } => "ExpiresSoon".to_owned(),
                Standing::Expired { .. } => "Expired".to_owned(),
                standing => format!("{standing:?}"),
            };
            format!("{} {standing} {expires} {days} {}", secret.name(), secret.versions().len())
        })
        .collect();
    let expected = [
        "api-gateway-token Enabled 12 Mar 2027 0 4",
        "db-password Enabled — 1 7",
        "github-deploy-key ExpiresSoon 26 Nov 2026 14 2",
        "grafana-admin Enabled — 20 1",
        "mailgun-smtp Disabled — 63 3",
        "oidc-client-secret Expired 1 Nov 2026 334 5",
        "payments-webhook-hmac Enabled 30 Jun 2027 3 2",
        "redis-url Enabled — 5 1",
        "s3-backup-credentials Enabled 14 Feb 2027 9 6",
        "sentry-dsn Enabled — 31 1",
        "smtp-relay-password Enabled — 40 1",
        "stripe-restricted-key Enabled 18 Jan 2027 2 3",
    ];
    assert_eq!(rows, expected);

    let password = prod.secret(&object_name("db-password").unwrap()).unwrap();
    let newest: Vec<_> =
        password.versions().iter().rev().take(3).map(|v| (v.id.short(), Zone::Utc.date(v.created))).collect();
    let expected = [("6f1c0a…d92e", "19 Nov 2026"), ("a07b33…18c4", "14 Oct 2026"), ("0d2e91…77fa", "2 Aug 2026")];
    assert_eq!(newest, expected.map(|(id, date)| (id.to_owned(), date.to_owned())));
    assert_eq!(Zone::Utc.time(password.current().created), "09:14");
    let tags: Vec<_> = password.current().tags.iter().collect();
    assert_eq!(tags, [("env", "prod"), ("owner", "payments")]);
}

#[test]
fn there_are_keys_in_every_state_and_some_rotated_by_themselves() {
    let service = demo_at(MOMENT);
    let row = |key: &crate::domain::Key| {
        let current = key.current();
        let standing = format!("{:?}", current.standing(service.now()));
        let standing = standing.split(' ').next().unwrap_or_default().to_owned();
        let rotates = key.next_rotation().map_or_else(|| "—".into(), date);
        format!("{} {} {standing} {rotates} {}", key.name(), current.kind, key.versions().len())
    };
    let rows = |name: &str| vault(&service, name).keys.live().map(|key| row(key)).collect::<Vec<_>>();
    assert_eq!(
        rows("contoso-prod"),
        [
            "data-encryption RSA 2048 Enabled 4 Jan 2027 1",
            "jwt-signing EC P-256 Enabled 29 Jan 2027 3",
            "ledger-attestation EC P-521 Disabled — 2",
            "partner-receipts EC P-256K Expired — 1",
            "release-signing EC P-384 ExpiresSoon 22 Nov 2026 1",
        ]
    );
    assert_eq!(
        rows("billing-eu"),
        ["invoice-sealing AES 256 Enabled — 1", "invoice-signing EC P-256 Enabled 23 Jun 2027 2"]
    );
    assert_eq!(rows("demo-sandbox"), ["try-me EC P-256 NotYetActive — 1"]);
}

#[test]
fn the_bins_hold_deletions_of_all_ages() {
    let service = demo_at(MOMENT);
    let hours_left = |name: &str| {
        let vault = vault(&service, name);
        let secrets = vault.secrets.deleted().map(|deleted| (deleted.item.name(), &deleted.deletion));
        let keys = vault.keys.deleted().map(|deleted| (deleted.item.name(), &deleted.deletion));
        let mut hours: Vec<_> = secrets
            .chain(keys)
            .map(|(name, deletion)| {
                let left = deletion.scheduled_purge.ms_since(service.now()) / 3_600_000;
                (left, name.to_string(), deletion.by.clone())
            })
            .collect();
        hours.sort();
        hours
    };
    let row = |hours: i64, name: &str, by: &str| (hours, name.to_owned(), by.to_owned());
    assert_eq!(
        hours_left("contoso-prod"),
        [
            row(3 * 24 + 4, "old-db-password", "Developer"),
            row(28 * 24 + 19, "legacy-signing", "Security officer"),
            row(60 * 24 + 1, "partner-api-token", "Developer"),
            row(77 * 24 + 20, "www-contoso-com", "Security officer"),
            row(89 * 24 + 23, "tmp-import-test", "Developer"),
        ]
    );
    let soonest = |name| hours_left(name).first().map(|row| row.0);
    assert_eq!(soonest("contoso-staging"), Some(5), "one ends within hours");
    assert_eq!(soonest("demo-sandbox"), Some(2), "one ends within hours");
    let vaults: Vec<_> = service
        .world()
        .vaults
        .deleted()
        .map(|deleted| {
            let days = deleted.deletion.scheduled_purge.ms_since(service.now()) / crate::domain::time::DAY_MS;
            (deleted.item.name().to_string(), days, deleted.item.head.purge_protection)
        })
        .collect();
    let expected = [("billing-archive", 37, PurgeProtection::On), ("hackathon", 5, PurgeProtection::Off)];
    assert_eq!(vaults, expected.map(|(name, days, protection)| (name.to_owned(), days, protection)));
}

#[test]
fn the_company_has_five_vaults_and_secrets_in_every_state() {
    let service = demo_at(MOMENT);
    let heads: Vec<_> = service
        .world()
        .vaults
        .live()
        .map(|vault| {
            let head = &vault.head;
            let protection = head.purge_protection;
            (head.name.as_str(), head.location.display(), head.sku, head.retention.get(), protection)
        })
        .collect();
    let expected = [
        ("billing-eu", "Germany West Central", Sku::Premium, 90, PurgeProtection::On),
        ("contoso-prod", "West Europe", Sku::Standard, 90, PurgeProtection::On),
        ("contoso-staging", "West Europe", Sku::Standard, 30, PurgeProtection::Off),
        ("demo-sandbox", "Poland Central", Sku::Standard, 7, PurgeProtection::Off),
        ("partner-portal", "Sweden Central", Sku::Standard, 60, PurgeProtection::Off),
    ];
    assert_eq!(heads, expected);
    assert!(!vault(&service, "demo-sandbox").head.location.has_failover(), "A7 can be shown");

    let mut standings = [0; 5];
    for secret in service.world().vaults.live().flat_map(|vault| vault.secrets.live()) {
        standings[match secret.current().standing(service.now()) {
            Standing::Enabled => 0,
            Standing::ExpiresSoon { .. } => 1,
            Standing::NotYetActive { .. } => 2,
            Standing::Expired { .. } => 3,
            Standing::Disabled => 4,
        }] += 1;
    }
    assert_eq!(standings, [26, 3, 1, 2, 2]);
}

#[test]
fn the_past_was_played_with_refusals_scheduled_purges_and_a_failover() {
    let service = demo_at(MOMENT);
    let view = service.view();
    let refused = |code: &str, inner: Option<&str>| {
        let is_it = |outcome: &Outcome| {
            matches!(outcome, Outcome::Refused { code: found, inner: found_inner, .. }
                if found == code && found_inner.as_deref() == inner)
        };
        view.activity.iter().filter(|record| is_it(&record.outcome)).count()
    };
    assert_eq!(refused("Forbidden", Some("AccessDenied")), 3, "a developer tried to purge");
    assert_eq!(refused("Forbidden", None), 2, "purge protection refused the security officer");
    assert_eq!(refused("Forbidden", Some("VaultReadOnly")), 1);
    assert_eq!(refused("ConflictError", None), 1, "the name of a deleted vault was tried");
    let by_itself: Vec<_> = view
        .activity
        .iter()
        .filter(|record| record.caller == "Key Vault")
        .map(|record| {
            format!("{} {}", record.operation.audit_name(), record.object.as_ref().map_or("-", |n| n.as_str()))
        })
        .collect();
    assert_eq!(
        by_itself,
        [
            "VaultPurge -",
            "SecretPurge trial-licence",
            "KeyRotateIfDue jwt-signing",
            "SecretPurge gone-by-itself",
            "KeyNearExpiryEventGridNotification partner-receipts",
            "KeyRotateIfDue jwt-signing",
            "KeyNearExpiryEventGridNotification release-signing",
        ]
    );
    for region in service.world().outages.keys() {
        assert_eq!(service.world().region_state(*region, service.now()), RegionState::Healthy);
    }
    assert!(view.activity.iter().zip(view.activity.iter().skip(1)).all(|(a, b)| a.at <= b.at), "in order");
    let mut service = service;
    let (_, value) = service
        .get_secret(
            &Caller::developer(),
            &vault_name("contoso-prod").unwrap(),
            &object_name("db-password").unwrap(),
            None,
        )
        .unwrap();
    assert_eq!(value.expose(), "not-the-real-password-07");
}

#[test]
fn building_twice_gives_the_same() {
    assert_eq!(listing(&demo_at(MOMENT)), listing(&demo_at(MOMENT)));
}

#[test]
fn at_any_time_of_any_day_the_same_things_have_happened() {
    let expected = listing(&demo_at(MOMENT)).len();
    for day in [0, 98, 130, 466] {
        for minute in [0, 1, 7 * 60, 23 * 60 + 59] {
            let midnight = MOMENT.plus_secs(-(14 * 60 + 2) * 60);
            let moment = midnight.plus_days(day).plus_secs(minute * 60);
            assert_eq!(listing(&demo_at(moment)).len(), expected, "{}", Zone::Utc.date_and_time(moment));
        }
    }
}

#[test]
fn without_a_moment_it_is_now_and_time_goes_on() {
    let source = TimeSource::held_at(MOMENT);
    let service = build(None, source.clone()).unwrap();
    assert_eq!(service.now(), MOMENT);
    source.hold_at(MOMENT.plus_secs(1));
    assert_eq!(service.now(), MOMENT.plus_secs(1));
    let service = build(Some(MOMENT), TimeSource::Computer).unwrap();
    assert_eq!(service.now(), MOMENT, "time stands");
}

#[test]
fn outages_of_the_demo_are_short_enough_to_be_watched() {
    let info = demo_at(MOMENT).view().store;
    assert_eq!((info.failover_plan(), info.profile.purpose), (FailoverPlan::DEMO, Purpose::Simulation));
    let kept = crate::service::StoreInfo { place: Place::Folder("somewhere".into()), ..info };
    assert_eq!(kept.failover_plan(), FailoverPlan::USUAL);
}

#[test]
fn every_moment_of_the_story_reads() {
    let read = |text: &str| When::try_from(text.to_owned());
    for wrong in ["", "yesterday", "3 days", "3 days ago, 9", "3 weeks ago", "days ago", "in 3 hours, 10:00"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert!(matches!(read("1 day 2 hours 3 minutes ago"), Ok(When::Ago { ms: 93_780_000 })));
}

// S3, S6, S19
#[test]
fn there_are_a_service_a_group_a_vault_that_decides_by_roles_and_one_that_lost_its_roles() {
    let service = demo_at(MOMENT);
    let world = service.world();
    let names: Vec<_> = world.directory.all().iter().map(|identity| identity.name.to_string()).collect();
    assert_eq!(names, ["Auditors", "billing-service", "Developer", "Mira Novak", "Security officer"]);
    let portal = vault(&service, "partner-portal");
    assert_eq!(portal.access.model, AccessModel::Roles);
    let scopes: std::collections::BTreeSet<_> =
        portal.access.all_assignments().map(|given| given.scope.words()).collect();
    assert_eq!(scopes.iter().collect::<Vec<_>>(), ["secret invoice-upload-token", "vault partner-portal"]);
    let archive = world.vaults.get_deleted(&vault_name("billing-archive").unwrap()).unwrap();
    assert_eq!(archive.item.access.lost.len(), 2);
    let can_purge: Vec<_> = world
        .directory
        .all()
        .into_iter()
        .filter(|identity| identity.can_act() && world.can_purge(&Caller::of(identity, SignedIn::Proven)))
        .map(|identity| identity.name.to_string())
        .collect();
    assert_eq!(can_purge, ["Security officer"], "nobody else purges");
}
