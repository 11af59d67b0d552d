//! Runs cargo and rustup from a program that cargo itself runs.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The target of all wasm modules.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A wasm module of the project. It is a binary of a package.
pub struct WasmModule {
    /// The package of the binary.
    pub package: &'static str,
    /// The name of the binary.
    pub name: &'static str,
    /// The cargo profile in which the module is built.
    pub profile: &'static str,
    /// How long the first build takes on two cores, in words.
    pub first_build: &'static str,
}

/// The module of the page.
pub const PAGE_MODULE: WasmModule =
    WasmModule { package: "page", name: "page", profile: "page", first_build: "about half a minute" };

/// The module of the workers.
pub const WORKER_MODULE: WasmModule =
    WasmModule { package: "worker", name: "worker", profile: "worker", first_build: "about a minute" };

/// The module of the benchmark, `cargo xtask bench`.
pub const BENCH_MODULE: WasmModule = WasmModule {
    package: "browser-bench",
    name: "bench",
    profile: "browser-bench",
    first_build: "about two minutes",
};

/// The module of the browser test of messages.
pub const CODEC_MODULE: WasmModule =
    WasmModule { package: "codec", name: "codec", profile: "page", first_build: "a few seconds" };

impl WasmModule {
    /// The command `cargo COMMAND` for this module, with its target and profile.
    pub fn cargo(&self, command: &str) -> Command {
        let mut cargo = cargo();
        cargo
            .args([command, "--package", self.package, "--target", WASM_TARGET, "--bin", self.name])
            // If these variables are set, they replace the flags of .cargo/config.toml, which include simd128.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        cargo
    }

    /// Compiles the module in its profile and returns the path of the wasm file.
    pub fn compile(&self) -> Result<PathBuf> {
        let mut cargo = self.cargo("build");
        cargo.args(["--profile", self.profile, "--message-format", "json-render-diagnostics"]);
        let output = cargo.stdout(Stdio::piped()).stderr(Stdio::inherit()).output();
        let output = output.context("cannot start cargo")?;
        if !output.status.success() {
            bail!("the wasm module `{}` does not compile: see above", self.name);
        }
        artifact(&String::from_utf8_lossy(&output.stdout), self.name)
            .with_context(|| format!("cargo built `{}` but did not say where", self.name))
    }
}

/// Finds the wasm file of the binary `name` in cargo's JSON messages.
fn artifact(messages: &str, name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == name)
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .rfind(|file| file.extension().is_some_and(|ending| ending == "wasm"))
}

/// The root directory of the project, which contains Cargo.lock.
pub fn root() -> PathBuf {
    // The variable at run time is right even if the project has been moved since this program was built.
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let mut above = Path::new(&package).ancestors();
    above
        .find(|dir| dir.join("Cargo.lock").is_file())
        .expect("a built project has a Cargo.lock")
        .to_path_buf()
}

/// The cargo that runs this program, with the project's root as its directory. The variables that cargo has set for
/// this program are removed.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in env::vars_os().filter(|(name, _)| is_set_for_xtask(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether cargo has set this variable for the program that it runs. Other variables are the user's settings for cargo.
fn is_set_for_xtask(name: &OsString) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"];
    let name = name.to_string_lossy();
    name == "OUT_DIR" || name == "CARGO_PRIMARY_PACKAGE" || PREFIXES.iter().any(|p| name.starts_with(p))
}

/// Runs a command to its end. If it fails, the error contains the command.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = command_line(command);
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if status.success() { Ok(()) } else { bail!("`{shown}` failed: see above") }
}

/// The command as a user would type it.
pub fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Installs the wasm target if it is missing.
pub fn ensure_wasm_target() -> Result<()> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .current_dir(root())
        .output();
    let output = output.context("cannot start rustc: install Rust from https://rustup.rs")?;
    let lib = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&lib).is_dir() {
        return Ok(());
    }
    println!("Adding the target {WASM_TARGET}");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(root()))
        .with_context(|| format!("the target {WASM_TARGET} is missing: install Rust by rustup (https://rustup.rs), then `rustup target add {WASM_TARGET}`"))
}

/// Installs rustfmt and clippy if they are missing.
pub fn ensure_components() -> Result<()> {
    for (component, tool) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let there = cargo().args([tool, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if there.is_ok_and(|status| status.success()) {
            continue;
        }
        println!("Adding the component {component}");
        run(Command::new("rustup").args(["component", "add", component]).current_dir(root()))
            .with_context(|| format!("{component} is missing: `rustup component add {component}`"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_wasm_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"ticket_lab"},"filenames":["/t/lib.rlib"]}
            {"reason":"compiler-artifact","target":{"name":"page"},"filenames":["/t/page.wasm"]}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(artifact(messages, "page"), Some("/t/page.wasm".into()));
        assert_eq!(artifact(messages, "worker"), None);
    }

    #[test]
    fn forgets_only_what_is_about_xtask() {
        assert!(is_set_for_xtask(&"CARGO_PKG_NAME".into()));
        assert!(is_set_for_xtask(&"CARGO_MANIFEST_DIR".into()));
        assert!(!is_set_for_xtask(&"CARGO_HOME".into()));
        assert!(!is_set_for_xtask(&"CARGO_TARGET_DIR".into()));
    }

    #[test]
    fn wasm_keeps_the_flags_of_the_configuration() {
        let cargo = PAGE_MODULE.cargo("build");
        assert!(cargo.get_envs().any(|(name, value)| name == "RUSTFLAGS" && value.is_none()));
        assert!(command_line(&cargo).contains("--package page --target wasm32-unknown-unknown --bin page"));
    }
}
