//! What the drivers' own tests do not show: places, and that nothing makes the reader panic. How values are read is tested
//! against what gcfg itself says of them, beside the CSI driver's configuration.

use proptest::prelude::*;

use super::{Ini, parse};

fn read(text: &str) -> Ini {
    parse(text).unwrap_or_else(|(line, problem)| panic!("line {line}: {problem}"))
}

#[test]
fn a_line_that_goes_on_moves_those_behind_it() {
    let ini = read("\u{feff}# one\n[A \"x\"]\nfirst = a\\\r\n  b\\\nc\n\nsecond ; bare\n[B]\n");
    let places: Vec<(&str, usize)> = ini.entries.iter().map(|entry| (entry.key.as_str(), entry.line)).collect();
    assert_eq!(places, [("first", 3), ("second", 7)]);
    assert_eq!(ini.entries[0].value.as_deref(), Some("a  bc"));
    assert_eq!(ini.headers[1].line, 8);
}

#[test]
fn an_error_has_the_line_where_the_key_stands() {
    let told = |text: &str| parse(text).map_err(|(line, problem)| format!("{line}: {problem}")).expect_err("the file is wrong");
    let texts = [
        "\n[A\n",
        "[A] b = c\n",
        "[A \"\"]\n",
        "[A \"x\\n\"]\n",
        "a = b\n",
        "[A]\na_b = c\n",
        "[A]\na : b\n",
        "[A]\na = b\n\n c = \"d\\\n\n",
        "[A]\na = \"b\\c\"\n",
        "[A]\nuser = SHOP\\k8s\n",
        "[A]\n# \0\n",
        "[A]\n= b\n",
    ];
    insta::assert_snapshot!(texts.map(told).join("\n"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]\"a-z=#;\\\\ \r\n\0\u{feff}ä]{0,120}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_quoted_value_is_read_as_it_was_written(value in "[ -~]{1,40}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let ini = read(&format!("[A]\nb=\"{quoted}\" # c\n"));
        prop_assert_eq!(ini.entries[0].value.as_deref(), Some(value.as_str()));
    }
}
