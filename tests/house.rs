//! The invariants of the house that reading the sources can hold. Each rule is also shown a source that breaks it.

use std::fs;
use std::path::{Path, PathBuf};

/// What a rule finds in one file, given by its path below the package: nothing, or what breaks it.
type Rule = fn(file: &str, source: &str) -> Vec<String>;

#[test]
fn only_the_window_names_egui() {
    hold(only_the_window_draws, &["src"]);
    breaks(only_the_window_draws, "src/service/mod.rs", "use egui::Ui;");
    breaks(only_the_window_draws, "src/domain/vault.rs", "fn f(ui: &mut eframe::egui::Ui) {}");
    keeps(only_the_window_draws, "src/ui/pages/vault.rs", "use egui::Ui;");
    keeps(only_the_window_draws, "src/lib.rs", "//! The only floor that knows egui.\npub mod ui;");
}

#[test]
fn the_domain_knows_no_file_no_clock_and_no_randomness() {
    hold(the_domain_is_pure, &["src/domain"]);
    breaks(the_domain_is_pure, "src/domain/a.rs", "use std::{fmt, fs::File};");
    breaks(the_domain_is_pure, "src/domain/a.rs", "let now = chrono::Utc::now();");
    breaks(the_domain_is_pure, "src/domain/a.rs", "let now = Local::now();");
    breaks(the_domain_is_pure, "src/domain/a.rs", "use std::time::SystemTime;");
    breaks(the_domain_is_pure, "src/domain/a.rs", "use ring::rand::SystemRandom;");
    breaks(the_domain_is_pure, "src/domain/a.rs", "fn open(db: redb::Database) {}");
    keeps(the_domain_is_pure, "src/domain/a.rs", "use std::fmt;\n// never std::fs\nconst A: &str = \"Utc::now\";");
    keeps(the_domain_is_pure, "src/store/a.rs", "use std::fs;");
}

#[test]
fn only_the_keys_of_vaults_name_aws_lc() {
    hold(only_keys_name_aws_lc, &["src"]);
    breaks(only_keys_name_aws_lc, "src/crypto/sealer.rs", "use aws_lc_rs::aead;");
    keeps(only_keys_name_aws_lc, "src/crypto/key/ready.rs", "use aws_lc_rs::rsa::KeyPair;");
}

#[test]
fn only_the_theme_names_colours_and_font_sizes() {
    hold(only_the_theme_has_looks, &["src"]);
    breaks(only_the_theme_has_looks, "src/ui/a.rs", "let red = Color32::RED;");
    breaks(only_the_theme_has_looks, "src/ui/a.rs", "let c = egui::Color32::from_rgb(1, 2, 3);");
    breaks(only_the_theme_has_looks, "src/ui/a.rs", "let c = hex_color!(\"#102030\");");
    breaks(only_the_theme_has_looks, "src/ui/a.rs", "let f = FontId::proportional(13.0);");
    breaks(only_the_theme_has_looks, "src/ui/a.rs", "RichText::new(text).size(13.0)");
    keeps(only_the_theme_has_looks, "src/ui/theme/tokens.rs", "let c = Color32::from_rgb(1, 2, 3);");
    keeps(only_the_theme_has_looks, "src/ui/a.rs", "fn paint(fill: Color32) { let none = Color32::TRANSPARENT; }");
    keeps(only_the_theme_has_looks, "src/ui/a.rs", "ui.label(RichText::new(text).size(theme.small)); rect.size();");
}

#[test]
fn no_floor_looks_up_and_only_the_service_calls_the_store() {
    hold(floors_look_down, &["src"]);
    breaks(floors_look_down, "src/domain/a.rs", "use crate::crypto::seal;");
    breaks(floors_look_down, "src/store/a.rs", "use crate::{domain::Vault, service};");
    breaks(floors_look_down, "src/ui/a.rs", "use crate::store::Store;");
    breaks(floors_look_down, "src/cli/a.rs", "fn f() { crate::store::open(); }");
    breaks(floors_look_down, "src/main.rs", "use tresor::store::Store;");
    keeps(floors_look_down, "src/service/a.rs", "use crate::{crypto, domain::Vault, store::Store};");
    keeps(floors_look_down, "src/store/a.rs", "use crate::store::table;");
    keeps(floors_look_down, "src/main.rs", "use tresor::{service, ui};");
}

