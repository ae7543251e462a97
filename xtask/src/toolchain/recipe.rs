//! What the toolchain consists of. Everything that decides its content is data here or in [`super::std_patch`] and
//! goes into the fingerprint.

use sha2::{Digest, Sha256};

use super::{linker, std_patch};

/// Suite with the compiler: Debian builds it for Chromium and Firefox together with its library source, which
/// `-Zbuild-std` needs.
pub const COMPILER_SUITE: &str = "bookworm-security";
/// The compiler and its library source.
pub const COMPILER_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
/// Of the compiler's dependencies, those that a Debian 12 machine lacks: Rust's own libraries and its LLVM.
pub const COMPILER_DEPENDENCIES: [&str; 2] = ["libstd-rust-web", "libllvm"];
/// Suite with the LLVM of the link step.
pub const LLVM_SUITE: &str = "sid";
/// LLVM 23 lowers more than five arguments, 128-bit library calls and aggregate returns for BPF; the compiler's
/// own LLVM 22 refuses them.
pub const LLVM_PACKAGE: &str = "libllvm23";
/// The shared library in it, up to its minor version.
pub const LLVM_LIBRARY: &str = "libLLVM.so.23";
/// The linker on crates.io, and its version.
pub const LINKER: &str = "sbpf-linker";
/// See [`LINKER`].
pub const LINKER_VERSION: &str = "0.2.6";
/// Compilers and LLVM are taken for this architecture.
pub const ARCHITECTURE: &str = "amd64";
/// Debian's folder of that architecture's libraries.
pub const LIBRARY_FOLDER: &str = "usr/lib/x86_64-linux-gnu";
/// The archive key that signs the suites.
pub const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Folder of the unpacked compiler, within the prefix.
pub const COMPILER: &str = "compiler";
/// Folder of the unpacked LLVM.
pub const LLVM: &str = "llvm";
/// Folder that holds the LLVM library and nothing else.
pub const LLVM_ONLY: &str = "llvm-only";
/// Folder of the programs to call.
pub const BIN: &str = "bin";
/// The compiler to call.
pub const RUSTC: &str = "bin/rustc";
/// The target description.
pub const TARGET_FILE: &str = "bpf-solana.json";
/// Its content.
pub const TARGET: &str = include_str!("bpf-solana.json");

/// Names the content of the toolchain: 16 hexadecimal digits of the SHA-256 of its recipe.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    };
    for part in [
        COMPILER_SUITE,
        LLVM_SUITE,
        LLVM_PACKAGE,
        LLVM_LIBRARY,
        LINKER,
        LINKER_VERSION,
        TARGET,
    ] {
        add(part);
    }
    COMPILER_PACKAGES
        .iter()
        .chain(&COMPILER_DEPENDENCIES)
        .for_each(|part| add(part));
    std_patch::parts().for_each(&mut add);
    add(linker::LINKER_LAUNCHER);
    add(linker::COMPILER_LAUNCHER);
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
