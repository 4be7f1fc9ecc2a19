//! An identity's own passphrase or PIN: every way to tell it, and what becomes of wrong ones.

use std::process::Command;

use crate::desk::{Desk, PASSPHRASE, Told, piped, told};

const PIN: &str = "4711";
const SET: &str = "identity set-passphrase -n security-officer --as security-officer";
const LIST: &str = "keyvault list-deleted --as security-officer";

/// What comes of a line with these variables in the environment.
fn with(desk: &Desk, variables: &[(&str, &str)], line: &str) -> Told {
    let mut command = desk.tresor(line.split(' '));
    told(command.envs(variables.iter().copied()).output().unwrap())
}

fn given(desk: &Desk, pin: &str, line: &str) -> Told {
    with(desk, &[("TRESOR_AS_PASSPHRASE", pin)], line)
}

/// A desk at which the security officer has a PIN.
fn guarded() -> Desk {
    let desk = Desk::new();
    let set = with(&desk, &[("TRESOR_NEW_IDENTITY_PASSPHRASE", PIN)], SET);
    assert_eq!((set.code, set.out.as_str(), set.err.as_str()), (0, "", ""));
    assert_eq!(desk.picked("identity show -n security-officer", "hasPassphrase"), "true");
    desk
}

#[test]
fn a_pin_comes_from_a_file_from_standard_input_or_from_the_environment() {
    let desk = guarded();
    assert_eq!(given(&desk, PIN, LIST).code, 0);
    desk.write("pin", format!("{PIN}\r\nnot this line\n"));
    desk.done(&format!("{LIST} --as-password-file pin"));
    assert_eq!(desk.piped(&format!("{LIST} --as-password-file -"), format!("{PIN}\n")).code, 0);
    // After the store's own passphrase, and before a value.
    let mut both = desk.tresor("keyvault secret set --vault-name contoso -n db --as security-officer".split(' '));
    both.args(["--passphrase-stdin", "--as-password-file", "-"]).env_remove("TRESOR_PASSPHRASE");
    assert_eq!(piped(both, format!("{PASSPHRASE}\n{PIN}\nhush\n")).code, 0);
    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n db", "value"), "hush");
    // A file that is named is read also where nothing is asked for, so that a value is never the wrong line.
    let set = "keyvault secret set --vault-name contoso -n db --as-password-file -";
    assert_eq!(desk.piped(set, "unneeded\nvalue\n").code, 0);
    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n db", "value"), "value");
    desk.run(&format!("{LIST} --as-password-file nowhere")).refused(1, "Could not read the passphrase from nowhere");
}

#[test]
fn a_pin_that_is_wrong_short_or_missing_is_told_so() {
    // T5
    let desk = guarded();
    let wrong = given(&desk, "0000", LIST);
    wrong.refused(1, "ERROR: (Unauthorized) This is not the passphrase of Security officer.\nCode: Unauthorized\n");
    given(&desk, "", LIST).refused(1, "This is not the passphrase of Security officer.");
    assert_eq!(given(&desk, PIN, LIST).code, 0);
    let short = [("TRESOR_AS_PASSPHRASE", PIN), ("TRESOR_NEW_IDENTITY_PASSPHRASE", "123")];
    with(&desk, &short, SET).refused(1, "An identity's passphrase or PIN has at least 4 characters, not 3");
    assert_eq!(given(&desk, PIN, LIST).code, 0, "the old one still does");
    desk.run("identity set-passphrase -n developer --password-file nowhere").refused(1, "from nowhere");
    let group = "identity create -n Payments --kind group --as security-officer";
    assert_eq!(given(&desk, PIN, group).code, 0);
    desk.run("identity set-passphrase -n payments").refused(1, "Payments is a group, and nobody acts as a group");
}

#[test]
fn after_three_wrong_pins_the_next_has_to_wait() {
    let desk = guarded();
    for _ in 0..3 {
        given(&desk, "0000", LIST).refused(1, "This is not the passphrase of Security officer.");
    }
    let waits = given(&desk, PIN, LIST);
    waits.refused(1, "ERROR: (TooManyRequests) Too many wrong passphrases for Security officer; the next is taken at ");
    waits.refused(1, "Code: TooManyRequests");
    // Others go on.
    desk.done("keyvault list");
    desk.done("clock advance --by 6s");
    assert_eq!(given(&desk, PIN, LIST).code, 0);
    let tries = desk.picked("activity list --operation Authentication", "[].status");
    // The first is that of who set it, when nothing had to be proven.
    assert_eq!(tries.lines().collect::<Vec<_>>(), ["200", "401", "401", "401", "429", "200"]);
}

