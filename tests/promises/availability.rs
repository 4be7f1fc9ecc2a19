//! Outages, failover and failback.

use tresor::domain::operation::{Effect, InReadOnly};
use tresor::domain::region::{FailoverPlan, RegionState};
use tresor::domain::vault::VaultPatch;
use tresor::domain::{KeyKind, KeyProtection, Operation, Refusal, RsaSize, Target};
use tresor::service::Purpose;

use crate::desk::*;

const PLAN: FailoverPlan = FailoverPlan { failover_secs: 120, failback_secs: 30, failing_percent: 40 };
const WEST: &str = "westeurope";
const POLAND: &str = "polandcentral";

fn out(desk: &mut Desk, name: &str) {
    desk.service.begin_outage(&developer(), region(name), PLAN).unwrap();
}

fn back(desk: &mut Desk, name: &str) {
    desk.service.end_outage(&developer(), region(name)).unwrap();
}

fn state(desk: &Desk, name: &str) -> RegionState {
    desk.service.world().region_state(region(name), desk.service.now())
}

fn read_only() -> Desk {
    let mut desk = Desk::on_disk().with_vault(draft("prod")).with_vault(in_region("uksouth", draft("london")));
    desk.set("prod", "token", "value");
    desk.set("prod", "old", "value");
    desk.delete("prod", "old").unwrap();
    desk.make_key("prod", "wrap", KeyKind::Rsa(RsaSize::Rsa2048, KeyProtection::Software)).unwrap();
    out(&mut desk, WEST);
    desk.pass_secs(120);
    desk
}

#[test]
fn a_lost_region_fails_over_by_itself_and_returns_by_itself() {
    // A4, A6
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    out(&mut desk, WEST);
    assert_eq!(code(desk.get("prod", "token")), (503, "ServiceUnavailable", None), "nobody has noticed yet");
    desk.pass_secs(120);
    let mut desk = desk.reopened();
    assert_eq!(state(&desk, WEST).word(), "Read-only");
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    assert_eq!(desk.service.world().serving_region(region(WEST), desk.service.now()), Some(region("northeurope")));
    back(&mut desk, WEST);
    assert_eq!(state(&desk, WEST).word(), "Failing back");
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    assert_eq!(code(desk.try_set("prod", "token")), (403, "Forbidden", Some("VaultReadOnly")));
    desk.pass_secs(30);
    let mut desk = desk.reopened();
    desk.set("prod", "token", "again");
    desk.delete("prod", "token").unwrap();
    assert_eq!(desk.service.world().serving_region(region(WEST), desk.service.now()), Some(region(WEST)));
}

#[test]
fn a_read_only_vault_serves_exactly_the_published_operations() {
    // A5
    let mut desk = read_only();
    let (prod, token, wrap) = (vault("prod"), name("token"), name("wrap"));
    let served: Vec<_> = Operation::ALL
        .iter()
        .filter(|operation| operation.effect() != Effect::Simulates)
        .filter(|operation| {
            let named = if operation.audit_name().starts_with("Vault") {
                Target::Vault(prod.clone())
            } else if operation.audit_name().starts_with("Key") {
                Target::Object(prod.clone(), wrap.clone())
            } else {
                Target::Object(prod.clone(), token.clone())
            };
            desk.service.may(&officer(), **operation, &named).is_ok()
        })
        .map(|operation| operation.audit_name())
        .collect();
    // A name for a new vault is free or not wherever it stands; here it is taken.
    let all = "VaultGet VaultList SecretGet SecretList SecretListVersions SecretBackup KeyGet KeyList KeyListVersions \
               KeyBackup KeyRotationPolicyGet KeyEncrypt KeyDecrypt KeyWrap KeyUnwrap KeySign KeyVerify";
    assert_eq!(served.join(" "), all);

    assert!(desk.get("prod", "token").is_ok());
    assert!(desk.service.list_secrets(&developer(), &prod).is_ok());
    let blob = desk.back_up("prod", "token").unwrap();
    let read_only = (403, "Forbidden", Some("VaultReadOnly"));
    let by = officer();
    let patch = tresor::domain::secret::SecretPatch::default();
    let go_on = |_| std::ops::ControlFlow::Continue(());
    assert_eq!(code(desk.try_set("prod", "token")), read_only);
    assert_eq!(code(desk.service.set_secrets(&by, &prod, [new("a", "1")], go_on)), read_only);
    assert_eq!(code(desk.service.update_secret(&by, &prod, &token, None, &patch)), read_only);
    assert_eq!(code(desk.delete("prod", "token")), read_only);
    assert_eq!(code(desk.recover("prod", "old")), read_only);
    assert_eq!(code(desk.purge_as(&by, "prod", "old")), read_only);
    assert_eq!(code(desk.restore("prod", &blob)), read_only);
    assert_eq!(code(desk.service.list_deleted_secrets(&by, &prod)), read_only, "not in the published list");
    assert_eq!(code(desk.service.update_vault(&by, &prod, &VaultPatch::default())), read_only);
    assert_eq!(code(desk.service.delete_vault(&by, &prod)), read_only);
    let refused = refusal(desk.service.create_vault(&by, draft("new")));
    let (region, serving) = (region(WEST), region("northeurope"));
    assert_eq!(refused, Refusal::ReadOnly { region, serving, since: START.plus_secs(120), until: None });
    // Elsewhere all goes on.
    desk.set("london", "token", "value");
    desk.service.create_vault(&by, in_region("uksouth", draft("new"))).unwrap();
}