#[test]
fn no_thread_is_unnamed() {
    hold(threads_are_named, &["src"]);
    breaks(threads_are_named, "src/ui/a.rs", "std::thread::spawn(|| work());");
    breaks(threads_are_named, "src/ui/a.rs", "use std::thread::{self, spawn};");
    keeps(threads_are_named, "src/ui/a.rs", "thread::Builder::new().name(name).spawn(work)");
}

#[test]
fn only_the_disk_makes_files_and_starts_programs() {
    // T7: what is made is its owner's alone, no link is followed, and no child inherits a passphrase.
    hold(files_come_from_one_place, &["src"]);
    breaks(files_come_from_one_place, "src/store/a.rs", "let file = File::create(path)?;");
    breaks(files_come_from_one_place, "src/store/a.rs", "let file = std::fs::File::create_new(path)?;");
    breaks(files_come_from_one_place, "src/cli/a.rs", "use std::fs::OpenOptions;");
    breaks(files_come_from_one_place, "src/ui/a.rs", "fs::write(path, bytes)?;");
    breaks(files_come_from_one_place, "src/service/a.rs", "fs::create_dir_all(folder)?;");
    breaks(files_come_from_one_place, "src/store/a.rs", "fs::copy(old, new)?;");
    breaks(files_come_from_one_place, "src/ui/a.rs", "std::process::Command::new(program);");
    keeps(files_come_from_one_place, "src/disk.rs", "use std::fs::OpenOptions;");
    keeps(files_come_from_one_place, "src/store/a.rs", "fs::rename(new, path)?; disk::create_new(path)?;");
}

#[test]
fn nothing_is_left_to_do() {
    hold(nothing_is_missing, &["src", "tests", "benches"]);
    breaks(nothing_is_missing, "src/ui/a.rs", "fn f() { todo!() }");
    breaks(nothing_is_missing, "tests/a.rs", "fn f() { unimplemented!(\"later\") }");
    breaks(nothing_is_missing, "src/ui/a.rs", "fn f() {} // TODO: more");
    keeps(nothing_is_missing, "src/ui/a.rs", "fn todo() { log(\"todo!\") }");
}

#[test]
fn files_are_short_enough_to_be_read() {
    hold(files_are_short, &["src", "tests", "benches"]);
    breaks(files_are_short, "src/ui/a.rs", &"\n".repeat(MOST_LINES + 1));
    keeps(files_are_short, "src/ui/a.rs", &"\n".repeat(MOST_LINES));
}

#[test]
fn secrets_cannot_be_printed_copied_or_written() {
    // T1
    hold(secrets_stay_secret, &["src"]);
    breaks(secrets_stay_secret, "src/crypto/a.rs", "#[derive(PartialEq, Clone)]\npub struct RootKey;");
    breaks(secrets_stay_secret, "src/domain/a.rs", "#[derive(Debug)]\n#[must_use]\npub struct SecretValue(String);");
    breaks(secrets_stay_secret, "src/domain/a.rs", "#[derive(serde::Serialize)] pub(crate) struct Passphrase;");
    breaks(secrets_stay_secret, "src/crypto/a.rs", "#[derive(Clone)] pub struct KeyMaterial(Vec<u8>);");
    breaks(secrets_stay_secret, "src/store/a.rs", "impl<'a> std::fmt::Debug for crate::crypto::RecordKey<'a> {}");
    keeps(secrets_stay_secret, "src/crypto/a.rs", "#[derive(Debug, Clone)] struct Salt; struct RootKey([u8; 32]);");
    keeps(
        secrets_stay_secret,
        "src/crypto/a.rs",
        "#[derive(Debug)] struct PublicKey; #[derive(Debug)] struct NotAKey;",
    );
    keeps(secrets_stay_secret, "src/ui/a.rs", "#[derive(Debug, Clone, Copy)] enum SortKey { Name }");
    keeps(secrets_stay_secret, "src/crypto/a.rs", "impl Debug for Error {} impl Drop for RootKey {}");
}

