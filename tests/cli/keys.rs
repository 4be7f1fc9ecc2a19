//! Keys as scripts use them: what one command gives, the next one takes, and so does the `openssl` program.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::desk::{Desk, told};

const OF: &str = "--vault-name contoso -n k";
const TEXT: &[u8] = b"attack at dawn";

fn member(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("{name} in {answer}")).to_owned()
}

/// What `openssl` says, in the folder of the desk; it has to succeed.
fn openssl(desk: &Desk, line: &str) -> Vec<u8> {
    let output = Command::new("openssl").args(line.split(' ')).current_dir(desk.path("")).output().unwrap();
    assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn has_openssl() -> bool {
    Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn a_rotated_key_still_decrypts_what_was_encrypted_before() {
    // §3.6
    let desk = Desk::new();
    let created = desk.json(&format!("keyvault key create {OF} --ops encrypt decrypt"));
    let encrypted = desk.json(&format!("keyvault key encrypt {OF} -a RSA-OAEP-256 --value old --data-type plaintext"));
    let (old, value) = (member(&encrypted, "kid"), member(&encrypted, "result"));
    assert_eq!(created["key"]["kid"], encrypted["kid"]);
    let rotated = desk.json(&format!("keyvault key rotate {OF}"));
    assert_ne!(rotated["key"]["kid"], encrypted["kid"]);
    assert_ne!(rotated["key"]["n"], created["key"]["n"]);
    assert_eq!(rotated["key"]["keyOps"], created["key"]["keyOps"]);
    let decrypt =
        |which: &str| format!("keyvault key decrypt {which} -a RSA-OAEP-256 --value {value} --data-type plaintext");
    assert_eq!(desk.json(&decrypt(&format!("--id {old}")))["result"], "old");
    let version = old.rsplit('/').next().unwrap();
    assert_eq!(desk.json(&decrypt(&format!("{OF} --version {version}")))["result"], "old");
    desk.run(&decrypt(OF)).refused(1, "(BadParameter) This was not made with this key");
    desk.run(&decrypt(&format!("{OF} -v latest"))).refused(3, "KeyNotFound");
    assert_eq!(desk.json(&format!("keyvault key list-versions {OF}")).as_array().map(Vec::len), Some(2));
}

#[test]
fn a_deleted_key_does_nothing_and_comes_back_whole() {
    // S1, S5
    let desk = Desk::new();
    desk.done(&format!("keyvault key create {OF} --curve P-384 --tags team=web"));
    desk.done(&format!("keyvault key rotate {OF}"));
    desk.write(
        "policy.json",
        r#"{"lifetimeActions": [{"action": {"type": "Rotate"}, "trigger": {"timeAfterCreate": "P90D"}}]}"#,
    );
    desk.done(&format!("keyvault key rotation-policy update {OF} --value @policy.json"));
    let all = |desk: &Desk| {
        ["show", "list-versions", "rotation-policy show"]
            .map(|command| desk.json(&format!("keyvault key {command} {OF}")))
    };
    let before = all(&desk);
    desk.done(&format!("keyvault key delete {OF}"));
    for command in
        ["show", "rotate", "rotation-policy show", "backup -f b", "download -f p", "sign -a ES384 --digest AA=="]
    {
        let (command, rest) = command.split_once(" -").map_or((command, String::new()), |(c, r)| (c, format!(" -{r}")));
        desk.run(&format!("keyvault key {command} {OF}{rest}")).refused(3, "KeyNotFound");
    }
    desk.done(&format!("keyvault key recover {OF}"));
    assert_eq!(all(&desk), before);
    // A policy acts by the clock, whoever looks.
    desk.done("clock advance --by 91d");
    assert_eq!(desk.json(&format!("keyvault key list-versions {OF}")).as_array().map(Vec::len), Some(3));
}

#[test]
fn what_tresor_signs_openssl_verifies_over_the_downloaded_key() {
    if !has_openssl() {
        return;
    }
    let desk = Desk::new();
    desk.write("text", TEXT);
    desk.write("digest", openssl(&desk, "dgst -sha256 -binary text"));
    let digest = STANDARD.encode(desk.read("digest"));

    desk.done(&format!("keyvault key create {OF}"));
    desk.done(&format!("keyvault key download {OF} -f rsa.pem"));
    for (algorithm, padding) in [
        ("RS256", "rsa_padding_mode:pkcs1"),
        ("PS256", "rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest -pkeyopt rsa_mgf1_md:sha256"),
    ] {
        let signed = desk.json(&format!("keyvault key sign {OF} -a {algorithm} --digest {digest}"));
        desk.write("signature", STANDARD.decode(member(&signed, "signature")).unwrap());
        let checked = openssl(
            &desk,
            &format!(
                "pkeyutl -verify -pubin -inkey rsa.pem -in digest -sigfile signature -pkeyopt digest:sha256 -pkeyopt {padding}"
            ),
        );
        assert!(String::from_utf8_lossy(&checked).contains("Verified Successfully"), "{algorithm}");
    }

    desk.done("keyvault key create --vault-name contoso -n ec --kty EC");
    desk.done("keyvault key download --vault-name contoso -n ec -f ec.der --encoding DER");
    let signed = desk.json(&format!("keyvault key sign --vault-name contoso -n ec -a ES256 --digest {digest}"));
    desk.write("signature", der_of(&STANDARD.decode(member(&signed, "signature")).unwrap()));
    let checked = openssl(&desk, "pkeyutl -verify -pubin -keyform DER -inkey ec.der -in digest -sigfile signature");
    assert!(String::from_utf8_lossy(&checked).contains("Verified Successfully"));
}

#[test]
fn what_openssl_makes_tresor_takes() {
    if !has_openssl() {
        return;
    }
    let desk = Desk::new();
    desk.write("text", TEXT);
    openssl(&desk, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes-256-cbc -pass pass:sesame -out key.pem");
    desk.write("passphrase", "sesame\r\nnot this line\n");
    let import = format!("keyvault key import {OF} --pem-file key.pem");
    desk.run(&import).refused(1, "This key is protected by a passphrase.");
    desk.done(&format!("{import} --pem-password-file passphrase"));
    desk.done(&format!("{import} --pem-password sesame --ops decrypt verify"));
    openssl(&desk, "dgst -sha512 -sign key.pem -passin pass:sesame -out signature text");
    openssl(
        &desk,
        "pkeyutl -encrypt -inkey key.pem -passin pass:sesame -pkeyopt rsa_padding_mode:oaep -in text -out sealed",
    );
    desk.write("signature.txt", STANDARD.encode(desk.read("signature")));
    desk.write("digest.txt", STANDARD.encode(openssl(&desk, "dgst -sha512 -binary text")));
    let sealed = STANDARD.encode(desk.read("sealed"));
    let verify = format!("keyvault key verify {OF} -a RS512 --digest @digest.txt --signature @signature.txt");
    assert_eq!(desk.json(&verify)["isValid"], true);
    let decrypt = format!("keyvault key decrypt {OF} -a RSA-OAEP --value @- --query result -o tsv");
    assert_eq!(desk.piped(&decrypt, &sealed).out.trim_end(), STANDARD.encode(TEXT));
    assert_eq!(desk.piped(&format!("{decrypt} --data-type plaintext"), &sealed).out.trim_end(), "attack at dawn");
    // What was downloaded is public, and a vault takes no such key.
    for form in ["PEM", "JWK"] {
        desk.done(&format!("keyvault key download {OF} -f public.{form} -e {form}"));
        desk.run(&format!("keyvault key import --vault-name contoso -n other --pem-file public.{form}"))
            .refused(1, "This is a public key; a vault needs the private one.");
    }
    // A key can be piped in, where no other program sees it.
    let plain = openssl(&desk, "pkey -in key.pem -passin pass:sesame");
    let imported = desk.piped("keyvault key import --vault-name contoso -n piped --pem-string @- -o none", plain);
    assert_eq!((imported.code, imported.out.as_str()), (0, ""), "{}", imported.err);
}

#[test]
fn what_opens_a_key_is_never_told() {
    let desk = Desk::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/transcripts/keys.in");
    for name in ["sealed.pem", "key.pem", "damaged.pem"] {
        desk.write(name, fs::read(fixtures.join(name)).unwrap());
    }
    let body: Vec<String> =
        String::from_utf8(desk.read("key.pem")).unwrap().lines().skip(1).take(20).map(str::to_owned).collect();
    for line in [
        format!("keyvault key import {OF} --pem-file sealed.pem --pem-password open-sesame"),
        format!("keyvault key import {OF} --pem-file damaged.pem"),
        format!("keyvault key import {OF} --pem-file key.pem --expires 2020-01-01 --not-before 2021-01-01"),
        format!("keyvault key import {OF} --pem-file key.pem"),
        format!("keyvault key show {OF}"),
        "activity list".to_owned(),
    ] {
        let told = desk.run(&line);
        let said = told.out + &told.err;
        assert!(!said.contains("open-sesame") && body.iter().all(|line| !said.contains(line)), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_whose_making_is_broken_off_is_there_whole_or_not_at_all() {
    let desk = Desk::new();
    for (round, wait_ms) in [30, 90, 200].into_iter().enumerate() {
        let line = format!("keyvault key create --vault-name contoso -n k{round} --size 4096 -o none");
        let child = desk.tresor(line.split(' ')).spawn().unwrap();
        thread::sleep(Duration::from_millis(wait_ms));
        // It may have ended by itself.
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let told = told(child.wait_with_output().unwrap());
        let is_there = desk.run(&format!("keyvault key show --vault-name contoso -n k{round}")).code == 0;
        assert_eq!(is_there, told.code == 0, "{}", told.err);
        if told.code == 1 {
            assert_eq!(told.err, "ERROR: Interrupted; nothing was changed.\n");
        }
    }
}

/// `r || s` as the SEQUENCE of two INTEGERs that openssl reads.
fn der_of(raw: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
        let mut digits = number[start..].to_vec();
        if digits[0] & 0x80 != 0 {
            digits.insert(0, 0);
        }
        [&[2, u8::try_from(digits.len()).unwrap()], &digits[..]].concat()
    };
    let (r, s) = raw.split_at(raw.len() / 2);
    let both = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat()
}
