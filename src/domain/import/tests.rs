//! Proves what the reader does with good, broken and hostile files. (T5)

use proptest::prelude::*;

use super::*;

type Shown<'a> = (usize, &'a str, &'a str, &'a str);

/// Reads a file that has to be readable.
fn rows(file_name: &str, text: &str) -> Vec<Row> {
    read(file_name, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// Line, name in the file, proposed name and value of each row; every row has to be free of problems.
fn shown(rows: &[Row]) -> Vec<Shown<'_>> {
    rows.iter()
        .map(|row| {
            assert_eq!(row.problem, None, "line {}", row.line);
            (row.line, row.source_name.as_str(), row.name.as_str(), row.value.as_str())
        })
        .collect()
}

fn problems(rows: &[Row]) -> Vec<(usize, Option<RowProblem>)> {
    rows.iter().map(|row| (row.line, row.problem.clone())).collect()
}

fn error(file_name: &str, bytes: &[u8]) -> ImportError {
    read(file_name, bytes).err().expect("the file is refused")
}

#[test]
fn a_usual_env_file_is_read() {
    let rows = rows(
        ".env",
        "# database\nDB_HOST=localhost\n\nexport DB_URL=postgres://u:p@h/db?a=b&c=d\nEMPTY=\n  SPACED = two words  # said twice\n\
         HASH=a#b\nNOTE= # nothing\nSINGLE='as $is \\n' # why\nDOUBLE=\"tab\\tnew\\nline \\\"q\\\" \\\\ \\$ \\x\"#c\n",
    );
    assert_eq!(
        shown(&rows),
        [
            (2, "DB_HOST", "DB-HOST", "localhost"),
            (4, "DB_URL", "DB-URL", "postgres://u:p@h/db?a=b&c=d"),
            (5, "EMPTY", "EMPTY", ""),
            (6, "SPACED", "SPACED", "two words"),
            (7, "HASH", "HASH", "a#b"),
            (8, "NOTE", "NOTE", ""),
            (9, "SINGLE", "SINGLE", "as $is \\n"),
            (10, "DOUBLE", "DOUBLE", "tab\tnew\nline \"q\" \\ $ \\x"),
        ]
    );
}

#[test]
fn quoted_values_run_over_lines_and_lines_are_still_counted() {
    let rows = rows("prod.env", "KEY=\"-----BEGIN\nabc=\n# no comment\n-----END\"\nNEXT='x\ny'\nLAST=1");
    assert_eq!(
        shown(&rows),
        [
            (1, "KEY", "KEY", "-----BEGIN\nabc=\n# no comment\n-----END"),
            (5, "NEXT", "NEXT", "x\ny"),
            (7, "LAST", "LAST", "1")
        ]
    );
}

#[test]
fn byte_order_mark_and_windows_line_ends_do_not_get_into_values() {
    let rows = rows(".env.local", "\u{FEFF}A=1\r\nB=\"2\"\r\n\r\n# c\r\nC='3'\r\nD=\r\n");
    assert_eq!(shown(&rows), [(1, "A", "A", "1"), (2, "B", "B", "2"), (5, "C", "C", "3"), (6, "D", "D", "")]);
}

#[test]
fn each_broken_line_is_named_and_the_others_are_kept() {
    let text = "A=1\nno equals sign\n=x\nTWO WORDS=x\nQ=\"open\nB=2\nT='x' y\nexport C\nexport=5\n---=x\nZ=3\n";
    let rows = rows(".env", text);
    assert_eq!(
        problems(&rows),
        [
            (1, None),
            (2, Some(RowProblem::NoEqualsSign)),
            (3, Some(RowProblem::NoName)),
            (4, Some(RowProblem::BadName)),
            (5, Some(RowProblem::UnclosedQuote)),
            (6, None),
            (7, Some(RowProblem::TextAfterQuote)),
            (8, Some(RowProblem::NoEqualsSign)),
            (9, None),
            (10, Some(RowProblem::NoUsableName)),
            (11, None),
        ]
    );
    assert_eq!(rows[8].source_name, "export");
    for row in rows.iter().filter(|row| row.problem.is_some() && row.line != 10) {
        assert!(row.value.is_empty(), "line {} is refused and has a value", row.line);
    }
}

#[test]
fn of_entries_with_one_name_the_last_counts_and_look_alikes_are_refused() {
    let rows = rows(".env", "A=1\nFOO_BAR=x\nA=2\nfoo.bar=y\nA=3\nFOO__BAR=z\n");
    assert_eq!(
        problems(&rows),
        [
            (1, Some(RowProblem::SetAgain { line: 5 })),
            (2, None),
            (3, Some(RowProblem::SetAgain { line: 5 })),
            (4, Some(RowProblem::SameSecretName { line: 2, source_name: "FOO_BAR".into() })),
            (5, None),
            (6, None),
        ]
    );
    assert_eq!(rows[4].value.as_str(), "3");
}

#[test]
fn references_are_kept_as_written_and_noted() {
    let rows = rows(".env", "A=${HOME}/x\nB=\"${HOME}\"\nC='${HOME}'\nD=$5\n");
    assert_eq!(
        rows.iter().map(|row| (row.value.as_str(), row.note)).collect::<Vec<_>>(),
        [
            ("${HOME}/x", Some(RowNote::Reference)),
            ("${HOME}", Some(RowNote::Reference)),
            ("${HOME}", None),
            ("$5", None)
        ]
    );
}

#[test]
fn a_json_object_of_texts_is_read_with_lines_and_escapes() {
    let rows = rows(
        "secrets.json",
        "{\n  \"DB_URL\": \"a\\\"b\\\\c\\n\\u00e9\\ud83d\\ude00\\/\",\n\n  \"caf\\u00e9\": \"é\", \"n\": 1.50e3,\n  \"t\": true, \"empty\": \"\"\n}\n",
    );
    assert_eq!(
        shown(&rows),
        [
            (2, "DB_URL", "DB-URL", "a\"b\\c\né😀/"),
            (4, "café", "caf-", "é"),
            (4, "n", "n", "1.50e3"),
            (5, "t", "t", "true"),
            (5, "empty", "empty", ""),
        ]
    );
    assert_eq!(
        rows.iter().map(|row| row.note).collect::<Vec<_>>(),
        [None, None, Some(RowNote::Number), Some(RowNote::TruthValue), None]
    );
}

#[test]
fn json_values_that_are_no_texts_are_refused_one_by_one() {
    let rows = rows(
        "x.json",
        "{\"a\": {\"b\": [\"]}\", {}]},\n\"c\": [1, [2]],\n\"d\": null,\n\"e\": \"\\ud800\",\n\"\": \"x\",\n\"f\": \"kept\", \"f\": \"last\"}",
    );
    assert_eq!(
        problems(&rows),
        [
            (1, Some(RowProblem::Nested { found: "an object" })),
            (2, Some(RowProblem::Nested { found: "a list" })),
            (3, Some(RowProblem::Null)),
            (4, Some(RowProblem::BrokenEscape)),
            (5, Some(RowProblem::NoName)),
            (6, Some(RowProblem::SetAgain { line: 6 })),
            (6, None),
        ]
    );
    assert_eq!(rows[6].value.as_str(), "last");
}

#[test]
fn a_json_list_of_entries_brings_content_types_and_tags() {
    let text = r#"[
      {"name": "one", "value": "1", "contentType": "text/plain", "tags": {"env": "prod", "team": "a"}, "id": {"x": []}},
      {"value": 2, "name": "two", "contentType": null, "tags": null},
      {"name": "three"}, {"value": "x"}, "four",
      {"name": 5, "value": "x"}, {"name": "six", "value": "x", "tags": {"a": 1}}, {"name": "", "value": "x"},
      {"name": "seven", "value": {"deep": true}}
    ]"#;
    let rows = rows("list.json", text);
    let wrong = |member, expected| Some(RowProblem::WrongType { member, expected });
    assert_eq!(
        problems(&rows),
        [
            (2, None),
            (3, None),
            (4, Some(RowProblem::NoValue)),
            (4, Some(RowProblem::NoName)),
            (4, Some(RowProblem::NotAnEntry)),
            (5, wrong("name", "a text")),
            (5, wrong("tags", "an object of texts")),
            (5, Some(RowProblem::NoName)),
            (6, Some(RowProblem::Nested { found: "an object" })),
        ]
    );
    assert_eq!(rows[0].content_type.as_deref(), Some("text/plain"));
    assert_eq!(rows[0].tags, [("env".into(), "prod".into()), ("team".into(), "a".into())]);
    assert_eq!((rows[1].value.as_str(), rows[1].note), ("2", Some(RowNote::Number)));
    assert!(rows[1].content_type.is_none() && rows[1].tags.is_empty());
}

