//! What a person installs is built without what tests depend on. Cargo gives a program that is built beside tests their features
//! too, so that no such test would notice that one is missing.

use std::{env, process::Command};

/// What a person would miss, by the feature that a package has to be built with. What tests depend on may bring more, which nobody
/// has who installs Tresor.
const NEEDED: [(&str, &[&str]); 4] = [
    // Screen readers, the desktop's clipboard, links, letters of all languages, both kinds of desktop.
    ("eframe", &["accesskit", "clipboard", "links", "system_fonts", "wayland", "x11"]),
    ("egui-winit", &["arboard", "clipboard", "links", "smithay-clipboard", "wayland", "x11"]),
    ("arboard", &["wayland-data-control"]),
    ("winit", &["wayland-csd-adwaita-notitle", "wayland-dlopen", "x11"]),
];

/// What is needed and not in a tree of lines such as `eframe v0.37.0|clipboard,x11`.
fn missing_features(tree: &str) -> Vec<String> {
    let features_of = |package: &str| -> Vec<&str> {
        let lines = tree.lines().filter_map(|line| line.split_once('|'));
        let is_it = |line: &(&str, &str)| line.0.split(' ').next() == Some(package);
        let of_it = lines.filter(is_it).map(|(_, features)| features.trim_end_matches(" (*)"));
        of_it.flat_map(|features| features.split(',')).collect()
    };
    let missing = NEEDED.iter().flat_map(|(package, needed)| {
        let has = features_of(package);
        let missing = needed.iter().filter(move |feature| !has.contains(feature));
        missing.map(move |feature| format!("{package} {feature}"))
    });
    missing.collect()
}

#[test]
fn what_is_installed_has_every_feature_that_the_window_needs() {
    // G1, G4
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tree = Command::new(cargo);
    // Without the edges of development, as a build without tests resolves them.
    tree.args(["tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none", "--format", "{p}|{f}"]);
    let tree = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs these tests, so it is there");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let found = missing_features(&String::from_utf8_lossy(&tree.stdout));
    assert!(found.is_empty(), "what is installed lacks {found:?}");
    let all = "eframe v0.37.0|accesskit,clipboard,links,system_fonts,wayland,x11\n\
               egui-winit v0.37.0|arboard,clipboard,links,smithay-clipboard,wayland,x11\n\
               arboard v3.7.0|wayland-data-control (*)\nwinit v0.30.13|wayland-csd-adwaita-notitle,wayland-dlopen,x11";
    assert_eq!(missing_features(all), Vec::<String>::new());
    let without = all.replace(",clipboard", "").replace("x11\nar", "wayland\nar");
    assert_eq!(missing_features(&without), ["eframe clipboard", "egui-winit clipboard", "egui-winit x11"]);
}