#[test]
fn every_write_and_nothing_published_is_refused_while_read_only() {
    // A5, G3: the table that buttons grey out by
    let desk = read_only();
    for operation in Operation::ALL.iter().filter(|operation| operation.in_read_only() == InReadOnly::Refused) {
        let target = match operation {
            // About the subscription, or about a name: no region stands behind it.
            Operation::SubscriptionPatch | Operation::ClockConfirm => continue,
            Operation::VaultPut => Target::Region(region(WEST)),
            _ => Target::Vault(vault("prod")),
        };
        let asked = desk.service.may(&officer(), *operation, &target);
        assert!(matches!(asked, Err(Refusal::ReadOnly { .. })), "{} {asked:?}", operation.audit_name());
    }
}

#[test]
fn while_failing_over_exactly_the_set_share_of_reads_fails_and_every_write() {
    // A4
    for percent in [0, 1, 25, 40, 50, 99, 100] {
        let mut desk = Desk::in_memory().with_vault(draft("prod")).with_vault(in_region("uksouth", draft("london")));
        desk.set("prod", "token", "value");
        desk.set("london", "token", "value");
        let plan = FailoverPlan { failing_percent: percent, ..PLAN };
        desk.service.begin_outage(&developer(), region(WEST), plan).unwrap();
        desk.pass_secs(30);
        assert_eq!(state(&desk, WEST).word(), "Failing over");
        let failed = (0..200).filter(|_| desk.get("prod", "token").is_err()).count();
        assert_eq!(failed, usize::from(percent) * 2, "{percent} %");
        let refused = refusal(desk.try_set("prod", "token"));
        assert!(matches!(refused, Refusal::RegionUnavailable { until: Some(_), .. }), "{refused:?}");
        assert!((0..50).all(|_| desk.get("london", "token").is_ok()), "another region does not notice");
    }
}

#[test]
fn a_region_without_a_pair_stays_unavailable_until_it_returns() {
    // A7
    let mut desk = Desk::in_memory().with_vault(in_region(POLAND, draft("prod")));
    desk.set("prod", "token", "value");
    out(&mut desk, POLAND);
    desk.pass_days(400);
    let refused = refusal(desk.get("prod", "token"));
    assert!(matches!(refused, Refusal::RegionUnavailable { until: None, .. }), "{refused:?}");
    assert!(refused.sentence(tresor::domain::Zone::Utc).contains("no pair"));
    assert_eq!(code(desk.service.create_vault(&officer(), in_region(POLAND, draft("new")))).0, 503);
    back(&mut desk, POLAND);
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    desk.set("prod", "token", "again");
}

#[test]
fn two_lost_regions_cannot_stand_in_for_each_other() {
    // A4
    let mut desk = Desk::in_memory().with_vault(draft("prod")).with_vault(in_region("northeurope", draft("dublin")));
    desk.set("prod", "token", "value");
    out(&mut desk, WEST);
    desk.pass_secs(120);
    out(&mut desk, "northeurope");
    desk.pass_secs(1000);
    assert_eq!(code(desk.get("prod", "token")).0, 503);
    assert_eq!(desk.service.world().serving_region(region(WEST), desk.service.now()), None);
    back(&mut desk, "northeurope");
    assert_eq!(desk.get("prod", "token").unwrap(), "value");
    // The pair is lost while requests move back: there is nothing left to move from.
    back(&mut desk, WEST);
    desk.pass_secs(10);
    assert_eq!(state(&desk, WEST).word(), "Failing back");
    desk.pass_secs(25);
    out(&mut desk, WEST);
    desk.pass_secs(120);
    back(&mut desk, WEST);
    out(&mut desk, "northeurope");
    desk.set("prod", "token", "served at home");
}

