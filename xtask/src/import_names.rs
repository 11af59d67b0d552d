//! Gives short names to the functions that a wasm module imports from its JavaScript glue. Each name that wasm-bindgen makes
//! ends in a hash, which does not compress; nobody but these two files uses them.

use anyhow::{Context, Result, ensure};
use std::{collections::BTreeMap, fs, path::Path};
use wasm_bindgen_cli_support::Output;

/// What begins every name that is made for an import.
const MADE: [&str; 2] = ["__wbg_", "__wbindgen_"];

/// Writes a module and its glue into `out`, with short names between them.
pub(crate) fn emit(mut output: Output, name: &str, out: &Path) -> Result<()> {
    let imports = output.wasm_mut().imports.iter_mut().filter(|import| is_made(&import.name));
    let mut imports: Vec<_> = imports.collect();
    imports.sort_by(|a, b| a.name.cmp(&b.name));
    let mut short = BTreeMap::new();
    for (at, import) in imports.into_iter().enumerate() {
        let long = std::mem::replace(&mut import.name, format!("i{at}"));
        short.insert(long, import.name.clone());
    }
    output.emit(out)?;
    let glue = out.join(format!("{name}.js"));
    let long = fs::read_to_string(&glue).with_context(|| format!("cannot read {}", glue.display()))?;
    fs::write(&glue, renamed(&long, &short)?).with_context(|| format!("cannot write {}", glue.display()))
}

fn is_made(name: &str) -> bool {
    MADE.iter().any(|start| name.starts_with(start))
}

/// The glue with its properties renamed. Each stands once, at the beginning of a line, before a colon.
fn renamed(glue: &str, short: &BTreeMap<String, String>) -> Result<String> {
    let mut names = 0;
    let line = |line: &str| {
        let bare = line.trim_start();
        let renamed =
            bare.split_once(": ").and_then(|(name, rest)| Some(format!("{}: {rest}", short.get(name)?)));
        names += usize::from(renamed.is_some());
        renamed
            .map_or_else(|| line.to_owned(), |renamed| line[..line.len() - bare.len()].to_owned() + &renamed)
    };
    let lines: Vec<_> = glue.lines().map(line).collect();
    ensure!(names == short.len(), "{names} of {} imports are in the JavaScript of wasm-bindgen", short.len());
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_import_is_renamed_once() {
        let short = [("__wbg_a_1", "i0"), ("__wbg_b_2", "i1")]
            .map(|(long, short)| (long.to_owned(), short.to_owned()));
        let short = BTreeMap::from(short);
        let glue = "const imports = {\n    __wbg_a_1: function() {},\n    __wbg_b_2: (a) => a,\n};\n";
        let expected = "const imports = {\n    i0: function() {},\n    i1: (a) => a,\n};\n";
        assert_eq!(renamed(glue, &short).unwrap(), expected);
        assert!(renamed("    __wbg_a_1: function() {},\n", &short).is_err());
    }
}
