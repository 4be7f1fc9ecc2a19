//! What reaches a terminal beside the answer.

use std::fs;

use tresor::service::{Holder, Service};

use crate::desk::{Desk, Told, piped, told};

/// Whether nothing but line ends does anything to a terminal.
#[track_caller]
fn is_harmless(told: &Told) {
    let found: Vec<char> = told.err.chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert!(found.is_empty() && told.err.contains('\u{FFFD}'), "{found:?} in {:?}", told.err);
}

#[test]
fn no_name_from_elsewhere_does_anything_to_a_terminal() {
    // T5
    let desk = Desk::new();
    let set = "keyvault secret set --vault-name contoso --from-file -";
    let csv = desk.write("esc.csv", "na\u{1b}[31mme,value\n1,2\n");
    is_harmless(&desk.run(&format!("keyvault secret set --vault-name contoso --from-file {}", csv.display())));
    is_harmless(&desk.piped(set, "{\"a\\u001b[31mred\": \"1\", \"b\\u009b2J\": \"1\", \"c\\u202ed\": \"1\"}"));
    for words in [
        ["keyvault", "show", "-n", "con\u{1b}]0;title\u{7}"],
        ["keyvault", "list", "--query", "a\u{1b}[2J"],
        ["keyvault", "list", "--as", "no\u{1b}body"],
    ] {
        let told = told(desk.tresor(words).output().unwrap());
        assert_ne!(told.code, 0, "{words:?}");
        is_harmless(&told);
    }
    let hold = Service::hold(&desk.store(), Holder::Window).unwrap();
    fs::write(desk.store().join("lock"), "\u{1b}]0;gone\u{7} (process 1)").unwrap();
    is_harmless(&desk.run("keyvault list"));
    drop(hold);
}

#[test]
fn tables_stand_whatever_is_in_them_and_data_for_programs_is_as_it_is() {
    // S4
    let desk = Desk::new();
    let set =
        desk.tresor("keyvault secret set --vault-name contoso -n db -o none --description a\u{1b}[31mb".split(' '));
    assert_eq!(piped(set, "two\nlines\u{1b}[2J").code, 0);
    let show = "keyvault secret show --vault-name contoso -n db";
    let table = desk.done(&format!("{show} -o table"));
    assert!(!table.contains('\u{1b}') && table.contains("two lines\u{FFFD}[2J"), "{table:?}");
    assert_eq!(desk.picked(show, "value"), "two\nlines\u{1b}[2J");
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_typed_and_not_understood_does_nothing_to_a_terminal() {
    // T5
    let desk = Desk::new();
    for line in ["keyvault show '-\u{1b}[2J' x", "keyvault list --output '\u{1b}[2J'", "keyvault '\u{1b}[2Jx'"] {
        let mut command = desk.on_terminal(line);
        let seen = told(command.env("TERM", "xterm").output().unwrap());
        assert!(seen.code == 2 && seen.out.contains("For more information"), "{line}: {:?}", seen.out);
        assert!(!seen.out.contains("[2J"), "{line}: {:?}", seen.out);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_a_secret_among_the_arguments_is_warned_of() {
    // T1
    let desk = Desk::new();
    let warning = "WARNING: Other programs can see what follows --value while a command runs";
    let set = "keyvault secret set --vault-name contoso -n db -o none --value";
    let on_terminal = |line: String| told(desk.on_terminal(&line).output().unwrap()).out;
    assert!(on_terminal(format!("{set} s3cret")).contains(warning));
    desk.write("value", "s3cret");
    assert!(!on_terminal(format!("{set} @value")).contains("WARNING"), "a file tells nobody");
    assert!(!on_terminal(format!("{set} s3cret --only-show-errors")).contains("WARNING"));
    desk.done(&format!("{set} s3cret"));
    let import = "keyvault key import --vault-name contoso -n k --pem-file none --pem-password s3cret";
    assert!(on_terminal(import.into()).contains("what follows --pem-password"));
    desk.done("keyvault key create --vault-name contoso -n wrap -o none");
    let encrypt = "keyvault key encrypt --vault-name contoso -n wrap -a RSA-OAEP --data-type plaintext -o none --value";
    assert!(on_terminal(format!("{encrypt} s3cret")).contains(warning));
}
