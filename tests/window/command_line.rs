//! The window and the command line on one store: in turn, each seeing what the other did, and never at once.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use super::{
    common::{Window, wait_for},
    gate::{PASSPHRASE, assert_says, lock, open_with, over, says},
};
use egui::{Key, Modifiers, Role};
use egui_kittest::{
    Node,
    kittest::{NodeT as _, Queryable as _},
};
use tresor::{
    service::TimeSource,
    ui::{
        action::Action,
        route::{Route, Tab},
    },
};

/// The program, about to be asked this of the store in `folder`.
fn line(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tresor"));
    command.args(words.split(' ')).env("TRESOR_STORE", folder).env("TRESOR_PASSPHRASE", PASSPHRASE);
    // What this computer remembers of stores lies beside the store here.
    command.env("XDG_STATE_HOME", folder.parent().unwrap());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What the program answers, which has to work.
#[track_caller]
fn answer(folder: &Path, words: &str) -> String {
    let output = line(folder, words).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{words}");
    out
}

/// The window with the store unlocked, at the computer's time, as the command line has it.
fn unlocked(folder: &Path) -> Window {
    let mut window = over(folder, [1280.0, 800.0]);
    window.clock.hold_at(TimeSource::Computer.now());
    unlock(&mut window);
    window
}

fn unlock(window: &mut Window) {
    open_with(window, PASSPHRASE);
    window.settle();
}

fn go(window: &mut Window, tab: Tab) {
    let ctx = window.harness.ctx.clone();
    let vault = super::common::vault_name("contoso");
    window.harness.state_mut().act(&ctx, vec![Action::Go(Route::Vault(vault, tab))]);
    window.settle();
}

#[test]
fn the_window_and_the_command_line_each_see_what_the_other_did() {
    // S1, S2, S4
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    answer(&folder, "store init --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --allow-weak-kdf");
    answer(&folder, "keyvault create -n contoso -l westeurope");
    answer(&folder, "keyvault secret set --vault-name contoso -n by-line --value one");

    // The window sees both, sets a secret of its own, and deletes what the line had set.
    let mut window = unlocked(&folder);
    assert_says(&window, "contoso");
    go(&mut window, Tab::Secrets);
    assert_says(&window, "by-line");
    window.key(Modifiers::COMMAND, Key::N);
    window.type_text("by-window");
    window.key(Modifiers::NONE, Key::Tab);
    window.type_text("two");
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.has_secret("contoso", "by-window"));
    window.harness.get_by_label("by-line").click();
    window.settle();
    window.key(Modifiers::NONE, Key::Delete);
    assert!(window.has_deleted_secret("contoso", "by-line"));
    lock(&mut window);

    // The line sees what the window did, takes the delete back, and adds a version.
    let show = "keyvault secret show --vault-name contoso -n by-window --query value -o tsv";
    assert_eq!(answer(&folder, show), "two\n");
    let bin = "keyvault secret list-deleted --vault-name contoso --query [].name -o tsv";
    assert_eq!(answer(&folder, bin), "by-line\n");
    answer(&folder, "keyvault secret recover --vault-name contoso -n by-line");
    answer(&folder, "keyvault secret set --vault-name contoso -n by-window --value three");
    answer(&folder, "keyvault create -n other -l northeurope");

    // The window sees that.
    window.clock.hold_at(TimeSource::Computer.now());
    unlock(&mut window);
    assert_says(&window, "other");
    go(&mut window, Tab::Secrets);
    assert!(window.has_secret("contoso", "by-line") && says(&window, "by-line"));
    assert!(!window.has_deleted_secret("contoso", "by-line"));
    window.harness.get_by_label("by-window").click();
    window.settle();
    window.press("Reveal");
    let is_shown = |node: Node<'_>| node.accesskit_node().value().is_some_and(|text| text.contains("three"));
    wait_for(&mut window.harness, |harness| harness.query_all_by(|_| true).any(is_shown));
    lock(&mut window);
    let versions = "keyvault secret list-versions --vault-name contoso -n by-window --query length(@)";
    assert_eq!(answer(&folder, versions), "2\n");
    let asked = answer(&folder, "activity list --operation SecretSet --query [].[vault,object] -o tsv");
    assert_eq!(asked, "contoso\tby-line\ncontoso\tby-window\ncontoso\tby-window\n");
}

#[test]
fn while_the_window_has_it_open_a_line_changes_nothing_or_waits() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    answer(&folder, "store init --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --allow-weak-kdf");
    answer(&folder, "keyvault create -n contoso");
    let mut window = unlocked(&folder);
    let set = "keyvault secret set --vault-name contoso -n db --value x -o none";
    let refused = line(&folder, set).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), refused.stdout.as_slice()), (Some(1), &[][..]));
    assert!(
        said.contains(&format!("(process {})", std::process::id())) && said.contains("Nothing was changed"),
        "{said}"
    );

    let mut waiting = line(&folder, &format!("{set} --wait")).spawn().unwrap();
    let mut warned = String::new();
    BufReader::new(waiting.stderr.take().unwrap()).read_line(&mut warned).unwrap();
    assert!(warned.contains("waiting until it is closed"), "{warned}");
    window.key(Modifiers::COMMAND, Key::Num1);
    assert!(waiting.try_wait().unwrap().is_none() && !window.has_secret("contoso", "db"));
    lock(&mut window);
    assert!(waiting.wait().unwrap().success());
    window.clock.hold_at(TimeSource::Computer.now());
    unlock(&mut window);
    assert!(window.has_secret("contoso", "db"));
    window.harness.get_by_role_and_label(Role::Button, "contoso");
}

#[test]
fn a_region_whose_folder_is_deleted_while_the_window_is_open_fails_over_and_comes_back() {
    // A4, A5, A6
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    answer(&folder, "store init --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --allow-weak-kdf");
    answer(&folder, "keyvault create -n contoso -l westeurope");
    answer(&folder, "keyvault secret set --vault-name contoso -n db --value hush");
    // A loss plays as the last outage did: at once.
    answer(&folder, "region outage -l westeurope --failover-seconds 0 --failback-seconds 0 --only-show-errors");
    answer(&folder, "region restore -l westeurope --only-show-errors");
    let mut window = unlocked(&folder);
    let ctx = window.harness.ctx.clone();
    window.harness.state_mut().act(&ctx, vec![Action::Go(Route::Regions)]);
    window.settle();
    assert_says(&window, "Read and write");
    std::fs::remove_dir_all(folder.join("westeurope")).unwrap();
    wait_for(&mut window.harness, |harness| harness.query_all_by_label_contains("Lost since").next().is_some());
    assert_says(&window, "Read-only");
    go(&mut window, Tab::Secrets);
    assert_says(&window, "db");
    lock(&mut window);
    assert_eq!(answer(&folder, "keyvault secret show --vault-name contoso -n db --query value -o tsv"), "hush\n");
    let refused = line(&folder, "keyvault secret set --vault-name contoso -n db --value new").output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "the pair serves, read-only");
    answer(&folder, "region restore -l westeurope --only-show-errors");
    answer(&folder, "keyvault secret set --vault-name contoso -n db --value new");
    answer(&folder, "region check");
}