#[test]
fn what_is_said_in_comments_and_texts_is_not_taken_for_code() {
    let source = "a /* b /* c */ d */ e // f\n'g' 'h: \"i\\\"j\" r#\"k\"l\"# '\\'' b\"m\" n";
    let code: String = code_only(source).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(code, "a e 'h: n");
    assert_eq!(comments_only(source).split_whitespace().collect::<String>(), "/*b/*c*/d*///f");
}

const MOST_LINES: usize = 650;

fn only_the_window_draws(file: &str, source: &str) -> Vec<String> {
    if is_in(file, "src/ui") || file == "src/main.rs" {
        return Vec::new();
    }
    found(source, |path| path[0].starts_with("egui") || matches!(path[0], "eframe" | "epaint" | "ecolor"))
}

fn the_domain_is_pure(file: &str, source: &str) -> Vec<String> {
    if !is_in(file, "src/domain") {
        return Vec::new();
    }
    found(source, |path| {
        matches!(
            path[0],
            "redb" | "ring" | "aws_lc_rs" | "argon2" | "rand" | "getrandom" | "directories" | "rfd" | "arboard"
        ) || path.starts_with(&["std", "fs"])
            || path.starts_with(&["std", "env"])
            || path.starts_with(&["std", "net"])
            || path.contains(&"SystemTime")
            || path.windows(2).any(|two| matches!(two, ["Utc" | "Local" | "Instant", "now"]))
    })
}

fn only_keys_name_aws_lc(file: &str, source: &str) -> Vec<String> {
    if is_in(file, "src/crypto/key") { Vec::new() } else { found(source, |path| path[0].starts_with("aws_lc")) }
}

fn only_the_theme_has_looks(file: &str, source: &str) -> Vec<String> {
    if is_in(file, "src/ui/theme") {
        return Vec::new();
    }
    let mut all = found(source, |path| {
        path.windows(2).any(|two| match two {
            ["Color32" | "Rgba", name] => {
                let is_constant = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
                name.starts_with("from_") || is_constant && !matches!(*name, "TRANSPARENT" | "PLACEHOLDER")
            }
            ["FontId", "new" | "proportional" | "monospace"] => true,
            _ => false,
        })
    });
    let code = code_only(source);
    let tokens = tokens(&code);
    for window in tokens.windows(4) {
        if let [".", "size", "(", number] = window
            && number.starts_with(|c: char| c.is_ascii_digit())
        {
            all.push(format!(".size({number}…"));
        }
    }
    all.extend(tokens.contains(&"hex_color").then(|| "hex_color!".to_owned()));
    all
}

fn floors_look_down(file: &str, source: &str) -> Vec<String> {
    const FLOORS: [&str; 7] = ["domain", "crypto", "store", "service", "ui", "cli", "rest"];
    // Below the service each floor sees those beneath it; the doors above it see neither the store nor one another.
    let allowed: &[&str] = match FLOORS.into_iter().find(|floor| is_in(file, &format!("src/{floor}"))) {
        Some("domain") => &["domain"],
        Some("crypto") => &["domain", "crypto"],
        Some("store") => &["domain", "crypto", "store"],
        Some("service") => &["domain", "crypto", "store", "service"],
        Some("ui") => &["domain", "crypto", "service", "ui"],
        Some("cli") => &["domain", "crypto", "service", "cli"],
        Some("rest") => &["domain", "crypto", "service", "rest"],
        _ => &["domain", "crypto", "service", "ui", "cli", "rest"],
    };
    found(source, |path| match path {
        ["crate" | "tresor", floor, ..] => FLOORS.contains(floor) && !allowed.contains(floor),
        _ => false,
    })
}

fn threads_are_named(_: &str, source: &str) -> Vec<String> {
    found(source, |path| path.windows(2).any(|two| matches!(two, ["thread", "spawn"])))
}

