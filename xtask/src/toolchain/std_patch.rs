//! Edits that teach the compiler's library source about `target_os = "solana"`.
//!
//! std has no arm for it; programs reach std through bincode 1.3, which anchor-lang depends on. The OS joins those
//! without threads and without an OS beneath, and gets an allocator that always fails: every program brings its
//! own `#[global_allocator]`.

use std::fs;
use std::path::Path;

use super::ToolchainError;

/// The folder of the edited files, from the compiler's root.
const FOLDER: &str = "usr/lib/rustlib/src/rust/library/std/src/sys";

/// Lines put next to every line that starts with the anchor (indentation aside) and indented like it.
struct Edit {
    file: &'static str,
    anchor: &'static str,
    place: Place,
    lines: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Place {
    Before,
    After,
}

const EDITS: [Edit; 5] = [
    Edit {
        file: "io/error/mod.rs",
        anchor: r#"target_os = "zkvm","#,
        place: Place::After,
        lines: &[r#"target_os = "solana","#],
    },
    Edit {
        file: "thread_local/mod.rs",
        anchor: r#"target_os = "zkvm","#,
        place: Place::After,
        lines: &[r#"target_os = "solana","#],
    },
    Edit {
        file: "random/mod.rs",
        anchor: r#"target_os = "vexos","#,
        place: Place::After,
        lines: &[r#"target_os = "solana","#],
    },
    Edit {
        file: "alloc/mod.rs",
        anchor: r#"target_arch = "wasm64","#,
        place: Place::After,
        lines: &[r#"target_arch = "bpf","#],
    },
    Edit {
        file: "alloc/mod.rs",
        anchor: r#"target_os = "zkvm" => {"#,
        place: Place::Before,
        lines: &[r#"target_os = "solana" => {"#, "    mod solana;", "}"],
    },
];

const ALLOCATOR_FILE: &str = "alloc/solana.rs";
const ALLOCATOR: &str = r#"use crate::alloc::{GlobalAlloc, Layout, System};

#[stable(feature = "alloc_system_type", since = "1.28.0")]
unsafe impl GlobalAlloc for System {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        crate::ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
"#;

/// The text of the patch, for the fingerprint.
pub fn parts() -> impl Iterator<Item = &'static str> {
    EDITS
        .iter()
        .flat_map(|edit| {
            let place = match edit.place {
                Place::Before => "before",
                Place::After => "after",
            };
            [edit.file, edit.anchor, place]
                .into_iter()
                .chain(edit.lines.iter().copied())
        })
        .chain([ALLOCATOR_FILE, ALLOCATOR])
}

/// Applies the edits to a freshly unpacked compiler.
///
/// # Errors
/// [`ToolchainError::PatchAnchor`] when a file has no line to hold on to.
pub fn apply(compiler: &Path) -> Result<(), ToolchainError> {
    let folder = compiler.join(FOLDER);
    for edit in &EDITS {
        let file = folder.join(edit.file);
        let source = fs::read_to_string(&file).map_err(|error| ToolchainError::io("read", &file, error))?;
        let edited = edit.applied(&source);
        if edited == source {
            return Err(ToolchainError::PatchAnchor {
                file,
                anchor: edit.anchor,
            });
        }
        fs::write(&file, edited).map_err(|error| ToolchainError::io("write", &file, error))?;
    }
    let file = folder.join(ALLOCATOR_FILE);
    fs::write(&file, ALLOCATOR).map_err(|error| ToolchainError::io("write", &file, error))
}

impl Edit {
    fn applied(&self, source: &str) -> String {
        let mut edited = String::with_capacity(source.len());
        for line in source.split_inclusive('\n') {
            let code = line.trim_start();
            let indent = &line[..line.len() - code.len()];
            let added: String = if code.starts_with(self.anchor) {
                self.lines
                    .iter()
                    .map(|added| format!("{indent}{added}\n"))
                    .collect()
            } else {
                String::new()
            };
            match self.place {
                Place::Before => edited.extend([added.as_str(), line]),
                Place::After => edited.extend([line, added.as_str()]),
            }
        }
        edited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_at_every_anchor_with_its_indentation() {
        let source = "a\n  target_os = \"zkvm\",\n  b\n    target_os = \"zkvm\",\n";
        assert_eq!(
            EDITS[0].applied(source),
            "a\n  target_os = \"zkvm\",\n  target_os = \"solana\",\n  b\n    target_os = \"zkvm\",\n    target_os = \"solana\",\n"
        );
    }

    #[test]
    fn an_arm_goes_before_its_anchor() {
        let source = "    target_os = \"zkvm\" => {\n        mod zkvm;\n    }\n";
        assert_eq!(
            EDITS[4].applied(source),
            "    target_os = \"solana\" => {\n        mod solana;\n    }\n    target_os = \"zkvm\" => {\n        mod zkvm;\n    }\n"
        );
    }

    #[test]
    fn a_source_without_the_anchor_is_refused_by_file_and_anchor() -> std::io::Result<()> {
        let compiler = std::env::temp_dir().join(format!("hurdle-std-patch-{}", std::process::id()));
        let file = compiler.join(FOLDER).join(EDITS[0].file);
        fs::create_dir_all(compiler.join(FOLDER).join("io/error"))?;
        fs::write(&file, "nothing to hold on to\n")?;
        let refused = apply(&compiler);
        fs::remove_dir_all(&compiler)?;
        let Err(ToolchainError::PatchAnchor { file: named, anchor }) = refused else {
            return Err(std::io::Error::other(format!("{refused:?}")));
        };
        assert_eq!((named, anchor), (file, r#"target_os = "zkvm","#));
        Ok(())
    }
}
