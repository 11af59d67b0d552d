//! Checks rules that the compiler does not check: which package uses which others, and that no two files of a package
//! import each other in a circle.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use syn::visit::{self, Visit};

/// The packages that each package uses. A use that is not listed here must be a deliberate decision, and belongs into
/// ARCHITECTURE.md too.
const ARROWS: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("texts", &[]),
    ("numbers", &["texts"]),
    ("chart", &["numbers", "texts"]),
    ("kernels", &["model"]),
    ("experiment", &["model", "numbers", "texts"]),
    ("protocol", &["experiment", "model"]),
    ("training", &["experiment", "kernels", "model"]),
    ("worker", &["experiment", "kernels", "model", "protocol", "training"]),
    ("page", &["chart", "experiment", "model", "numbers", "protocol", "texts"]),
    ("ticket-lab", &["experiment", "training"]),
];

/// The root files of the packages and programs that are checked for circles.
const ROOTS: [&str; 16] = [
    "src/model/lib.rs",
    "src/kernels/lib.rs",
    "src/experiment/lib.rs",
    "src/training/lib.rs",
    "src/protocol/lib.rs",
    "src/worker/lib.rs",
    "src/page/lib.rs",
    "src/chart/lib.rs",
    "src/lib.rs",
    "benches/browser/main.rs",
    "examples/headless/main.rs",
    "xtask/src/lib.rs",
    "xtask/src/main.rs",
    "xtask/browser-tests/src/main.rs",
    "src/numbers/lib.rs",
    "src/texts/lib.rs",
];

/// The path of a module from the root of its package.
type ModulePath = Vec<String>;

/// The modules and files of a package.
#[derive(Default)]
struct Package {
    /// The file of each module. An inline module is in the file of its parent.
    files: BTreeMap<ModulePath, PathBuf>,
    /// The syntax of each file, with the path of its module.
    parsed: Vec<(ModulePath, PathBuf, syn::File)>,
}

impl Package {
    /// Reads all files of the package whose root file is `root`.
    fn read(root: &Path) -> Package {
        let mut package = Package::default();
        let children = root.parent().expect("a file is in a folder").to_path_buf();
        package.add(vec![], root.to_path_buf(), &children);
        package
    }

    /// Reads the file of `module` and those of its child modules, which are in the folder `children`.
    fn add(&mut self, module: ModulePath, file: PathBuf, children: &Path) {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add_items(&module, &file, children, &syntax.items);
        self.parsed.push((module, file, syntax));
    }

    fn add_items(&mut self, module: &ModulePath, file: &Path, children: &Path, items: &[syn::Item]) {
        self.files.insert(module.clone(), file.to_path_buf());
        for item in items {
            let syn::Item::Mod(child) = item else { continue };
            let name = child.ident.to_string();
            let path = [&module[..], std::slice::from_ref(&name)].concat();
            let folder = children.join(&name);
            if let Some((_, items)) = &child.content {
                self.add_items(&path, file, &folder, items);
                continue;
            }
            let candidates = match path_attribute(child) {
                Some(at) => vec![file.with_file_name(at)],
                None => vec![children.join(format!("{name}.rs")), folder.join("mod.rs")],
            };
            let found = candidates.into_iter().find(|file| file.exists());
            self.add(path, found.unwrap_or_else(|| panic!("no file of module {name}")), &folder);
        }
    }

    /// The files of the package that each file imports or names in a path.
    fn imports(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let mut imports: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for (module, file, syntax) in &self.parsed {
            let mut names = Names { module: module.clone(), paths: vec![] };
            names.visit_file(syntax);
            let targets = names.paths.iter().filter_map(|(module, path)| self.resolve(module, path));
            imports.entry(file).or_default().extend(targets.filter(|target| target != file));
        }
        imports
    }

    /// The file of the module that a path in `module` leads to, or `None` if it leads out of the package.
    fn resolve(&self, module: &ModulePath, path: &[String]) -> Option<&Path> {
        let mut found = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => (found, rest) = (vec![], &path[1..]),
            "self" => rest = &path[1..],
            "super" => {}
            name if self.files.contains_key(&[&module[..], &[name.into()]].concat()) => {}
            _ => return None,
        }
        for name in rest {
            if name == "super" {
                found.pop();
                continue;
            }
            let child = [&found[..], std::slice::from_ref(name)].concat();
            if !self.files.contains_key(&child) {
                break;
            }
            found = child;
        }
        self.files.get(&found).map(PathBuf::as_path)
    }
}