fn files_come_from_one_place(file: &str, source: &str) -> Vec<String> {
    // Pictures of the tour are made on request and hold the demo alone; what stands among the tests of a module is no program.
    if is_in(file, "src/disk") || is_in(file, "src/ui/capture") || file.contains("/tests") {
        return Vec::new();
    }
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    found(source, |path| {
        path.contains(&"OpenOptions")
            || path.contains(&"DirBuilder")
            || path.windows(2).any(|two| {
                matches!(two, ["File", "create" | "create_new" | "options"])
                    || matches!(
                        two,
                        ["fs", "write" | "copy" | "hard_link" | "set_permissions" | "create_dir" | "create_dir_all"]
                    )
                    || matches!(two, ["process", "Command"])
            })
    })
}

fn nothing_is_missing(_: &str, source: &str) -> Vec<String> {
    let code = code_only(source);
    let tokens = tokens(&code);
    let calls = tokens.windows(2).filter(|two| matches!(two, ["todo" | "unimplemented", "!"]));
    let mut all: Vec<String> = calls.map(<[&str]>::concat).collect();
    let notes = comments_only(source);
    all.extend(notes.lines().filter(|line| line.contains("TODO") || line.contains("FIXME")).map(str::to_owned));
    all
}

fn files_are_short(_: &str, source: &str) -> Vec<String> {
    let lines = source.lines().count();
    (lines > MOST_LINES).then(|| format!("{lines} lines; at most {MOST_LINES}")).into_iter().collect()
}

fn secrets_stay_secret(file: &str, source: &str) -> Vec<String> {
    const LEAKS: [&str; 3] = ["Debug", "Clone", "Serialize"];
    const SECRETS: [&str; 4] = ["Key", "KeyMaterial", "Passphrase", "SecretValue"];
    let is_plain = |name: &str| name.ends_with("PublicKey") || name.starts_with("Not");
    let secrets = &SECRETS[usize::from(is_in(file, "src/domain") || is_in(file, "src/cli"))..]; // keys are public there
    let is_secret = |name: &str| secrets.iter().any(|end| name.ends_with(end)) && !is_plain(name);
    // In the window a key is one of the keyboard's or what a table is sorted by.
    if is_in(file, "src/ui") {
        return Vec::new();
    }
    let code = code_only(source);
    let tokens = tokens(&code);
    let mut all = Vec::new();
    let mut derived: Vec<&str> = Vec::new();
    for (at, &token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        match token {
            "derive" => derived.extend(rest.iter().take_while(|&&token| token != ")")),
            "struct" | "enum" => {
                let leaks = LEAKS.into_iter().filter(|leak| derived.contains(leak));
                let name = rest.first().copied().unwrap_or_default();
                all.extend(leaks.filter(|_| is_secret(name)).map(|leak| format!("{name} derives {leak}")));
                derived.clear();
            }
            "impl" => {
                let head: Vec<&str> =
                    rest.iter().copied().take_while(|token| !matches!(*token, "{" | "where")).collect();
                let Some(of) = head.iter().position(|&token| token == "for") else { continue };
                let named =
                    head[of + 1..].iter().take_while(|&&token| token != "<").last().copied().unwrap_or_default();
                let leaks = LEAKS.into_iter().filter(|leak| head[..of].contains(leak));
                all.extend(leaks.filter(|_| is_secret(named)).map(|leak| format!("{named} implements {leak}")));
            }
            "{" | "}" | ";" => derived.clear(),
            _ => {}
        }
    }
    all
}

/// Applies the rule to every source file below the folders.
fn hold(rule: Rule, folders: &[&str]) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in folders {
        collect(&package.join(folder), &mut files);
    }
    assert!(!files.is_empty(), "no sources in {folders:?}");
    files.sort();
    let mut breaches = Vec::new();
    for path in files {
        let source = fs::read_to_string(&path).expect("sources are readable text");
        let file = path.strip_prefix(package).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        breaches.extend(rule(&file, &source).into_iter().map(|breach| format!("{file}: {breach}")));
    }
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("source folders are readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn breaks(rule: Rule, file: &str, source: &str) {
    assert!(!rule(file, source).is_empty(), "the rule does not notice {source:?} in {file}");
}

