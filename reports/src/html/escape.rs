//! Text that becomes part of a page, and JSON that becomes part of one.

/// Text between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

/// JSON within a script element, which ends at `</script` and changes its meaning at `<!--`. In JSON, `<` stands only
/// within texts, where a reference means the same.
pub(super) fn escape_json(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_text_nor_json_leaves_its_place() {
        assert_eq!(escape("<b a=\"1\" b='2'>&"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;");
        let json = escape_json("\"</script><!--\"");
        assert_eq!(json, "\"\\u003c/script>\\u003c!--\"");
        assert_eq!(serde_json::from_str::<String>(&json).expect("it is still JSON"), "</script><!--");
    }
}
