//! Files with secrets to import.

use tresor::{
    domain::import::{self, ImportError, Lines, Row},
    service::{ServiceError, read_import_from},
};

pub(crate) fn dotenv(data: &[u8]) {
    whole("a.env", data);
}

pub(crate) fn json(data: &[u8]) {
    whole("a.json", data);
}

pub(crate) fn csv(data: &[u8]) {
    whole("a.csv", data);
}

/// Line by line, and as a whole under a name that does not tell what it is.
pub(crate) fn json_lines(data: &[u8]) {
    let mut lines = Lines::default();
    let taken = data.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| lines.take(line));
    let read = taken.and_then(|()| lines.finish());
    through_the_door("a.jsonl", data, &look(data, read));
    whole("", data);
}

fn whole(name: &str, data: &[u8]) {
    let read = import::read(name, data);
    // What is told to be lines by how it begins is read line by line, and then broken text is noticed later.
    let seen = look(data, read);
    if !import::are_lines(name, data) {
        through_the_door(name, data, &seen);
    }
}

/// What is to be seen of what was read: the sentence why not, or of each row all there is.
fn look(data: &[u8], read: Result<Vec<Row>, ImportError>) -> Result<Vec<String>, String> {
    let lines = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    let rows = read.map_err(|error| error.to_string())?;
    assert!(!rows.is_empty() && rows.len() <= import::MAX_IMPORT_ROWS);
    let seen = rows.iter().map(|row| {
        assert!((1..=lines).contains(&row.line), "line {} of {lines}", row.line);
        assert!(
            row.problem.is_some() || row.name.chars().any(|c| c.is_ascii_alphanumeric()),
            "an entry without a problem has a name"
        );
        assert_eq!(row.name, import::propose_name(&row.source_name));
        let problem = row.problem.as_ref().map(ToString::to_string);
        format!("{} {} {} {problem:?} {:?} {:?}", row.line, row.source_name, *row.value, row.tags, row.note)
    });
    Ok(seen.collect())
}

/// One in 64 is also read as the program reads a file: that takes half a megabyte of memory, which is wiped.
fn through_the_door(name: &str, data: &[u8], expected: &Result<Vec<String>, String>) {
    if data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) % 64 != 0 {
        return;
    }
    let seen = match read_import_from(name, data) {
        Ok(rows) => look(data, Ok(rows)),
        Err(ServiceError::Import(error)) => Err(error.to_string()),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(&seen, expected, "a file is read as its bytes are");
}
