//! Commands put together in a shell: whatever feeds one and reads from another, all of them get the store in turn.
#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Command, Stdio},
};

use tresor::service::{Holder, Opening, Passphrase, Service, TimeSource};

use crate::desk::{Desk, Told, lines, program, told};

/// So often each way to put commands together has to go right.
const RUNS: usize = 60;

/// What comes of a script of bash, in which `tresor` is this program and `secret` its group of secrets in contoso.
fn script(desk: &Desk, text: &str) -> Told {
    let mut command = Command::new("bash");
    let beginning = "set -euo pipefail\n\
        tresor() { \"$PROGRAM\" \"$@\"; }\n\
        secret() { tresor keyvault secret \"$@\" --vault-name contoso; }\n";
    command.args(["-c", &format!("{beginning}{text}")]).current_dir(desk.path(""));
    for (name, value) in desk.tresor([]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("PROGRAM", program()).stdin(Stdio::null());
    told(command.output().unwrap())
}

#[track_caller]
fn done(desk: &Desk, text: &str) -> String {
    let told = script(desk, text);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{text}");
    told.out
}

fn value(desk: &Desk, name: &str) -> String {
    desk.picked(&format!("keyvault secret show --vault-name contoso -n {name}"), "value")
}

#[test]
fn what_one_command_shows_another_one_sets() {
    // T12
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n src --value s3cret");
    let all = done(
        &desk,
        &format!(
            "for run in $(seq {RUNS}); do\n\
             case $((run % 3)) in\n\
                 0) into='--file /dev/stdin' ;;\n\
                 1) into='--value @-' ;;\n\
                 2) into='' ;;\n\
             esac\n\
             secret show -n src --query value -o tsv | secret set -n copy-$run $into --query value -o tsv\n\
             done"
        ),
    );
    // A file is taken as it is, with its line end.
    assert_eq!(all.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>(), ["s3cret"; RUNS]);
    assert_eq!(value(&desk, "copy-59"), "s3cret");
}

#[test]
fn with_wait_on_both_sides_neither_waits_for_the_other() {
    // T12
    let desk = Desk::new();
    desk.done("keyvault secret set --vault-name contoso -n src --value s3cret");
    let line =
        "secret show -n src --query value -o tsv --wait | secret set -n copy --value @- --wait --query value -o tsv";
    let all = done(&desk, &format!("for run in $(seq {RUNS}); do {line}; done"));
    assert_eq!(all, "s3cret\n".repeat(RUNS));
}

#[test]
fn what_a_list_names_is_shown_one_by_one_while_it_is_still_read() {
    // T12
    let desk = Desk::new();
    desk.piped("keyvault secret set --vault-name contoso --from-file -", lines(4, |n| format!("S{n}=value-{n}")));
    let names = "secret list --query '[].name' -o tsv";
    let show = "while read -r name; do secret show -n \"$name\" --query value -o tsv </dev/null; done";
    let all = done(&desk, &format!("for run in $(seq {RUNS}); do {names} | {show}; done"));
    assert_eq!(all, "value-0\nvalue-1\nvalue-2\nvalue-3\n".repeat(RUNS));
}

#[test]
fn many_commands_at_once_all_get_their_turn() {
    // T12
    let desk = Desk::new();
    let at_once = |words: &str| {
        let xargs = "xargs -P8 -I{} \"$PROGRAM\" keyvault secret";
        done(
            &desk,
            &format!(
                "seq {RUNS} | {xargs} {words} --only-show-errors --vault-name contoso -n s-{{}} --query value -o tsv"
            ),
        )
    };
    let sorted = |out: String| {
        let mut found: Vec<String> = out.lines().map(str::to_owned).collect();
        found.sort();
        found
    };
    let mut expected: Vec<String> = (1..=RUNS).map(|n| format!("v-{n}")).collect();
    expected.sort();
    assert_eq!(sorted(at_once("set --value v-{}")), expected);
    assert_eq!(sorted(at_once("show")), expected);
    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "length(@)"), RUNS.to_string());
}

#[test]
fn a_slow_pipe_keeps_nobody_from_the_store() {
    // T12
    let desk = Desk::new();
    let all = done(
        &desk,
        &format!(
            "mkfifo slow\n\
             for run in $(seq {RUNS}); do\n\
             secret set -n slow -o none <slow &\n\
             exec 3>slow\n\
             secret list --query 'length(@)' -o tsv >list\n\
             echo \"late $run\" >&3\n\
             exec 3>&-\n\
             wait $!\n\
             secret show -n slow --query value -o tsv\n\
             done"
        ),
    );
    assert_eq!(all, lines(RUNS, |run| format!("late {}", run + 1)));
}

