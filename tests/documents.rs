//! Checks that the README's tables of settings, presets, arms and criteria agree with the program.

use experiment::{
    arm::Arm,
    criterion::PruningCriterion,
    experiment_report::csv_tables::{CURVES_COLUMNS, ROBUSTNESS_COLUMNS, ROUNDS_COLUMNS},
    preset::Preset,
    setting_table::SETTINGS,
    settings::Settings,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const README: &str = include_str!("../README.md");
const ARCHITECTURE: &str = include_str!("../ARCHITECTURE.md");

/// The cells of each row of the table whose header begins with these cells.
fn table(head: &[&str]) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let mut lines =
        README.lines().skip_while(|line| !line.starts_with('|') || !cells(line).starts_with(&owned(head)));
    assert!(lines.next().is_some(), "README has no table that begins with {head:?}");
    lines.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect()
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn column(head: &[&str], column: usize) -> Vec<String> {
    table(head).into_iter().map(|mut row| row.swap_remove(column)).collect()
}

#[test]
fn every_setting_is_there_in_order_with_its_defaults() {
    let rows = table(&["name", "takes", "Quick look", "Paper", "meaning"]);
    let names: Vec<&str> = rows.iter().map(|row| &*row[0]).collect();
    assert_eq!(names, SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>());
    for (preset, column) in [(Preset::Quick, 2), (Preset::Paper, 3)] {
        let settings = Settings::preset(preset);
        for (row, setting) in rows.iter().zip(SETTINGS).filter(|(_, setting)| setting.name != "preset") {
            let default = match &*setting.value(&settings) {
                "" => "nothing".to_owned(),
                value => value.to_owned(),
            };
            assert_eq!(row[column], default, "{} of {}", setting.name, preset.name());
        }
    }
}

#[test]
fn every_column_of_the_exported_tables_is_there_in_order() {
    assert_eq!(column(&["column of rounds", "meaning"], 0), ROUNDS_COLUMNS);
    assert_eq!(column(&["column of curves", "meaning"], 0), CURVES_COLUMNS);
    assert_eq!(column(&["column of robustness", "meaning"], 0), ROBUSTNESS_COLUMNS);
}

#[test]
fn every_preset_arm_and_criterion_is_there_in_order() {
    assert_eq!(
        column(&["preset", "what it runs"], 0),
        Preset::ALL.iter().map(|preset| preset.name()).collect::<Vec<_>>()
    );
    assert_eq!(column(&["arm", "mask"], 0), Arm::ALL.iter().map(|arm| arm.name()).collect::<Vec<_>>());
    let criteria: Vec<&str> = PruningCriterion::ALL.iter().map(|criterion| criterion.name()).collect();
    assert_eq!(column(&["criterion", "what goes first"], 0), criteria);
}

/// The crates that a manifest names, without the project's own packages.
fn named_crates(manifest: &str, own: &BTreeSet<String>) -> BTreeSet<String> {
    let manifest: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    let of_targets = manifest.get("target").and_then(|target| target.as_table()).into_iter().flatten();
    let places = of_targets.filter_map(|(_, target)| target.as_table()).chain([&manifest]);
    let lists = places.flat_map(|place| {
        ["dependencies", "dev-dependencies", "build-dependencies"].map(|list| place.get(list)?.as_table())
    });
    lists.flatten().flat_map(|list| list.keys()).filter(|name| !own.contains(*name)).cloned().collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let root = env!("CARGO_MANIFEST_DIR");
    let manifests =
        Path::new(root).join("src").read_dir().unwrap().map(|entry| entry.unwrap().path().join("Cargo.toml"));
    let manifests =
        manifests.filter(|manifest| manifest.exists()).map(|manifest| manifest.display().to_string());
    let others = ["", "benches/browser/", "tests/codec/", "xtask/", "xtask/browser-tests/"];
    let manifests: Vec<String> =
        manifests.chain(others.map(|folder| format!("{root}/{folder}Cargo.toml"))).collect();
    let names = manifests.iter().filter_map(|manifest| {
        let manifest: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
        Some(manifest.get("package")?.get("name")?.as_str()?.to_owned())
    });
    let own: BTreeSet<String> = names.collect();
    let named: BTreeSet<String> =
        manifests.iter().flat_map(|manifest| named_crates(manifest, &own)).collect();
    let list = fs::read_to_string(format!("{root}/DEPENDENCIES.md")).unwrap();
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `")?.split('|').next());
    let listed: BTreeSet<String> = rows
        .flat_map(|cell| cell.split(',').map(|name| name.trim().replace('`', "")).collect::<Vec<_>>())
        .collect();
    assert_eq!(listed, named);
}

/// Every Rust file below a folder, by its path.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            rust_files(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

#[test]
fn files_and_items_that_the_architecture_names_are_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![];
    ["src", "tests", "examples", "benches", "xtask"]
        .iter()
        .for_each(|name| rust_files(&top.join(name), &mut files));
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let quoted = ARCHITECTURE.split('`').skip(1).step_by(2);
    let missing: Vec<&str> = quoted
        .filter(|name| match name {
            name if name.ends_with(".rs") => !files.iter().any(|file| file.ends_with(name)),
            name if name.contains('/') => !top.join(name).exists() && !top.join("src").join(name).exists(),
            // What a new arm might be called is not there, nor are files that are not of Rust.
            name if name.contains("::") && !name.contains(' ') => {
                !name.split("::").all(|part| words.contains(part))
            }
            _ => false,
        })
        .collect();
    assert_eq!(missing, [""; 0], "ARCHITECTURE.md names what is not there");
}
