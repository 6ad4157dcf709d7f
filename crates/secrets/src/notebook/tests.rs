//! Tests of notebooks.

use super::*;
use proptest::prelude::*;

fn texts(bytes: &[u8]) -> Vec<(String, bool)> {
    let shown = |cell: &Cell| (String::from_utf8_lossy(&cell.text).into_owned(), cell.is_output);
    cells(bytes).iter().map(shown).collect()
}

fn line_of(bytes: &[u8], offset: usize) -> usize {
    1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count()
}

const PLAIN: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {"source": 1},
   "source": "# A title\n\nwith \"quotes\""
  },
  {
   "cell_type": "code",
   "outputs": [
    {"name": "stdout", "output_type": "stream", "text": ["saved to\n", "s3://b\n"]},
    {"data": {"image/png": "iVBORw0KGgo", "text/plain": ["'x'"]}, "output_type": "execute_result"},
    {"ename": "E", "evalue": "no", "output_type": "error", "traceback": ["at \u001b[31mx"]}
   ],
   "source": [
    "import os\n",
    "key = \"planted\"\n",
    "b = 'é\u00e9\ud83d\ude00'"
   ]
  }
 ],
 "metadata": {"kernelspec": {"name": "python3"}},
 "nbformat": 4
}
"##;

#[test]
fn sources_and_outputs_are_told_as_a_person_sees_them() {
    let expected = [
        ("# A title\n\nwith \"quotes\"", false),
        ("saved to\ns3://b\n", true),
        ("'x'", true),
        ("no", true),
        ("at \u{1b}[31mx", true),
        ("import os\nkey = \"planted\"\nb = 'éé😀'", false),
    ];
    let expected = expected.map(|(text, is_output)| (text.to_owned(), is_output));
    assert_eq!(texts(PLAIN.as_bytes()), expected);
}

#[test]
fn each_place_in_a_text_leads_to_its_line_in_the_file() {
    let cells = cells(PLAIN.as_bytes());
    let code = cells.last().unwrap();
    let at = memchr::memmem::find(&code.text, b"planted").unwrap();
    let offset = code.file_offset(at);
    assert_eq!(&PLAIN[offset..offset + 7], "planted");
    assert_eq!(line_of(PLAIN.as_bytes(), offset), 17);
    let title = &cells[0];
    let at = memchr::memmem::find(&title.text, b"quotes").unwrap();
    assert_eq!(&PLAIN[title.file_offset(at)..][..6], "quotes");
}

#[test]
fn the_old_format_and_a_notebook_on_one_line_are_read() {
    let old = br#"{"worksheets":[{"cells":[{"cell_type":"code","input":["a\n","b"],"outputs":[{"text":["c"]}]}]}],"nbformat":3}"#;
    assert_eq!(texts(old), [("a\nb".to_owned(), false), ("c".to_owned(), true)]);
}

#[test]
fn of_damaged_notebooks_comes_what_can_be_read() {
    assert_eq!(texts(br#"{"cells":[{"source":["key = 'planted"#), [("key = 'planted".to_owned(), false)]);
    assert_eq!(texts(br#"{"cells":[}{"source":"a"}]"#), [("a".to_owned(), false)]);
    assert_eq!(texts(b"key = 'planted'"), []);
    assert_eq!(texts(b""), []);
    let deep = [b"[".repeat(100_000), br#"{"source":"x"}"#.to_vec()].concat();
    assert_eq!(texts(&deep), []);
    let deep = [br#"{"source":"#.repeat(100_000), b"1".to_vec()].concat();
    assert_eq!(texts(&deep), []);
}

proptest! {
    #[test]
    fn any_bytes_are_scanned_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for cell in cells(&bytes) {
            for offset in 0..=cell.text.len() {
                prop_assert!(cell.file_offset(offset) <= bytes.len());
            }
        }
    }

    #[test]
    fn anything_like_json_is_scanned(text in r#"(["\[\]{}:, \\]|source|outputs|text|\\u00|\\ud83d\\u|[a-f0-9]){0,80}"#) {
        for cell in cells(text.as_bytes()) {
            for offset in 0..=cell.text.len() {
                prop_assert!(cell.file_offset(offset) <= text.len());
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again(lines in proptest::collection::vec(any::<String>(), 1..6)) {
        let notebook = serde_json::json!({"cells": [{"cell_type": "code", "source": lines}]});
        let written = serde_json::to_string_pretty(&notebook).unwrap();
        let whole = lines.concat();
        let expected: Vec<(String, bool)> = if whole.is_empty() { Vec::new() } else { vec![(whole, false)] };
        prop_assert_eq!(texts(written.as_bytes()), expected);
    }
}
