//! Builds the static site: both wasm modules with their JavaScript glue, the page, its style, the data, and the list of
//! all this for the service worker.

use crate::{
    cargo::{self, PAGE_MODULE, WORKER_MODULE, WasmModule},
    import_names, languages, offline,
    sizes::{self, grouped},
};
use anyhow::{Context, Result, bail};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// The files and directories that are copied into the site unchanged.
const COPIED: [&str; 4] = ["index.html", "manifest.webmanifest", "www", "assets"];
/// The directory of the wasm modules within the site.
const WASM_DIR: &str = "wasm";

/// Builds the site into `out`. The old site stays there until the new one is complete.
pub fn build_site(out: &Path) -> Result<()> {
    refuse_foreign(out)?;
    cargo::ensure_wasm_target()?;
    let fresh = sibling_path(out, "new")?;
    remove(&fresh)?;
    build_into(&fresh)?;
    replace_site(&fresh, out)?;
    println!("The site is in {}", out.display());
    Ok(())
}

/// Builds everything into the directory `site`.
fn build_into(site: &Path) -> Result<()> {
    for each in [&PAGE_MODULE, &WORKER_MODULE] {
        build_module(each, site)?;
    }
    for name in COPIED {
        let from = cargo::root().join(name);
        copy(&from, &site.join(name)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    languages::write_menu(site)?;
    print_sizes(site)?;
    println!("       version {}", offline::finish(site)?);
    Ok(())
}

/// Compiles a module and writes it into a site.
pub fn build_module(module: &WasmModule, site: &Path) -> Result<()> {
    println!(
        "\nBuilding the wasm module `{}`: {} on two cores, seconds once it has been built",
        module.name, module.first_build
    );
    let wasm = module.compile()?;
    generate_js(module, &wasm, &site.join(WASM_DIR))
}

/// Writes the JavaScript glue and the final wasm of a module into `out`.
fn generate_js(module: &WasmModule, wasm: &Path, out: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(module.name).typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    let output = bindgen.web(true)?.generate_output().with_context(|| {
        format!(
            "wasm-bindgen cannot finish `{}`: if it speaks of a schema version, give the root's wasm-bindgen and \
             xtask's wasm-bindgen-cli-support the same version in their Cargo.toml",
            module.name
        )
    })?;
    import_names::emit(output, module.name, out)
}

/// The path of a module's final wasm within a site.
pub fn wasm_file(site: &Path, module: &WasmModule) -> PathBuf {
    site.join(WASM_DIR).join(format!("{}_bg.wasm", module.name))
}

/// Prints the sizes of the wasm files.
fn print_sizes(site: &Path) -> Result<()> {
    for module in [&PAGE_MODULE, &WORKER_MODULE] {
        let size = sizes::measure(&wasm_file(site, module))?;
        println!(
            "{:>6} wasm {:>11} bytes, {:>9} gzipped",
            module.name,
            grouped(size.raw),
            grouped(size.gzip)
        );
    }
    Ok(())
}

/// Fails if `out` is a directory that contains something other than a site.
fn refuse_foreign(out: &Path) -> Result<()> {
    let Ok(mut entries) = fs::read_dir(out) else {
        return if out.exists() { bail!("{} is not a directory", out.display()) } else { Ok(()) };
    };
    if entries.next().is_none() || out.join(WASM_DIR).is_dir() {
        return Ok(());
    }
    bail!("{} holds something that I did not build: empty it or choose another --out", out.display())
}

/// Replaces the directory `out` by `fresh`.
fn replace_site(fresh: &Path, out: &Path) -> Result<()> {
    let old = sibling_path(out, "old")?;
    remove(&old)?;
    if out.exists() {
        fs::rename(out, &old).with_context(|| format!("cannot move {} away", out.display()))?;
    }
    fs::rename(fresh, out).with_context(|| format!("cannot put the site at {}", out.display()))?;
    remove(&old)
}

/// The path of a hidden directory beside `out`. A rename between the two stays within one file system.
fn sibling_path(out: &Path, suffix: &str) -> Result<PathBuf> {
    let name =
        out.file_name().with_context(|| format!("{} cannot be a site: name a directory", out.display()))?;
    Ok(out.with_file_name(format!(".{}.{suffix}", name.to_string_lossy())))
}

/// Removes a directory if it exists.
fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}

/// Copies a file, or a directory with its contents.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty directory for this test only.
    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("ticket-lab-{name}-{}", std::process::id()));
        remove(&dir).unwrap();
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn a_directory_of_someone_else_is_left_alone() {
        let dir = scratch("foreign");
        refuse_foreign(&dir).unwrap();
        refuse_foreign(&dir.join("not there")).unwrap();
        fs::write(dir.join("thesis.tex"), "irreplaceable").unwrap();
        assert!(refuse_foreign(&dir).unwrap_err().to_string().contains("--out"));
        fs::create_dir(dir.join(WASM_DIR)).unwrap();
        refuse_foreign(&dir).unwrap();
        remove(&dir).unwrap();
    }

    #[test]
    fn a_new_site_takes_the_place_of_the_old() {
        let dir = scratch("swap");
        for (name, text) in [("dist", "old"), (".dist.new", "new")] {
            fs::create_dir_all(dir.join(name).join("www")).unwrap();
            fs::write(dir.join(name).join("www/file"), text).unwrap();
        }
        replace_site(&sibling_path(&dir.join("dist"), "new").unwrap(), &dir.join("dist")).unwrap();
        assert_eq!(fs::read_to_string(dir.join("dist/www/file")).unwrap(), "new");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        remove(&dir).unwrap();
    }

    #[test]
    fn copies_whole_trees() {
        let dir = scratch("copy");
        fs::create_dir_all(dir.join("a/b")).unwrap();
        fs::write(dir.join("a/b/c"), "deep").unwrap();
        copy(&dir.join("a"), &dir.join("z")).unwrap();
        assert_eq!(fs::read_to_string(dir.join("z/b/c")).unwrap(), "deep");
        remove(&dir).unwrap();
    }
}