fn path_attribute(module: &syn::ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// All paths that a file names, each with the module that names it.
struct Names {
    module: ModulePath,
    paths: Vec<(ModulePath, Vec<String>)>,
}

impl Names {
    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                self.add_tree(&[before, &[path.ident.to_string()]].concat(), &path.tree)
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
            syn::UseTree::Name(name) => self.add([before, &[name.ident.to_string()]].concat()),
            syn::UseTree::Rename(rename) => self.add([before, &[rename.ident.to_string()]].concat()),
            syn::UseTree::Glob(_) => self.add(before.to_vec()),
        }
    }

    fn add(&mut self, path: Vec<String>) {
        self.paths.push((self.module.clone(), path));
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    /// A visibility such as `pub(super)` names a path, but does not import it.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }
}

/// A circle of imports, if there is one: each file imports the next one, and the last imports the first.
fn circle<'a>(imports: &BTreeMap<&'a Path, BTreeSet<&'a Path>>) -> Option<Vec<&'a Path>> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|file| circle_from(file, imports, &mut vec![], &mut done))
}

fn circle_from<'a>(
    file: &'a Path,
    imports: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
    way: &mut Vec<&'a Path>,
    done: &mut BTreeSet<&'a Path>,
) -> Option<Vec<&'a Path>> {
    if let Some(start) = way.iter().position(|other| *other == file) {
        return Some(way[start..].to_vec());
    }
    if done.contains(file) {
        return None;
    }
    way.push(file);
    let found =
        imports.get(file).into_iter().flatten().find_map(|next| circle_from(next, imports, way, done));
    way.pop();
    done.insert(file);
    found
}

#[test]
fn packages_use_those_they_may_and_no_others() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (package, allowed) in ARROWS {
        let folder = if package == "ticket-lab" { top.to_path_buf() } else { top.join("src").join(package) };
        let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let ours = |name: &&String| ARROWS.iter().any(|(other, _)| other == name);
        // The manifest lists dependencies for all targets and for wasm alone.
        let targets = manifest
            .get("target")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(|targets| targets.values());
        let tables = targets.filter_map(toml::Value::as_table).chain([&manifest]);
        let dependencies = tables.filter_map(|table| table.get("dependencies")?.as_table());
        let used: BTreeSet<&str> =
            dependencies.flat_map(|table| table.keys()).filter(ours).map(String::as_str).collect();
        assert_eq!(used, allowed.iter().copied().collect(), "the packages that {package} uses");
    }
}

#[test]
fn no_two_files_import_each_other_in_a_circle() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let circles: Vec<String> = ROOTS
        .iter()
        .filter_map(|root| {
            let package = Package::read(&top.join(root));
            let circle = circle(&package.imports())?;
            let names =
                circle.iter().map(|file| file.strip_prefix(top).unwrap_or(file).display().to_string());
            Some(names.collect::<Vec<_>>().join(" → ") + " → the first")
        })
        .collect();
    assert!(circles.is_empty(), "files that import each other in a circle:\n{}", circles.join("\n"));
}

/// Checks the search for circles itself with files that import each other, one of them by a path inside its code.
#[test]
fn a_circle_is_found() {
    let folder = std::env::temp_dir().join(format!("ticket-lab-structure-{}", std::process::id()));
    fs::create_dir_all(folder.join("a")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("lib.rs", "pub mod a;\nmod b;\n#[cfg(test)]\nmod tests { use super::*; }\n");
    write("a.rs", "pub mod inner;\npub struct A(crate::b::B);\n");
    write("a/inner.rs", "pub fn nothing() {}\n");
    write("b.rs", "use crate::a::inner;\npub struct B;\n");
    let found =
        |folder: &Path| circle(&Package::read(&folder.join("lib.rs")).imports()).map(|files| files.len());
    assert_eq!(found(&folder), None);
    write("a/inner.rs", "pub fn nothing() { let _ = super::A; }\n");
    assert_eq!(found(&folder), Some(3));
    fs::remove_dir_all(&folder).unwrap();
}
