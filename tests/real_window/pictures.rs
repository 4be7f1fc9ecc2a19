//! The pictures of the README are what the program shows.
//!
//! They are taken by the program itself, in the real window and the real renderer. That keeps wgpu, which `egui_kittest`
//! would need for pictures of its own, out of the build, and compares what a person sees.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use super::{screen, the_screen};

/// Two programs that draw in software may round a colour differently; more than this is seen.
const SAME_COLOUR: u8 = 24;
/// So many pixels of a thousand may differ: antialiasing of text by another version of the renderer.
const DIFFERENT_PER_MILLE: usize = 4;

#[test]
fn the_pictures_of_the_demo_are_as_committed() {
    // G1, G2, G3
    let Some(_screen) = the_screen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("pictures");
    let status = screen::program(folder.path(), &["--demo", "--capture", taken.to_str().unwrap()]).status().unwrap();
    assert!(status.success());
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    if std::env::var_os("TRESOR_UPDATE_PICTURES").is_some() {
        fs::create_dir_all(&committed).unwrap();
        for picture in names(&taken) {
            fs::copy(taken.join(&picture), committed.join(&picture)).unwrap();
        }
    }
    assert_eq!(names(&taken), names(&committed), "TRESOR_UPDATE_PICTURES=1 ./test takes them anew");
    let differing: Vec<_> = names(&taken)
        .into_iter()
        .filter_map(|name| {
            let per_mille = difference(&taken.join(&name), &committed.join(&name));
            (per_mille > DIFFERENT_PER_MILLE).then(|| format!("{}: {per_mille} of 1000 pixels", name.display()))
        })
        .collect();
    assert!(differing.is_empty(), "pictures that changed (TRESOR_UPDATE_PICTURES=1 ./test): {differing:#?}");
}

#[test]
fn a_picture_that_differs_is_noticed() {
    let (white, black) = (vec![255; 3 * 100], vec![0; 3 * 100]);
    assert_eq!(differing_per_mille(&white, &black), 1000);
    assert_eq!(differing_per_mille(&white, &white), 0);
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).map(Iterator::collect::<Result<Vec<_>, _>>);
    let mut names: Vec<_> =
        entries.unwrap().unwrap().into_iter().map(|entry| PathBuf::from(entry.file_name())).collect();
    names.sort();
    names
}

fn difference(one: &Path, other: &Path) -> usize {
    let ((one_size, one), (other_size, other)) = (read(one), read(other));
    if one_size == other_size { differing_per_mille(&one, &other) } else { 1000 }
}

fn differing_per_mille(one: &[u8], other: &[u8]) -> usize {
    let pixels = one.len() / 3;
    let differs = |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > SAME_COLOUR);
    let count = one.chunks(3).zip(other.chunks(3)).filter(differs).count();
    (count * 1000).div_ceil(pixels)
}

fn read(path: &Path) -> ((u32, u32), Vec<u8>) {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    ((info.width, info.height), pixels)
}