#[test]
fn an_answer_that_nobody_reads_keeps_nobody_from_the_store() {
    // T12
    let desk = Desk::new();
    desk.piped("keyvault secret set --vault-name contoso --from-file -", lines(400, |n| format!("S{n}=value-{n}")));
    let mut list = desk.tresor("keyvault secret list --vault-name contoso".split(' ')).spawn().unwrap();
    let mut out = list.stdout.take().unwrap();
    // It has begun to print, and a pipe does not hold all of it.
    let mut begun = [0; 1];
    out.read_exact(&mut begun).unwrap();
    assert_eq!(value(&desk, "S7"), "value-7");
    assert!(list.try_wait().unwrap().is_none(), "it is not read yet");
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(list.wait().unwrap().success() && rest.contains("S399"));
    // Nor does one who has seen enough.
    assert_eq!(done(&desk, "secret list -o tsv | head -1 >/dev/null; echo $?"), "0\n");
}

/// The store, open in this process as a command has it open.
fn held(desk: &Desk) -> Service {
    let passphrase = Passphrase::new(crate::desk::PASSPHRASE.to_owned());
    let hold = Service::hold(&desk.store(), Holder::Command).unwrap();
    Service::open_as(hold, Opening::whole(&passphrase), TimeSource::Computer).unwrap()
}

#[test]
fn a_command_waits_for_a_command_and_says_for_whom() {
    let desk = Desk::new();
    let hold = held(&desk);
    let mut child = desk.tresor(["keyvault", "list", "--query", "[0].name"]).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let by = format!(" command (process {}); waiting", std::process::id());
    assert!(said.starts_with("WARNING: The store is open in ") && said.contains(&by), "{said}");
    drop(hold);
    let told = told(child.wait_with_output().unwrap());
    assert_eq!((told.code, told.out.as_str()), (0, "\"contoso\"\n"), "{}", told.err);
}

#[test]
fn a_command_that_does_not_end_is_waited_for_for_half_a_minute() {
    let desk = Desk::new();
    let _hold = held(&desk);
    let told = desk.run("keyvault list --only-show-errors");
    told.refused(1, "ERROR: This store is already open in ");
    told.refused(1, "Tresor waited 30 s for that; --wait waits as long as it takes. Nothing was changed.");
}

#[test]
fn a_file_that_one_command_writes_can_be_a_pipe_that_another_one_reads() {
    // T12
    let desk = Desk::new();
    desk.done("keyvault create -n other -l westeurope");
    desk.done("keyvault secret set --vault-name contoso -n src --value s3cret -o none");
    let all = done(
        &desk,
        &format!(
            "for run in $(seq {RUNS}); do\n\
             secret download -n src -f /dev/stdout | secret set -n copy --value @- --query value -o tsv\n\
             done\n\
             secret backup -n src -f /dev/stdout |\n\
             tresor keyvault secret restore --vault-name other -f /dev/stdin --query name -o tsv\n\
             mkfifo pipe\n\
             secret download -n src -f pipe --overwrite &\n\
             secret set -n last --value @pipe --query value -o tsv\n\
             wait $!\n\
             test -p pipe"
        ),
    );
    assert_eq!(all, "s3cret\n".repeat(RUNS) + "src\ns3cret\n");
}

#[test]
fn what_is_exported_into_a_pipe_keeps_nobody_from_the_store() {
    // T12
    let desk = Desk::new();
    let all = done(
        &desk,
        "mkfifo out\n\
         tresor activity export --file out --query records &\n\
         while read -r line; do secret list --query 'length(@)' </dev/null; done <out\n\
         wait $!\n\
         test -p out",
    );
    let mut answers: Vec<&str> = all.lines().collect();
    answers.sort_unstable();
    assert_eq!(answers, ["0", "1"], "one record, for which there was a list of none");
}

#[cfg(target_os = "linux")]
#[test]
fn what_goes_to_standard_output_by_its_name_stands_between_what_others_write() {
    // T7, 16: standard output is a file here, and a path that leads to it.
    let desk = Desk::new();
    let all = done(
        &desk,
        "secret set -n a --value one -o none\n\
         ln -s /proc/self/fd/1 out\n\
         : >all.txt; file=$(stat -c %i all.txt)\n\
         { echo before; secret download -n a --file out; echo; secret download -n a --file /dev/fd/1; echo after; } >all.txt\n\
         cat all.txt; test -L out; test $file = $(stat -c %i all.txt)",
    );
    assert_eq!(all.lines().collect::<Vec<_>>(), ["before", "one", "oneafter"]);
}