fn keeps(rule: Rule, file: &str, source: &str) {
    assert_eq!(rule(file, source), Vec::<String>::new(), "{source:?} in {file} breaks nothing");
}

/// Whether the file is the module or below it: `src/ui` has `src/ui.rs` and everything in `src/ui/`.
fn is_in(file: &str, module: &str) -> bool {
    file.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The paths of the source that are named as asked.
fn found(source: &str, is_wanted: impl Fn(&[&str]) -> bool) -> Vec<String> {
    let code = code_only(source);
    paths(&tokens(&code)).iter().filter(|path| is_wanted(path)).map(|path| path.join("::")).collect()
}

/// Every path of the code, `use a::{b, c::d}` being `a::b` and `a::c::d`.
fn paths<'a>(tokens: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            at = use_tree(tokens, at + 1, &[], &mut all);
        } else if is_name(tokens[at]) {
            let mut path = vec![tokens[at]];
            while tokens.get(at + 1) == Some(&"::") && tokens.get(at + 2).is_some_and(|token| is_name(token)) {
                path.push(tokens[at + 2]);
                at += 2;
            }
            all.push(path);
        }
        at += 1;
    }
    all
}

/// Reads one tree of a `use`; where it ends, at `,`, `}` or `;`.
fn use_tree<'a>(tokens: &[&'a str], mut at: usize, prefix: &[&'a str], all: &mut Vec<Vec<&'a str>>) -> usize {
    let mut path = prefix.to_vec();
    let mut has_branches = false;
    while let Some(&token) = tokens.get(at) {
        match token {
            "," | "}" | ";" => break,
            "{" => {
                has_branches = true;
                while tokens.get(at).is_some_and(|&token| token != "}" && token != ";") {
                    at = use_tree(tokens, at + 1, &path, all);
                }
            }
            "as" => at += 1,
            _ if is_name(token) => path.push(token),
            _ => {}
        }
        at += 1;
    }
    if !has_branches && !path.is_empty() {
        all.push(path);
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and every other sign alone.
fn tokens(code: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        all.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    all
}

/// The source with its comments, texts and characters blanked out.
fn code_only(source: &str) -> String {
    parted(source).0
}

/// The comments of the source, everything else blanked out.
fn comments_only(source: &str) -> String {
    parted(source).1
}

/// The code and the comments of a source, each in its place, with spaces where the other and texts are.
fn parted(source: &str) -> (String, String) {
    let blank = |text: &str| -> String { text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect() };
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let in_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let comment = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            _ => 0,
        };
        let text = match first {
            '"' => quoted(rest),
            'b' | 'c' if !in_word && rest[1..].starts_with('"') => 1 + quoted(&rest[1..]),
            'r' | 'b' | 'c' if !in_word => raw_text(rest),
            '\'' => character(rest),
            _ => 0,
        };
        let is_code = comment + text == 0;
        let (passed, after) = rest.split_at(if is_code { first.len_utf8() } else { comment + text });
        code.push_str(&if is_code { passed.to_owned() } else { blank(passed) });
        comments.push_str(&if comment == 0 { blank(passed) } else { passed.to_owned() });
        rest = after;
    }
    (code, comments)
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, two) in text.as_bytes().windows(2).enumerate() {
        match two {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 2;
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        if byte == b'"' && !is_escaped {
            return at + 1;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    text.len()
}

fn raw_text(text: &str) -> usize {
    let after = text.trim_start_matches(['b', 'c']);
    let Some(after) = after.strip_prefix('r') else { return 0 };
    let hashes = after.len() - after.trim_start_matches('#').len();
    if !after[hashes..].starts_with('"') {
        return 0;
    }
    let start = text.len() - after.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    text[start..].find(&end).map_or(text.len(), |at| start + at + end.len())
}

/// The length of a character in quotes; 0 for the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text.get(3..).and_then(|rest| rest.find('\'')).map_or(0, |at| at + 4),
        Some(_) => chars.next().filter(|&(_, c)| c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}
