//! What tells a person how it goes: help, man pages, completions. All three come from one definition.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    process::{Command, Stdio},
};

use tresor::cli::Arguments;

use crate::desk::{Desk, piped, told};

/// Every command there is.
const COMMANDS: [&str; 89] = [
    "activity export",
    "activity list",
    "activity retention",
    "clock advance",
    "clock confirm",
    "clock reset",
    "clock show",
    "completion",
    "identity add-member",
    "identity create",
    "identity delete",
    "identity list",
    "identity remove-member",
    "identity remove-passphrase",
    "identity set-passphrase",
    "identity show",
    "identity update",
    "keyvault check-name",
    "keyvault create",
    "keyvault delete",
    "keyvault delete-policy",
    "keyvault key backup",
    "keyvault key create",
    "keyvault key decrypt",
    "keyvault key delete",
    "keyvault key download",
    "keyvault key encrypt",
    "keyvault key import",
    "keyvault key list",
    "keyvault key list-deleted",
    "keyvault key list-versions",
    "keyvault key purge",
    "keyvault key recover",
    "keyvault key restore",
    "keyvault key rotate",
    "keyvault key rotation-policy show",
    "keyvault key rotation-policy update",
    "keyvault key set-attributes",
    "keyvault key show",
    "keyvault key show-deleted",
    "keyvault key sign",
    "keyvault key verify",
    "keyvault list",
    "keyvault list-deleted",
    "keyvault purge",
    "keyvault recover",
    "keyvault secret backup",
    "keyvault secret delete",
    "keyvault secret download",
    "keyvault secret list",
    "keyvault secret list-deleted",
    "keyvault secret list-versions",
    "keyvault secret purge",
    "keyvault secret recover",
    "keyvault secret restore",
    "keyvault secret set",
    "keyvault secret set-attributes",
    "keyvault secret show",
    "keyvault secret show-deleted",
    "keyvault set-policy",
    "keyvault show",
    "keyvault show-deleted",
    "keyvault update",
    "man",
    "region check",
    "region fail-link",
    "region fail-replica",
    "region list",
    "region move",
    "region outage",
    "region rebuild",
    "region restore",
    "region show",
    "role assignment create",
    "role assignment delete",
    "role assignment list",
    "role assignment restore",
    "role definition list",
    "store accept-older",
    "store check",
    "store compact",
    "store info",
    "store init",
    "store key-file",
    "store passwd",
    "store protect",
    "store recover",
    "store rekey",
    "store unprotect",
];

/// The help of a command at a width of 80, as `-h` or `--help` gives it.
fn help(desk: &Desk, command: &str, flag: &str) -> String {
    let words = command.split_whitespace().chain([flag]);
    let told = told(desk.tresor(words).env("COLUMNS", "80").output().unwrap());
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{command} {flag}");
    told.out
}

/// The commands that a help lists.
fn listed(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next().filter(|_| !line.starts_with("   ")))
        .collect()
}

fn leaves(desk: &Desk, path: &str, found: &mut BTreeSet<String>) {
    let help = help(desk, path, "-h");
    let below = listed(&help);
    if below.is_empty() {
        found.insert(path.to_owned());
    }
    for name in below {
        leaves(desk, format!("{path} {name}").trim(), found);
    }
}

#[test]
fn the_help_leads_to_every_command_and_each_explains_itself_within_80_columns() {
    let desk = Desk::empty();
    let mut found = BTreeSet::new();
    leaves(&desk, "", &mut found);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), COMMANDS);
    for command in COMMANDS.into_iter().chain([
        "",
        "keyvault",
        "keyvault key",
        "keyvault secret",
        "store",
        "clock",
        "region",
        "identity",
        "role assignment",
    ]) {
        for flag in ["-h", "--help"] {
            let help = help(&desk, command, flag);
            let wide = help.lines().find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{command} {flag}");
        }
    }
    for command in COMMANDS {
        assert!(!examples(&help(&desk, command, "-h")).is_empty(), "{command} has an example");
    }
}

/// The examples in a help, as lines for a shell.
fn examples(help: &str) -> Vec<String> {
    let section = help.lines().skip_while(|line| !line.starts_with("Example")).skip(1);
    let joined = section.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    joined.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The words that Tresor gets when a shell reads a line, with what is piped in and where it goes left out.
#[cfg(unix)]
fn words(line: &str) -> Vec<OsString> {
    let asked = line
        .split(" | ")
        .find(|part| part.starts_with("tresor "))
        .unwrap()
        .split(" > ")
        .next()
        .unwrap()
        .split(" >> ")
        .next()
        .unwrap();
    let output = Command::new("sh").args(["-c", &format!("printf '%s\\0' {asked}")]).output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    words.split_terminator('\0').map(OsString::from).collect()
}

#[cfg(unix)]
#[test]
fn every_example_in_the_help_is_a_line_that_works() {
    let desk = Desk::empty();
    let mut count = 0;
    for command in COMMANDS {
        for example in examples(&help(&desk, command, "-h")) {
            let read = Arguments::read(words(&example));
            assert!(read.is_ok_and(|read| read.command.is_some()), "{example}");
            assert!(example.contains(&format!("tresor {command}")), "{example}");
            count += 1;
        }
    }
    assert!(COMMANDS.len() < count, "{count} examples");
}

#[cfg(unix)]
#[test]
fn every_line_in_the_readme_is_a_line_that_works() {
    let readme = include_str!("../../README.md");
    let section = readme.split("## On the command line").nth(1).unwrap().split("\n## ").next().unwrap();
    let lines: Vec<&str> =
        section.lines().filter(|line| line.starts_with("tresor ") || line.contains("| tresor ")).collect();
    assert!(8 < lines.len(), "{lines:?}");
    for line in lines {
        let line = line.split("  #").next().unwrap().trim_end();
        assert!(Arguments::read(words(line)).is_ok_and(|read| read.command.is_some()), "{line}");
    }
}

#[test]
fn every_command_has_a_man_page_with_its_options_and_its_examples() {
    let desk = Desk::empty();
    desk.done("man pages/man1");
    for command in COMMANDS {
        let page = desk.path("pages/man1").join(format!("tresor-{}.1", command.replace(' ', "-")));
        let page = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        assert!(page.starts_with(".ie") && page.contains(".TH"), "{command}");
        assert!(page.contains("Example"), "{command}");
    }
    let page = desk.read("pages/man1/tresor-keyvault-secret-set.1");
    assert!(String::from_utf8(page).unwrap().contains(r"\-\-vault\-name"));
    desk.write("in-the-way", "");
    desk.run("man in-the-way").refused(1, "Could not write the man pages into in-the-way");
}

#[test]
fn completions_know_every_command_and_are_read_by_their_shells() {
    let desk = Desk::empty();
    for (shell, check) in [
        ("bash", Some(["bash", "-n"])),
        ("zsh", Some(["zsh", "-n"])),
        ("fish", Some(["fish", "--no-execute"])),
        ("powershell", None),
        ("elvish", None),
    ] {
        let script = desk.done(&format!("completion {shell}"));
        for word in ["keyvault", "list-deleted", "vault-name", "not-before", "passphrase-file", "set-policy"] {
            assert!(script.contains(word), "{shell} knows {word}");
        }
        let Some([program, flag]) = check else { continue };
        let mut command = Command::new(program);
        command.arg(flag).stdout(Stdio::piped()).stderr(Stdio::piped());
        if Command::new(program).arg("--version").output().is_ok() {
            let read = piped(command, &script);
            assert_eq!((read.code, read.err.as_str()), (0, ""), "{shell}");
        }
    }
    desk.run("completion csh").refused(2, "possible values");
}
