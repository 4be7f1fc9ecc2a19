//! Every way to tell the passphrase, and none that `ps` shows.

use std::process::Command;

use crate::desk::{Desk, PASSPHRASE, piped, program, told};

/// A line without the passphrase in the environment.
fn without(desk: &Desk, line: &str) -> Command {
    let mut command = desk.tresor(line.split(' '));
    command.env_remove("TRESOR_PASSPHRASE");
    command
}

#[test]
fn a_passphrase_comes_from_a_file_from_standard_input_or_from_the_environment() {
    let desk = Desk::new();
    let file = desk.write("passphrase", format!("{PASSPHRASE}\r\nnot this line\n"));
    let line = format!("keyvault list --query [0].name -o tsv --passphrase-file {}", file.display());
    assert_eq!(told(without(&desk, &line).output().unwrap()).out, "contoso\n");
    let from_input = without(&desk, "keyvault list --query [0].name -o tsv --passphrase-stdin");
    assert_eq!(piped(from_input, format!("{PASSPHRASE}\n")).out, "contoso\n");
    assert_eq!(desk.picked("keyvault list", "[0].name"), "contoso");
}

#[test]
fn a_value_can_follow_the_passphrase_in_standard_input() {
    let desk = Desk::new();
    let set = without(&desk, "keyvault secret set --vault-name contoso -n db --passphrase-stdin");
    assert_eq!(piped(set, format!("{PASSPHRASE}\ns3cret\n")).code, 0);
    assert_eq!(desk.picked("keyvault secret show --vault-name contoso -n db", "value"), "s3cret");
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_says_so() {
    // T2
    let desk = Desk::new();
    let mut wrong = desk.tresor(["keyvault", "list"]);
    told(wrong.env("TRESOR_PASSPHRASE", "wrong").output().unwrap()).refused(1, "ERROR: The passphrase is wrong.");
    let empty = without(&desk, "keyvault list --passphrase-stdin");
    piped(empty, "").refused(2, "There is no passphrase where one should be read");
    // A file that was named counts, whatever the environment holds.
    desk.run("keyvault list --passphrase-file nowhere").refused(1, "Could not read the passphrase from nowhere");
}

#[test]
fn a_passphrase_is_never_an_argument() {
    let desk = Desk::new();
    desk.run("keyvault list --passphrase secret").refused(2, "");
}

#[test]
fn the_passphrase_is_changed_and_the_old_one_opens_nothing_any_more() {
    let desk = Desk::new();
    let change = "store passwd --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1 --allow-weak-kdf --passphrase-stdin";
    piped(without(&desk, change), "wrong\nnew\n").refused(1, "The passphrase is wrong.");
    assert_eq!(piped(without(&desk, change), format!("{PASSPHRASE}\nnine purple teapots\n")).code, 0);
    desk.run("keyvault list").refused(1, "The passphrase is wrong.");
    let mut new = desk.tresor(["keyvault", "list"]);
    assert_eq!(told(new.env("TRESOR_PASSPHRASE", "nine purple teapots").output().unwrap()).code, 0);
    let mut empty = desk.tresor("store passwd".split(' '));
    empty.env("TRESOR_PASSPHRASE", "nine purple teapots").env("TRESOR_NEW_PASSPHRASE", "");
    told(empty.output().unwrap()).refused(1, "The passphrase is empty.");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_terminal_nobody_is_asked() {
    let desk = Desk::new();
    // A session of its own has no terminal, even where the tests are started from one.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(program()).args(["keyvault", "list"]).current_dir(desk.path(""));
    command.env("TRESOR_STORE", "store").env_remove("TRESOR_PASSPHRASE");
    told(command.output().unwrap()).refused(2, "there is no terminal to ask on");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_the_passphrase_is_asked_for() {
    let desk = Desk::new();
    let mut command = desk.on_terminal("keyvault list --query [0].name -o tsv");
    command.env_remove("TRESOR_PASSPHRASE");
    let told = piped(command, format!("{PASSPHRASE}\n"));
    assert!(told.out.contains("Passphrase: ") && told.out.contains("contoso"), "{}", told.out);
}
