//! T8, T9, T10 from the command line.

use std::fs;

use crate::desk::{Desk, PASSPHRASE, Told, copy, piped, told};

const NEW: &str = "nine purple teapots sing 2";

fn with(desk: &Desk, passphrase: &str, line: &str) -> Told {
    told(desk.tresor(line.split(' ')).env("TRESOR_PASSPHRASE", passphrase).output().unwrap())
}

#[test]
fn a_rekeyed_store_opens_with_the_new_passphrase_alone_and_an_old_header_opens_nothing_later() {
    // T8, H3
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    desk.done("keyvault secret backup --vault-name contoso -n a -f a.backup");
    copy(&desk.path("store"), &desk.path("thief"));
    let rekey = "store rekey --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --passphrase-stdin";
    let done = piped(desk.tresor(rekey.split(' ')), format!("{PASSPHRASE}\n{NEW}\n"));
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    with(&desk, PASSPHRASE, "keyvault list").refused(1, "The passphrase is wrong.");
    assert_eq!(with(&desk, NEW, "keyvault secret set --vault-name contoso -n b --value later -o none").code, 0);
    let shown = with(&desk, NEW, "keyvault secret show --vault-name contoso -n a --query value -o tsv");
    assert_eq!((shown.code, shown.out.as_str()), (0, "one\n"));
    // What was copied before is lost to whoever copied it; what comes later is not.
    fs::copy(desk.path("thief/tresor.header"), desk.path("store/tresor.header")).unwrap();
    let thief = with(&desk, PASSPHRASE, "keyvault secret show --vault-name contoso -n b");
    assert!(thief.code != 0 && thief.out.is_empty(), "{}", thief.out);
}

#[test]
fn a_store_can_be_rekeyed_under_the_same_passphrase_and_older_backups_restore() {
    // T8
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    desk.done("keyvault secret backup --vault-name contoso -n a -f a.backup");
    desk.done("store rekey --keep-passphrase");
    desk.done("keyvault secret delete --vault-name contoso -n a -o none");
    desk.done("keyvault secret purge --vault-name contoso -n a --as security-officer");
    desk.done("keyvault secret restore --vault-name contoso -f a.backup -o none");
    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n a", "value"), "one");
    assert_eq!(desk.picked("store check", "whole"), "true");
}

#[test]
fn a_new_passphrase_never_costs_less_by_itself() {
    // M1, L6
    let desk = Desk::empty();
    desk.done("store init --simulation --kdf-memory 131072 --kdf-passes 4 --kdf-lanes 1 -o none");
    let passwd = |flags: &str, new: &str, old: &str| {
        piped(desk.tresor(format!("store passwd {flags}--passphrase-stdin").split(' ')), format!("{old}\n{new}\n"))
    };
    assert_eq!(passwd("", NEW, PASSPHRASE).code, 0);
    let kdf = with(&desk, NEW, "store info --query [kdf.memoryKib,kdf.passes] -o tsv");
    assert_eq!(kdf.out, "131072\n4\n");
    let less = passwd("--kdf-passes 1 ", PASSPHRASE, NEW);
    assert!(less.code == 0 && less.err.contains("weaker than the previous one"), "{}", less.err);
    Desk::empty()
        .run("store init --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1")
        .refused(2, "a store of real secrets takes a key derivation of at least 19456 KiB and 2 passes");
}

#[test]
fn an_older_store_is_refused_until_it_is_accepted_once_which_is_recorded() {
    // T9, M3
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n a --value old -o none");
    copy(&desk.path("store"), &desk.path("yesterday"));
    desk.done("keyvault secret set --vault-name contoso -n a --value new -o none");
    desk.done("keyvault secret show --vault-name contoso -n a -o none");
    fs::remove_dir_all(desk.path("store")).unwrap();
    copy(&desk.path("yesterday"), &desk.path("store"));
    desk.run("keyvault secret show --vault-name contoso -n a").refused(1, "tresor store accept-older");
    desk.done("store accept-older");
    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n a", "value"), "old");
    let recorded = desk.picked("activity list --operation StoreAcceptOlder", "[].operationName");
    assert_eq!(recorded, "StoreAcceptOlder");
}

#[test]
fn roles_that_were_taken_away_do_not_come_back_with_an_older_folder() {
    // T9, M3
    let desk = Desk::new();
    copy(&desk.path("store/global"), &desk.path("global-of-yesterday"));
    desk.done("identity create -n Ana --as security-officer -o none");
    desk.done("keyvault secret set --vault-name contoso -n a --value one -o none");
    fs::remove_dir_all(desk.path("store/global")).unwrap();
    copy(&desk.path("global-of-yesterday"), &desk.path("store/global"));
    // Without what this computer remembers, the regions say it.
    fs::remove_dir_all(desk.path(".state")).unwrap();
    desk.run("keyvault list").refused(1, "global");
}
