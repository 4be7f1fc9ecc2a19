//! Acting as somebody who has a passphrase of their own.

use tresor::crypto::Passphrase;
use tresor::domain::identity::{IdentityId, Proof};
use tresor::domain::{Caller, Operation, Refusal, activity::Outcome};
use tresor::service::{Authority, ServiceError, StoreError};

use crate::desk::*;

fn pin(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

fn own(text: &str) -> Authority {
    Authority::Own(Some(pin(text)))
}

/// A desk at which the officer has a PIN.
fn guarded() -> Desk {
    let mut desk = Desk::on_disk().with_vault(draft("prod"));
    desk.set("prod", "token", "value");
    desk.delete("prod", "token").unwrap();
    let (id, none) = (IdentityId::SECURITY_OFFICER, Authority::Own(None));
    desk.service.set_identity_passphrase(&officer(), id, &none, Some(&pin("4711"))).unwrap();
    desk.reopened()
}

fn sign_in(desk: &mut Desk, text: &str) -> Result<Caller, ServiceError> {
    desk.service.sign_in(IdentityId::SECURITY_OFFICER, Some(&pin(text)))
}

#[test]
fn whoever_has_a_passphrase_of_their_own_gives_it_before_anything_is_done() {
    // T2
    let mut desk = guarded();
    let purge = |desk: &mut Desk, by: &Caller| desk.service.purge_secret(by, &vault("prod"), &name("token"));
    let not_signed_in = Refusal::NotSignedIn { name: "Security officer".into() };
    assert_eq!(refusal(purge(&mut desk, &officer())), not_signed_in);
    assert_eq!(refusal(desk.service.sign_in(IdentityId::SECURITY_OFFICER, None)), not_signed_in);
    let wrong = refusal(sign_in(&mut desk, "4712"));
    assert_eq!(wrong, Refusal::WrongIdentityPassphrase { name: "Security officer".into() });
    let officer = sign_in(&mut desk, "4711").unwrap();
    purge(&mut desk, &officer).unwrap();
    let view = desk.service.view();
    let attempts = view.activity.iter().filter(|record| record.operation == Operation::Authentication);
    let done: Vec<_> = attempts.map(|record| record.outcome == Outcome::Done).collect();
    assert_eq!(done, [false, false, true], "every attempt is recorded");
}

#[test]
fn three_wrong_ones_make_the_next_wait_also_in_another_program() {
    let mut desk = guarded();
    for _ in 0..3 {
        assert!(matches!(refusal(sign_in(&mut desk, "0000")), Refusal::WrongIdentityPassphrase { .. }));
    }
    let mut desk = desk.reopened();
    let until = START.plus_secs(5);
    let waits = Refusal::TooManyTries { name: "Security officer".into(), until };
    assert_eq!(refusal(sign_in(&mut desk, "4711")), waits, "nothing is looked at, not even the right one");
    desk.pass_secs(5);
    assert!(matches!(refusal(sign_in(&mut desk, "0000")), Refusal::WrongIdentityPassphrase { .. }));
    desk.pass_secs(9);
    assert!(matches!(refusal(sign_in(&mut desk, "4711")), Refusal::TooManyTries { .. }));
    for _ in 0..10 {
        desk.pass_secs(60);
        assert!(
            matches!(refusal(sign_in(&mut desk, "0000")), Refusal::WrongIdentityPassphrase { .. }),
            "a minute is enough"
        );
    }
    desk.pass_secs(60);
    sign_in(&mut desk, "4711").unwrap();
    assert!(matches!(refusal(sign_in(&mut desk, "0000")), Refusal::WrongIdentityPassphrase { .. }), "it starts anew");
    sign_in(&mut desk, "4711").unwrap();
}

#[test]
fn the_wait_ends_after_time_that_passed_wherever_the_clock_goes() {
    // T6
    let computer = Computer::new();
    let mut desk = Desk::at(&computer);
    let (id, none) = (IdentityId::SECURITY_OFFICER, Authority::Own(None));
    desk.service.set_identity_passphrase(&officer(), id, &none, Some(&pin("4711"))).unwrap();
    let locked = |desk: &mut Desk| {
        matches!(desk.service.sign_in(id, Some(&pin("4711"))), Err(ServiceError::Refused(Refusal::TooManyTries { .. })))
    };
    for clock in [START, START.plus_days(18_262), START.plus_days(-365), START] {
        for _ in 0..8 {
            computer.pass_ms(60_000);
            assert!(matches!(refusal(sign_in(&mut desk, "0000")), Refusal::WrongIdentityPassphrase { .. }));
        }
        computer.set(clock);
        assert!(locked(&mut desk), "a clock that jumps ends nothing");
        desk = desk.reopened();
        computer.pass_ms(59_000);
        computer.set(clock);
        assert!(locked(&mut desk), "nor does one that stands");
        computer.pass_ms(1_000);
        computer.set(clock);
        sign_in(&mut desk, "4711").unwrap();
    }
    for _ in 0..8 {
        computer.pass_ms(60_000);
        assert!(matches!(refusal(sign_in(&mut desk, "0000")), Refusal::WrongIdentityPassphrase { .. }));
    }
    computer.restart(START.plus_days(-9_000));
    assert!(locked(&mut desk), "a new start with a clock that went back");
    computer.pass_ms(40_000);
    sign_in(&mut desk, "4711").unwrap();
}

#[test]
fn a_passphrase_is_changed_by_whoever_knows_it_or_the_stores_own() {
    let mut desk = guarded();
    let id = IdentityId::SECURITY_OFFICER;
    let mut set = |authority: &Authority, new: Option<&str>| {
        let new = new.map(pin);
        desk.service.set_identity_passphrase(&developer(), id, authority, new.as_ref())
    };
    assert!(matches!(refusal(set(&own("0000"), Some("5555"))), Refusal::WrongIdentityPassphrase { .. }));
    assert!(matches!(refusal(set(&Authority::Own(None), Some("5555"))), Refusal::NotSignedIn { .. }));
    assert_eq!(refusal(set(&own("4711"), Some("123"))), Refusal::IdentityPassphraseShort { found: 3 });
    set(&own("4711"), Some("5555")).unwrap();
    // Nor is this a way to guess without waiting.
    for _ in 0..3 {
        assert!(matches!(refusal(set(&own("0000"), None)), Refusal::WrongIdentityPassphrase { .. }));
    }
    assert!(matches!(refusal(set(&own("5555"), None)), Refusal::TooManyTries { .. }));
    let wrong = set(&Authority::Store(pin("not the store's")), None);
    assert!(matches!(wrong, Err(ServiceError::Store(StoreError::WrongPassphrase))));
    // Whoever forgot their own is not locked out of their own store, and it is recorded who did it.
    set(&Authority::Store(passphrase()), None).unwrap();
    let mut desk = desk.reopened();
    desk.service.sign_in(id, None).unwrap();
    assert_eq!(desk.service.world().directory.get(id).unwrap().proof, Proof::None);
    let view = desk.service.view();
    let reset = view.activity.iter().rfind(|record| record.operation == Operation::IdentityPassphraseSet).unwrap();
    assert_eq!((reset.caller.as_str(), &reset.outcome), ("Developer", &Outcome::Done));
}

#[test]
fn nobody_sets_a_first_passphrase_for_somebody_else_without_managing_identities() {
    let mut desk = Desk::in_memory();
    let (ana, none) = (desk.nobody("Ana"), Authority::Own(None));
    let set =
        |desk: &mut Desk, by: &Caller, id| desk.service.set_identity_passphrase(by, id, &none, Some(&pin("1234")));
    let refused = refusal(set(&mut desk, &ana, IdentityId::SECURITY_OFFICER));
    assert!(matches!(refused, Refusal::ActionMissing { .. }));
    set(&mut desk, &officer(), ana.id.unwrap()).unwrap();
    assert!(matches!(refusal(desk.service.sign_in(ana.id.unwrap(), None)), Refusal::NotSignedIn { .. }));
}