#[test]
fn a_pin_is_changed_and_removed_by_who_knows_it() {
    let desk = guarded();
    // Somebody else has to tell the one there is.
    let change = "identity set-passphrase -n security-officer --password-file -";
    for _ in 0..3 {
        desk.piped(change, "0000\n8080\n").refused(1, "This is not the passphrase of Security officer.");
    }
    desk.piped(change, format!("{PIN}\n8080\n")).refused(1, "(TooManyRequests)");
    desk.done("clock advance --by 6s");
    assert_eq!(desk.piped(change, format!("{PIN}\n8080\n")).code, 0);
    given(&desk, PIN, LIST).refused(1, "This is not the passphrase");
    assert_eq!(given(&desk, "8080", LIST).code, 0);
    let remove = "identity remove-passphrase -n security-officer --as security-officer";
    assert_eq!(given(&desk, "8080", remove).code, 0);
    desk.done(LIST);
    // A developer sets none for an officer who has none: that would lock the officer out.
    let set = "identity set-passphrase -n security-officer";
    with(&desk, &[("TRESOR_NEW_IDENTITY_PASSPHRASE", "8080")], set).refused(1, "(AuthorizationFailed)");
    desk.done(LIST);
}

#[test]
fn a_forgotten_pin_is_set_anew_by_the_stores_own_passphrase() {
    let desk = guarded();
    let new = [("TRESOR_NEW_IDENTITY_PASSPHRASE", "8080")];
    let reset = "identity set-passphrase -n security-officer --reset-with-store-passphrase";
    assert_eq!(with(&desk, &new, reset).code, 0);
    assert_eq!(given(&desk, "8080", LIST).code, 0);
    assert_eq!(desk.picked("activity list --operation IdentityPassphraseSet", "[].status"), "200\n200");
    desk.run("identity remove-passphrase -n security-officer --reset-with-store-passphrase");
    desk.done(LIST);
    // Also where it is the one who asks when nothing is said.
    let developer = "identity set-passphrase -n developer";
    assert_eq!(with(&desk, &new, developer).code, 0);
    given(&desk, "0000", "keyvault list").refused(1, "This is not the passphrase of Developer.");
    desk.done("identity remove-passphrase -n developer --reset-with-store-passphrase");
    desk.done("keyvault list");
    // The store itself is looked after without.
    assert_eq!(with(&desk, &new, developer).code, 0);
    for line in ["store info", "store check", "store compact", "region check --as security-officer"] {
        desk.done(line);
    }
    desk.run("activity list").refused(2, "An identity's own passphrase is needed");
    let mine = with(&desk, &[("TRESOR_AS_PASSPHRASE", "8080")], "activity list");
    let told: serde_json::Value = serde_json::from_str(&mine.out).unwrap();
    // T11: what the store's passphrase allowed is marked so, and has no caller where none was named.
    let by_passphrase = |record: &&serde_json::Value| record["byStorePassphrase"] == true;
    let told: Vec<_> = told.as_array().unwrap().iter().filter(by_passphrase).collect();
    let words = |record: &serde_json::Value| {
        let text = |member: &str| record[member].as_str().unwrap_or("-").to_owned();
        format!("{} {} {} {}", text("caller"), text("operationName"), text("subject"), text("detail"))
    };
    assert_eq!(
        told.iter().map(|record| words(record)).collect::<Vec<_>>(),
        [
            "- IdentityPassphraseSet Security officer passphrase changed",
            "- IdentityPassphraseSet Security officer passphrase removed",
            "- IdentityPassphraseSet Developer passphrase removed",
            "- StoreCheck - -",
            "- StoreCompact - -",
        ]
    );
    assert!(told.iter().all(|record| record["identity"].is_null()));
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_the_pin_is_asked_for_and_without_one_nobody_is() {
    let desk = guarded();
    let told_there = piped(desk.on_terminal(LIST), format!("{PIN}\n"));
    assert!(told_there.out.contains("Passphrase or PIN of Security officer: "), "{}", told_there.out);
    assert_eq!(told_there.code, 0, "{}", told_there.out);
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(crate::desk::program()).args(LIST.split(' ')).current_dir(desk.path(""));
    command.env("TRESOR_STORE", "store").env("TRESOR_PASSPHRASE", PASSPHRASE);
    told(command.output().unwrap()).refused(2, "TRESOR_AS_PASSPHRASE or --as-password-file FILE tell it without one.");
}

#[test]
fn a_pin_is_never_an_argument() {
    let desk = guarded();
    desk.run(&format!("{LIST} --as-passphrase {PIN}")).refused(2, "");
    desk.run(&format!("{SET} --passphrase {PIN}")).refused(2, "");
}