#[test]
fn files_that_are_no_list_of_secrets_are_refused_whole() {
    assert_eq!(error(".env", b""), ImportError::Empty);
    assert_eq!(error(".env", b"\xEF\xBB\xBF \r\n\n"), ImportError::Empty);
    assert_eq!(error(".env", b"# only\n# comments\n"), ImportError::NoEntries);
    assert_eq!(error("a.json", b"{}"), ImportError::NoEntries);
    assert_eq!(error("a.json", b"[ ]"), ImportError::NoEntries);
    assert_eq!(error(".env", b"\x7FELF\x02\x01\0\0"), ImportError::Binary);
    assert_eq!(error(".env", b"A=1\nB=caf\xE9\n"), ImportError::NotUtf8 { line: 2 });
    assert_eq!(error(".env", b"\xFF\xFEA\0=\0"), ImportError::Utf16);
    assert_eq!(error("a.json", b"\"text\""), ImportError::NotAnObject { found: "a text" });
    assert_eq!(error("a.json", b"12"), ImportError::NotAnObject { found: "a number" });
    assert_eq!(error("a.json", b"null"), ImportError::NotAnObject { found: "null" });
    assert_eq!(error("a.json", b"{\n\"a\": \"b\",\n}"), ImportError::BrokenJson { line: 3, column: 1 });
    assert_eq!(error("a.json", b"{\"a\": \"b\"} x"), ImportError::BrokenJson { line: 1, column: 12 });
    assert_eq!(error(".env", &vec![b'x'; MAX_IMPORT_BYTES as usize + 1]), ImportError::TooLarge { bytes: 16_777_217 });
    assert_eq!(error(".env", "A=\n".repeat(MAX_IMPORT_ROWS + 1).as_bytes()), ImportError::TooManyEntries);
}