#[cfg(target_os = "linux")]
#[test]
fn while_a_person_types_others_have_the_store() {
    // T12
    let desk = Desk::new();
    let officer = "--as security-officer -o none";
    let mut set = desk.tresor("identity set-passphrase -n security-officer --as security-officer".split(' '));
    assert!(set.env("TRESOR_NEW_IDENTITY_PASSPHRASE", "4711").output().unwrap().status.success());
    for line in [format!("keyvault list-deleted {officer}"), "identity set-passphrase -n developer".into()] {
        let mut command = desk.on_terminal(&line);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut seen = String::new();
        while !seen.contains("assphrase or PIN of ") {
            let mut next = [0; 1];
            out.read_exact(&mut next).unwrap();
            seen.push(char::from(next[0]));
        }
        desk.done("keyvault list");
        child.stdin.take().unwrap().write_all(b"4711\n4711\n").unwrap();
        out.read_to_string(&mut seen).unwrap();
        assert!(child.wait().unwrap().success(), "{line}: {seen}");
    }
}

#[test]
fn where_nothing_comes_nothing_is_set() {
    // T12
    let desk = Desk::new();
    for (line, words) in [
        ("true | secret set -n x --file /dev/stdin", "Nothing came from /dev/stdin, so nothing was changed."),
        ("true | secret set -n x --value @-", "Nothing came from standard input, so nothing was changed."),
        ("true | secret set -n x", "one of --value VALUE, --file FILE or a value piped in is required"),
        ("secret set -n x --file <(true)", "so nothing was changed."),
        ("secret set -n x --value @<(true)", "so nothing was changed."),
        ("secret set -n x --file /dev/null", "Nothing came from /dev/null, so nothing was changed."),
        ("touch e; secret set -n x --file /dev/stdin <e", "Nothing came from /dev/stdin, so nothing was changed."),
        (
            "true | tresor keyvault key import --vault-name contoso -n x --pem-string @-",
            "Nothing came from standard input",
        ),
        ("secret restore -f <(true)", "so nothing was changed."),
    ] {
        let told = script(&desk, line);
        assert!(told.code != 0 && told.out.is_empty() && told.err.contains(words), "{line}: {}", told.err);
    }
    assert_eq!(desk.picked("keyvault secret list --vault-name contoso", "length(@)"), "0");
    // A file that is empty is what it is.
    assert_eq!(done(&desk, "touch empty; secret set -n x --file empty --query value"), "\"\"\n");
}

#[test]
fn a_pipe_is_read_wherever_a_person_names_a_file() {
    // S4
    let desk = Desk::new();
    desk.write("key.pem", include_str!("data/p256.pem"));
    let key = "tresor keyvault key import --vault-name contoso --query key.crv -o tsv -n";
    assert_eq!(done(&desk, &format!("{key} a --pem-file <(cat key.pem)")), "P-256\n");
    assert_eq!(done(&desk, &format!("{key} b --pem-file /dev/stdin <key.pem")), "P-256\n");
    assert_eq!(done(&desk, &format!("cat key.pem | {key} c --pem-file /dev/stdin")), "P-256\n");
    let import = "secret set --query secretsSet --from-file";
    assert_eq!(done(&desk, &format!("{import} <(printf 'A=1\\nB=2\\n')")), "2\n");
    assert_eq!(
        done(&desk, &format!("printf 'name,value\\nC,1\\n' >c.csv; mkfifo p.csv; cat c.csv >p.csv & {import} p.csv")),
        "1\n"
    );
    desk.done("keyvault secret backup --vault-name contoso -n A -f a.backup");
    desk.done("keyvault create -n other -l westeurope");
    let restore = "tresor keyvault secret restore --vault-name other --query name -f";
    assert_eq!(done(&desk, &format!("{restore} <(cat a.backup)")), "\"A\"\n");
    // What does not end is bounded.
    let endless = script(&desk, &format!("{key} d --pem-file /dev/zero"));
    endless.refused(1, "/dev/zero: The file is larger than 1 MiB, so it is not a key");
    script(&desk, &format!("{restore} /dev/zero")).refused(1, "larger than 16 MiB");
}
