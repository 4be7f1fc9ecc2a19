//! A disk so small that it can be filled.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A file system of a few megabytes, unmounted when dropped.
pub(crate) struct SmallDisk {
    _home: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl SmallDisk {
    /// `None`, and said so, where there is no right to mount one.
    pub(crate) fn mount(test: &str) -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("disk");
        fs::create_dir(&path).unwrap();
        let is_mounted = mount(&["-t", "tmpfs", "-o", "size=12m", "tmpfs"], &path);
        if !is_mounted {
            // Past the capture of the test harness, which shows output only of tests that fail.
            use std::io::Write as _;
            #[expect(clippy::disallowed_methods, reason = "it is for who looks at the tests")]
            let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no right to mount a file system here");
            return None;
        }
        Some(Self { _home: home, path })
    }

    /// Where a store can lie on it.
    pub(crate) fn store(&self) -> PathBuf {
        self.path.join("store")
    }

    /// Takes all room there is; the file can be removed again.
    pub(crate) fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let ballast = self.path.join("ballast");
        let mut file = fs::File::create(&ballast).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        ballast
    }

    /// From now on nothing can be written.
    pub(crate) fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.path));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    let status = Command::new("mount").args(arguments).arg(path).stderr(std::process::Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
