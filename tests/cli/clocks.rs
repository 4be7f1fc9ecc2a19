//! A real store under clocks that are wrong, as `faketime` plays them (T6).

use std::process::Command;

use serde_json::Value;

use crate::desk::{Desk, Told, told};

/// What is kept for its time, in a store that was not made for simulation: purge protection is on, and nobody may purge.
fn kept() -> Desk {
    let desk = Desk::empty();
    desk.done("store init --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --allow-weak-passphrase --allow-weak-kdf");
    desk.done("keyvault create -n prod -l westeurope --retention-days 7 --enable-purge-protection true");
    desk.done("keyvault create -n gone -l westeurope --retention-days 7");
    for secret in ["token", "live"] {
        desk.done(&format!("keyvault secret set --vault-name prod -n {secret} --value v"));
    }
    for key in ["old", "turning"] {
        desk.done(&format!("keyvault key create --vault-name prod -n {key} --kty EC --curve P-256"));
    }
    let expires = desk.picked("clock show", "now").replace("2026", "2027").replace("2028", "2029");
    let expires = format!("{}Z", &expires[..19]);
    desk.done(&format!("keyvault key create --vault-name prod -n signing --kty EC --curve P-256 --expires {expires}"));
    desk.write(
        "policy.json",
        r#"{"lifetimeActions": [{"trigger": {"timeAfterCreate": "P30D"}, "action": {"type": "Rotate"}}]}"#,
    );
    desk.done("keyvault key rotation-policy update --vault-name prod -n turning --value policy.json");
    desk.done("keyvault secret delete --vault-name prod -n token");
    desk.done("keyvault key delete --vault-name prod -n old");
    desk.done("keyvault delete -n gone");
    desk
}

/// What comes of a line while the clock shows that: `+91d`, `@1960-06-01 12:00:00`.
fn under(desk: &Desk, clock: &str, line: &str) -> Told {
    let program = desk.tresor(line.split(' '));
    let mut command = Command::new("faketime");
    command.args(["-f", clock]).arg(program.get_program()).args(program.get_args());
    if let Some(folder) = program.get_current_dir() {
        command.current_dir(folder);
    }
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    told(command.output().expect("faketime is there: ./test installs it"))
}

/// What is there, and how often each operation of the making was recorded.
fn inventory(desk: &Desk) -> Vec<String> {
    let names = |line: &str| desk.picked(line, "join(' ', sort([].name))");
    let mut all: Vec<String> = [
        "keyvault secret list-deleted --vault-name prod",
        "keyvault key list-deleted --vault-name prod",
        "keyvault list-deleted",
        "keyvault secret list --vault-name prod",
        "keyvault key list --vault-name prod",
    ]
    .iter()
    .map(|line| format!("{line}: {}", names(line)))
    .collect();
    for key in ["turning", "signing"] {
        let line = format!("keyvault key list-versions --vault-name prod -n {key}");
        all.push(format!("{key} has {} versions", desk.picked(&line, "length(@)")));
    }
    for operation in ["VaultPut", "KeyCreate", "SecretDelete", "KeyDelete", "VaultDelete"] {
        let line = format!("activity list --operation {operation}");
        all.push(format!("{operation}: {}", desk.picked(&line, "length(@)")));
    }
    all
}

#[test]
fn whatever_the_clock_shows_nothing_is_lost_and_a_clock_that_is_right_again_finds_all_as_it_was() {
    // T6, S10
    let desk = kept();
    let before = inventory(&desk);
    assert!(before.iter().all(|line| !line.ends_with(": ") && !line.ends_with(" 0")), "{before:?}");
    for clock in ["+91d", "+365d", "+50y", "-1y", "@1960-06-01 12:00:00", "@9999-06-01 12:00:00"] {
        let live = under(&desk, clock, "keyvault secret show --vault-name prod -n live --query value -o tsv");
        assert_eq!((live.code, live.out.as_str()), (0, "v\n"), "{clock}: {}", live.err);
        let is_ahead = !clock.starts_with('-') && !clock.contains("1960");
        assert_eq!(live.err.contains("retained"), is_ahead, "{clock} is said: {}", live.err);
        let listed = under(&desk, clock, "keyvault secret list-deleted --vault-name prod --query [].name -o tsv");
        assert_eq!((listed.code, listed.out.as_str()), (0, "token\n"), "{clock}: it is listed: {}", listed.err);
        let set = under(&desk, clock, "keyvault secret set --vault-name prod -n live --value v -o none");
        assert_eq!(set.code, 0, "{clock}: {}", set.err);
        assert_eq!(inventory(&desk), before, "{clock}");
        desk.done("keyvault key sign --vault-name prod -n signing -a ES256 --digest AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        let made = "keyvault secret set --vault-name prod -n live --value v --query attributes.created -o tsv";
        let (made, now) = (desk.done(made), desk.picked("clock show", "now"));
        assert_eq!(made[..13], now[..13], "{clock}: the right time at once");
    }
    desk.done("keyvault secret recover --vault-name prod -n token");
    desk.done("keyvault recover -n gone");
}

#[test]
fn the_boot_time_that_is_read_is_the_kernels_whatever_moves_the_clock() {
    // T6
    let desk = kept();
    let age = |told: Told| {
        assert_eq!(told.code, 0, "{}", told.err);
        let shown: Value = serde_json::from_str(&told.out).unwrap();
        (shown["proven"]["ageSeconds"].as_u64().unwrap(), shown["proven"]["withheldSeconds"].as_u64().unwrap())
    };
    let (first, withheld) = age(desk.run("clock show"));
    assert!(withheld < 60);
    let (faked, withheld) = age(under(&desk, "+91d", "clock show"));
    assert!(faked < first + 3_600, "{faked} seconds have passed since {first}");
    assert!((91 * 86_400..91 * 86_400 + 3_600).contains(&withheld), "all of it is withheld: {withheld}");
    let (last, withheld) = age(desk.run("clock show"));
    assert!(first <= last && withheld < 60, "{first} to {last}, withheld {withheld}");
}

#[test]
fn who_confirms_the_clock_needs_the_right_to_and_has_a_day() {
    // T6
    let desk = kept();
    let nothing = desk.run("clock confirm --as security-officer");
    nothing.refused(1, "There is nothing to confirm");
    under(&desk, "+91d", "clock confirm").refused(1, "AuthorizationFailed");
    let confirmed =
        under(&desk, "+91d", "clock confirm --as security-officer --query proven.[heldBack,waitingSeconds]");
    assert_eq!(confirmed.code, 0, "{}", confirmed.err);
    let shown: Vec<u64> = serde_json::from_str(&confirmed.out).unwrap();
    assert_eq!(shown[0], 4, "a deleted secret, a deleted key, a deleted vault, and a key that rotates");
    assert!(shown[1] >= 91 * 86_400);
    let listed = under(&desk, "+91d", "keyvault secret list-deleted --vault-name prod --query [].name -o tsv");
    assert_eq!(listed.out, "token\n");
    assert_eq!(desk.picked("clock show", "proven.waitingSeconds"), "0", "the clock went back before it counted");
    assert_eq!(desk.picked("activity list --operation ClockConfirm", "length(@)"), "3", "refused twice, done once");
}