#[test]
fn a_huge_file_is_refused_by_its_size_alone() {
    let error = check_size(2_000_000_000).unwrap_err();
    assert_eq!(error.to_string(), "The file has 1908 MiB. At most 16 MiB are read.");
    assert_eq!(check_size(MAX_IMPORT_BYTES), Ok(()));
}

#[test]
fn the_kind_of_a_file_without_a_telling_name_is_seen_from_its_content() {
    assert_eq!(shown(&rows("secrets.txt", " {\"a\": \"b\"}")), [(1, "a", "a", "b")]);
    assert_eq!(shown(&rows("secrets.txt", "a=b")), [(1, "a", "a", "b")]);
    assert_eq!(shown(&rows("C:\\app\\.ENV", "a={}")), [(1, "a", "a", "{}")]);
    assert_eq!(error("Secrets.JSON", b"a=b"), ImportError::BrokenJson { line: 1, column: 1 });
}

#[test]
fn depth_does_not_matter() {
    let deep = format!("{{\"a\": {}{}, \"b\": \"c\"}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let rows = rows("a.json", &deep);
    assert_eq!(problems(&rows), [(1, Some(RowProblem::Nested { found: "a list" })), (1, None)]);
}

/// Pieces that hostile or careless files are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "A",
        "=",
        "\"",
        "'",
        "\\",
        "\n",
        "\r\n",
        "#",
        " ",
        "export ",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\\u",
        "d83d",
        "null",
        "1",
        "\"name\":",
        "\"value\":",
        "\"tags\":",
        "é",
        "${",
        "\u{FEFF}",
        "\t",
        "\"a\":\"b\"",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// What holds for whatever was read.
fn check(text: &[u8], rows: &[Row]) -> Result<(), TestCaseError> {
    let lines = text.split(|&byte| byte == b'\n').count();
    for row in rows {
        prop_assert!((1..=lines).contains(&row.line));
        prop_assert!(row.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        prop_assert!(row.problem.is_some() || !row.name.is_empty());
    }
    prop_assert!(rows.windows(2).all(|pair| pair[0].line <= pair[1].line));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, name in prop::sample::select(vec![".env", "a.json", "x"])) {
        if let Ok(rows) = read(name, &bytes) {
            check(&bytes, &rows)?;
        }
    }

    #[test]
    fn no_pieces_make_the_reader_panic(text in pieces(), name in prop::sample::select(vec![".env", "a.json", "x"])) {
        if let Ok(rows) = read(name, text.as_bytes()) {
            check(text.as_bytes(), &rows)?;
        }
    }

    #[test]
    fn every_value_comes_back_from_json(values in prop::collection::vec(any::<String>(), 1..8)) {
        let members: serde_json::Map<_, _> =
            values.iter().enumerate().map(|(at, value)| (format!("n{at}"), value.clone().into())).collect();
        let text = serde_json::to_string_pretty(&members).unwrap();
        let rows = read("a.json", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), values);
    }

    #[test]
    fn every_value_comes_back_from_double_quotes(value in "[^\0]*") {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        let rows = read(".env", format!("A=\"{escaped}\"\nB=1").as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(shown(&rows)[0].3, value);
        prop_assert_eq!(rows.len(), 2);
    }
}

fn by_lines(text: &str) -> Result<Vec<Row>, ImportError> {
    let mut lines = Lines::default();
    for line in text.as_bytes().split_inclusive(|&byte| byte == b'\n') {
        lines.take(line)?;
    }
    lines.finish()
}

#[test]
fn lines_that_come_one_by_one_read_as_those_of_a_whole_file() {
    let text = "\u{FEFF}{\"name\":\"A_B\",\"value\":\"1\"}\r\n\n{\"name\":\"c\"}\n{]\n  {\"name\":\"a_b\",\"value\":\"2\"}\n{\"name\":\"d\",\"value\":\"3\"}";
    let (whole, lines) = (rows("a.jsonl", text), by_lines(text).unwrap());
    assert_eq!(problems(&lines), problems(&whole));
    assert_eq!(lines.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), ["1", "", "", "2", "3"]);
    assert_eq!(lines[3].problem, Some(RowProblem::SameSecretName { line: 1, source_name: "A_B".into() }));
    assert_eq!(by_lines("\n \r\n").err(), Some(ImportError::Empty));
    assert_eq!(by_lines("{}\n\0").err(), Some(ImportError::Binary));
    assert!(text_from(b"a\n\xFF", 7).is_err_and(|error| error == ImportError::NotUtf8 { line: 8 }));
}

#[test]
fn what_begins_as_lines_is_read_line_by_line() {
    let beginning = "{\"name\":\"größe\",\"value\":\"1\"}\n{\"name\":\"grö".as_bytes();
    let cut_within_a_character = &beginning[..beginning.len() - 1];
    assert!(are_lines("", cut_within_a_character) && are_lines("a.jsonl", b"") && are_lines("A.NDJSON", b"{"));
    assert!(!are_lines("a.json", beginning) && !are_lines("", b"{\"A\": \"b\"}\n") && !are_lines("", b"A={}\nB={}"));
}
