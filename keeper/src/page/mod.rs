//! Self-contained HTML pages with inline SVG: no script, no font, no request.

pub mod chart;

use std::io;
use std::path::Path;

const STYLE: &str = include_str!("style.css");

/// A whole page around a body of HTML; the title is escaped.
pub fn document(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// Text as HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Writes a page, and the folder it goes to.
///
/// # Errors
/// Of the file system.
pub fn write(path: &Path, page: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_break_out_of_the_page() {
        let page = document("<script>\"a & b\"", "<p>x</p>\n");
        assert!(page.contains("<title>&lt;script&gt;&quot;a &amp; b&quot;</title>"));
        assert!(page.ends_with("<p>x</p>\n</body>\n</html>\n"));
    }
}
