//! The launchers that cargo calls: each finds its parts relative to itself, so that a prefix may be moved.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::error::ToolchainError;
use super::recipe;

/// Debian's compiler looks for its own libraries where it would have been installed.
pub const COMPILER_LAUNCHER: &str = r#"#!/bin/sh
top=${0%/*}/../compiler/usr
LD_LIBRARY_PATH=$top/lib/x86_64-linux-gnu exec "$top/bin/rustc" "$@"
"#;

/// sbpf-linker loads libLLVM at run time from the first entry of LD_LIBRARY_PATH. LLVM 23 wants a newer glibc
/// than Debian 12 has, so both run under the loader that came with LLVM.
pub const LINKER_LAUNCHER: &str = r#"#!/bin/sh
top=${0%/*}/..
lib=$top/llvm/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$top/llvm-only exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$top/linker/bin/sbpf-linker" "$@"
"#;

/// Writes the launchers, the target description and the folder that holds libLLVM alone.
///
/// # Errors
/// When the LLVM package has no library of the expected name, or a file cannot be written.
pub fn write(prefix: &Path) -> Result<(), ToolchainError> {
    let only = prefix.join(recipe::LLVM_ONLY);
    if only.exists() {
        fs::remove_dir_all(&only).map_err(|error| ToolchainError::io("remove", &only, error))?;
    }
    for folder in [&only, &prefix.join(recipe::BIN)] {
        fs::create_dir_all(folder).map_err(|error| ToolchainError::io("create", folder, error))?;
    }
    let library = llvm_library(&prefix.join(recipe::LLVM).join(recipe::LIBRARY_FOLDER))?;
    let link = only.join(&library);
    let target = Path::new("..")
        .join(recipe::LLVM)
        .join(recipe::LIBRARY_FOLDER)
        .join(&library);
    symlink(target, &link).map_err(|error| ToolchainError::io("link", &link, error))?;

    write_program(&prefix.join(recipe::RUSTC), COMPILER_LAUNCHER)?;
    write_program(&prefix.join(recipe::BIN).join(recipe::LINKER), LINKER_LAUNCHER)?;
    let target = prefix.join(recipe::TARGET_FILE);
    fs::write(&target, recipe::TARGET).map_err(|error| ToolchainError::io("write", &target, error))
}

fn llvm_library(folder: &Path) -> Result<PathBuf, ToolchainError> {
    let entries = fs::read_dir(folder).map_err(|error| ToolchainError::io("list", folder, error))?;
    entries
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()))
        .find(|name| name.to_string_lossy().starts_with(recipe::LLVM_LIBRARY))
        .ok_or_else(|| ToolchainError::Missing {
            path: folder.join(recipe::LLVM_LIBRARY),
        })
}

fn write_program(path: &Path, text: &str) -> Result<(), ToolchainError> {
    fs::write(path, text)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o755)))
        .map_err(|error| ToolchainError::io("write", path, error))
}