#[test]
fn what_falls_due_during_an_outage_is_purged_after_failback() {
    // A5, S14
    for name in [WEST, POLAND] {
        let of = |vault: &str| keeping_days(7, in_region(name, draft(vault)));
        let mut desk = Desk::on_disk().with_vault(of("prod")).with_vault(of("gone")).with_vault(of("kept"));
        desk.set("prod", "token", "value");
        desk.set("kept", "inside", "value");
        desk.delete("prod", "token").unwrap();
        desk.delete("kept", "inside").unwrap();
        desk.service.delete_vault(&officer(), &vault("gone")).unwrap();
        desk.pass_days(6);
        desk.service.delete_vault(&officer(), &vault("kept")).unwrap();
        out(&mut desk, name);
        desk.pass_days(3);
        let mut desk = desk.reopened();
        assert!(!desk.service.tick().unwrap(), "{name}: nothing is purged where nothing is written");
        assert!(desk.service.next_tick_ms().is_none(), "{name}: and nobody is woken for it");
        assert_eq!(desk.service.world().schedule().len(), 4);
        back(&mut desk, name);
        assert_eq!(state(&desk, name).is_healthy(), name == POLAND);
        desk.pass_secs(30);
        assert!(desk.service.tick().unwrap());
        let desk = desk.reopened();
        let left: Vec<_> = desk.service.world().schedule().iter().map(|due| due.vault.to_string()).collect();
        assert_eq!(left, ["kept"], "what fell due is gone, the vault deleted later is still kept");
    }
}

#[test]
fn nobody_is_woken_again_and_again_for_nothing() {
    // What is due next is always later than now once a tick has run, in any state of a region.
    for name in [WEST, POLAND] {
        let mut desk = Desk::in_memory().with_vault(keeping_days(7, in_region(name, draft("prod"))));
        desk.set("prod", "token", "value");
        desk.delete("prod", "token").unwrap();
        desk.pass_ms(7 * 86_400_000 - 60_000);
        out(&mut desk, name);
        for second in 0..400 {
            if second == 250 {
                back(&mut desk, name);
            }
            desk.pass_secs(1);
            desk.service.tick().unwrap();
            let wait = desk.service.next_tick_ms();
            assert!(wait.is_none_or(|ms| 0 < ms), "{name} at second {second}");
        }
        assert!(desk.service.world().schedule().is_empty());
    }
}

#[test]
fn a_region_is_lost_once_and_returns_once() {
    let mut desk = Desk::in_memory();
    let west = region(WEST);
    assert_eq!(refusal(desk.service.end_outage(&developer(), west)), Refusal::NoOutage { region: west });
    out(&mut desk, WEST);
    let again = desk.service.begin_outage(&developer(), west, PLAN);
    assert_eq!(refusal(again), Refusal::OutageAlready { region: west });
    desk.pass_secs(120);
    back(&mut desk, WEST);
    assert_eq!(refusal(desk.service.end_outage(&developer(), west)), Refusal::NoOutage { region: west });
    let failing_back = desk.service.begin_outage(&developer(), west, PLAN);
    assert_eq!(refusal(failing_back), Refusal::OutageAlready { region: west });
    desk.pass_secs(30);
    out(&mut desk, WEST);
    assert_eq!(state(&desk, WEST).word(), "Outage");
}

#[test]
fn an_outage_goes_on_as_it_stands_when_a_simulation_returns_to_real_time() {
    let mut desk = Desk::of(Purpose::Simulation, None).with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    desk.service.advance_clock(&developer(), START.plus_days(30)).unwrap();
    out(&mut desk, WEST);
    desk.pass_secs(60);
    let before = state(&desk, WEST);
    assert_eq!(before.word(), "Failing over");
    desk.service.reset_clock(&developer()).unwrap();
    assert_eq!(state(&desk, WEST).word(), "Failing over");
    desk.pass_secs(60);
    assert_eq!(state(&desk, WEST).word(), "Read-only");
    assert_eq!(desk.service.now(), START.plus_secs(120));
}
