//! The same description for people: instructions with their accounts, events with their fields, errors.

use std::fmt::Write;

use serde_json::Value;

use super::Idl;

/// A page in Markdown.
pub fn page(idl: &Idl) -> String {
    let mut page = String::from(
        "# The program's instructions, events and errors\n\n\
         Written by `cargo xtask idl` from the program itself; do not edit. For machines: `idls/hurdle.json`.\n",
    );
    let _ = writeln!(page, "\nProgram `{}`.", idl.address);
    page.push_str("\n## Instructions\n");
    for instruction in &idl.instructions {
        let _ = write!(
            page,
            "\n### {}\n\n{}\n\n",
            text(instruction, "name"),
            docs(instruction)
        );
        for argument in instruction["args"].as_array().into_iter().flatten() {
            let _ = writeln!(
                page,
                "- argument `{}`: `{}`",
                text(argument, "name"),
                kind(&argument["type"])
            );
        }
        if !instruction["returns"].is_null() {
            let _ = writeln!(page, "- returns `{}`", kind(&instruction["returns"]));
        }
        page.push_str("\n| account | writable | signer | what |\n|---|---|---|---|\n");
        for account in instruction["accounts"].as_array().into_iter().flatten() {
            let mark = |name: &str| if account[name] == true { "yes" } else { "" };
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                text(account, "name"),
                mark("writable"),
                mark("signer"),
                docs(account)
            );
        }
    }
    page.push_str(
        "\n## Events\n\nEach is a `Program data:` line of the log, base64 of eight bytes of discriminator and the fields, \
         little-endian, without padding between them.\n",
    );
    for event in &idl.events {
        let name = text(event, "name");
        let definition = idl
            .types
            .iter()
            .find(|held| held["name"] == *name)
            .unwrap_or(&Value::Null);
        let _ = write!(
            page,
            "\n### {name}\n\n{} Discriminator `{}`.\n",
            docs(definition),
            event["discriminator"]
        );
        page.push_str("\n| field | type | what |\n|---|---|---|\n");
        for field in definition["type"]["fields"].as_array().into_iter().flatten() {
            let _ = writeln!(
                page,
                "| {} | {} | {} |",
                text(field, "name"),
                kind(&field["type"]),
                docs(field)
            );
        }
    }
    page.push_str("\n## Errors\n\n| code | name | meaning |\n|---:|---|---|\n");
    for error in &idl.errors {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            error["code"],
            text(error, "name"),
            text(error, "msg")
        );
    }
    page
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The documentation, on one line, with what would end a table's cell escaped.
fn docs(value: &Value) -> String {
    let lines: Vec<&str> = value["docs"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    lines.join(" ").trim().replace('|', "\\|")
}

/// A type as Rust would write it.
fn kind(value: &Value) -> String {
    if let Some(name) = value.as_str() {
        return name.to_owned();
    }
    if let Some(name) = value["defined"]["name"].as_str() {
        return name.to_owned();
    }
    if let Some([element, length]) = value["array"].as_array().map(Vec::as_slice) {
        return format!("[{}; {length}]", kind(element));
    }
    for (name, shown) in [("vec", "Vec"), ("option", "Option")] {
        if !value[name].is_null() {
            return format!("{shown}<{}>", kind(&value[name]));
        }
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn types_read_as_rust_writes_them() {
        let shown = |value: Value| kind(&value);
        assert_eq!(shown(json!("u64")), "u64");
        assert_eq!(shown(json!({"array": ["u8", 32]})), "[u8; 32]");
        assert_eq!(shown(json!({"vec": {"defined": {"name": "Rate"}}})), "Vec<Rate>");
    }

    #[test]
    fn every_instruction_event_and_error_is_on_the_page() {
        let idl = Idl {
            address: "Some1".into(),
            metadata: Value::Null,
            instructions: vec![
                json!({"name": "publish", "docs": ["Says", "it."], "args": [{"name": "index", "type": "u8"}],
                "accounts": [{"name": "market", "writable": true, "docs": ["a | b"]}]}),
            ],
            accounts: Vec::new(),
            events: vec![json!({"name": "Said", "discriminator": [1, 2]})],
            errors: vec![json!({"code": 6000, "name": "Mute", "msg": "nothing was said"})],
            types: vec![
                json!({"name": "Said", "docs": ["It was said."], "type": {"fields": [{"name": "what", "type": "u64"}]}}),
            ],
        };
        let page = page(&idl);
        for part in [
            "### publish\n\nSays it.\n\n- argument `index`: `u8`",
            "| market | yes |  | a \\| b |",
            "### Said\n\nIt was said. Discriminator `[1,2]`.",
            "| what | u64 |  |",
            "| 6000 | Mute | nothing was said |",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }
}
