//! The window and the command line on one store: in turn, and at once.

use std::{
    io::{BufRead as _, BufReader},
    sync::Arc,
    thread,
    time::Duration,
};

use tresor::{
    domain::{Caller, ObjectName, SecretValue, VaultName, activity::Record, secret::SecretDraft},
    service::NewSecret,
};

use crate::desk::{Desk, told};

fn vault() -> VaultName {
    VaultName::parse("contoso").unwrap()
}

fn set(service: &mut tresor::service::Service, name: &str, value: &str) {
    let name = ObjectName::parse(name).unwrap();
    let value = SecretValue::parse(value.to_owned().into()).unwrap();
    let new = NewSecret { name, value, draft: SecretDraft::default() };
    service.set_secret(&Caller::developer(), &vault(), new).unwrap();
}

#[test]
fn each_sees_what_the_other_did() {
    // S4
    let desk = Desk::new();
    let mut window = desk.service();
    set(&mut window, "by-window", "one");
    drop(window);

    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n by-window", "value"), "one");
    desk.done("keyvault secret set --vault-name contoso -n by-line --value two");
    desk.done("keyvault secret delete --vault-name contoso -n by-window");

    let mut window = desk.service();
    let world = window.world();
    let secrets = &world.vault(&vault()).unwrap().secrets;
    assert!(secrets.get_deleted(&ObjectName::parse("by-window").unwrap()).is_some());
    let (_, value) =
        window.get_secret(&Caller::developer(), &vault(), &ObjectName::parse("by-line").unwrap(), None).unwrap();
    assert_eq!(value.expose(), "two");
    let view = window.view();
    let seen: Vec<&str> = view.activity.iter().map(|record: &Arc<Record>| record.operation.audit_name()).collect();
    assert_eq!(seen, ["VaultPut", "SecretSet", "SecretGet", "SecretSet", "SecretDelete", "SecretGet"]);
    window.recover_secret(&Caller::developer(), &vault(), &ObjectName::parse("by-window").unwrap()).unwrap();
    drop(window);

    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "[].name"), "by-line\nby-window");
}

#[test]
fn where_a_window_has_it_open_the_command_names_it_and_changes_nothing() {
    let desk = Desk::new();
    let window = desk.service();
    let refused = desk.run("keyvault secret set --vault-name contoso -n db --value x");
    refused.refused(1, "ERROR: This store is already open in ");
    refused.refused(1, &format!("(process {})", std::process::id()));
    refused.refused(1, "--wait waits for that. Nothing was changed.");
    assert_eq!(window.world().vault(&vault()).unwrap().secrets.live_count(), 0);
    drop(window);
    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "length(@)"), "0");
}

#[test]
fn with_wait_it_goes_on_when_the_window_is_closed() {
    let desk = Desk::new();
    let mut window = desk.service();
    let line = "keyvault secret set --vault-name contoso -n by-line --value two --wait";
    let mut child = desk.tresor(line.split(' ')).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("WARNING: The store is open in ") && said.contains("waiting"), "{said}");
    set(&mut window, "by-window", "one");
    assert!(child.try_wait().unwrap().is_none(), "it waits");
    drop(window);
    let told = told(child.wait_with_output().unwrap());
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "[].name"), "by-line\nby-window");
}

#[test]
fn following_the_activity_tells_what_others_do_and_is_in_nobodys_way() {
    let desk = Desk::new();
    let mut child =
        desk.tresor("activity list --follow --wait --operation SecretSet -o tsv".split(' ')).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for name in ["one", "two"] {
        let line = format!("keyvault secret set --vault-name contoso -n {name} --value x --wait");
        assert_eq!(desk.run(&line).code, 0);
        let line = lines.next().unwrap().unwrap();
        assert!(line.contains("SecretSet") && line.contains(&format!("\t{name}\t")), "{line}");
        // Between its looks the store is free.
        thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
