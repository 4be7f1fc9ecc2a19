//! Values on their way in and out.

use std::{fs, process::Stdio};

use crate::desk::{Desk, lines, told};

const SHOW: &str = "keyvault secret show --vault-name contoso -n db";
const SET: &str = "keyvault secret set --vault-name contoso -n db";

#[test]
fn a_value_can_be_piped_in() {
    let desk = Desk::new();
    assert_eq!(desk.piped(SET, "two\nlines\r\n\n").code, 0);
    assert_eq!(desk.json(SHOW)["value"], "two\nlines", "line ends at the end are left out, as az leaves them out");
    assert_eq!(desk.piped(&format!("{SET} --value @-"), "dash").code, 0);
    assert_eq!(desk.json(SHOW)["value"], "dash");
    // Nothing is piped in: a scheduled job must not set an empty secret.
    desk.run(SET).refused(2, "a value piped in is required");
    desk.piped(SET, [0xff, 0xfe]).refused(1, "The file is not text in utf-8");
}

#[test]
fn a_value_with_an_at_sign_is_a_file_where_there_is_one() {
    let desk = Desk::new();
    desk.write("value.txt", "from a file\n");
    desk.done(&format!("{SET} --value @value.txt"));
    assert_eq!(desk.json(SHOW)["value"], "from a file");
    desk.done(&format!("{SET} --value @nowhere"));
    assert_eq!(desk.json(SHOW)["value"], "@nowhere", "a value may begin with the sign");
    desk.done(&format!("{SET} --value -hyphen"));
    assert_eq!(desk.json(SHOW)["value"], "-hyphen");
    desk.done(&format!("{SET} --value="));
    assert_eq!(desk.json(SHOW)["value"], "", "an empty value is one when it is said");
}

#[test]
fn any_file_comes_back_byte_by_byte() {
    let desk = Desk::new();
    let any: Vec<u8> = (0..=255).collect();
    let texts: [(&str, &[u8]); 5] = [
        ("base64", &any),
        ("hex", &any),
        ("utf-8", "größe\r\n".as_bytes()),
        ("utf-16le", &[b'a', 0, b'\n', 0]),
        ("ascii", b"plain"),
    ];
    for (encoding, content) in texts {
        desk.write("in", content);
        desk.done(&format!("{SET} -f in --encoding {encoding}"));
        let out = format!("out-{encoding}");
        desk.done(&format!("keyvault secret download --vault-name contoso -n db -f {out}"));
        assert_eq!(desk.read(&out), content, "{encoding}");
    }
    desk.write("in", "ö");
    desk.run(&format!("{SET} -f in --encoding ascii")).refused(1, "The file is not text in ascii");
}

#[test]
fn a_download_writes_over_nothing_and_shows_the_value_to_nobody_else() {
    let desk = Desk::new();
    desk.done(&format!("{SET} --value s3cret"));
    let download = "keyvault secret download --vault-name contoso -n db -f out";
    desk.write("out", "mine");
    desk.run(download).refused(1, "File or directory named 'out' already exists.");
    assert_eq!(desk.read("out"), b"mine");
    desk.done(&format!("{download} --overwrite"));
    assert_eq!(desk.read("out"), b"s3cret");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(desk.path("out")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(!desk.path("out.part").exists());
    desk.run("keyvault secret download --vault-name contoso -n db -f no/folder/out").refused(1, "Could not write");
    assert!(fs::read_dir(desk.path("")).unwrap().count() < 4, "nothing is left behind");
}

#[test]
fn a_backup_goes_through_a_file_and_comes_back_with_its_versions() {
    let desk = Desk::new();
    desk.done(&format!("{SET} --value one"));
    desk.done(&format!("{SET} --value two"));
    let versions = desk.json("keyvault secret list-versions --vault-name contoso -n db");
    desk.done("keyvault secret backup --vault-name contoso -n db -f db.backup");
    desk.run("keyvault secret restore --vault-name contoso -f db.backup").refused(1, "(Conflict)");
    desk.done("keyvault create -n other -l northeurope");
    desk.done("keyvault secret restore --vault-name other -f db.backup");
    let restored = desk.json("keyvault secret list-versions --vault-name other -n db");
    assert_eq!(restored.as_array().map(Vec::len), versions.as_array().map(Vec::len));
    assert_eq!(desk.picked("keyvault secret show --vault-name other -n db", "value"), "two");
    desk.write("bad.backup", "no backup");
    desk.run("keyvault secret restore --vault-name contoso -f bad.backup")
        .refused(1, "(Malformed backup blob) Backup blob is corrupt.");
    desk.run("keyvault secret restore --vault-name contoso -f nowhere")
        .refused(1, "Reading the backup nowhere failed: ");
}

#[test]
fn a_reader_who_has_seen_enough_ends_it_quietly() {
    let desk = Desk::new();
    desk.write("many.env", lines(2_000, |number| format!("SECRET_{number}=x")));
    desk.run("keyvault secret set --vault-name contoso --from-file many.env");
    for form in ["json", "jsonc", "tsv", "yaml", "table"] {
        let mut list = desk.tresor(["keyvault", "secret", "list", "--vault-name", "contoso", "-o", form]);
        let mut child = list.spawn().unwrap();
        let mut first = [0];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        drop(child.stdout.take());
        let told = told(child.wait_with_output().unwrap());
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{form}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_told() {
    let desk = Desk::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut list = desk.tresor(["keyvault", "list"]);
    told(list.stdout(Stdio::from(full)).output().unwrap()).refused(1, "ERROR: Could not print the answer");
}
