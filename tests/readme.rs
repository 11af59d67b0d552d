//! Checks that the README's tables of settings, presets, arms and criteria agree with the program.

use experiment::{
    arm::Arm, criterion::PruningCriterion, preset::Preset, setting_table::SETTINGS, settings::Settings,
};

const README: &str = include_str!("../README.md");

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
fn every_preset_arm_and_criterion_is_there_in_order() {
    assert_eq!(
        column(&["preset", "what it runs"], 0),
        Preset::ALL.iter().map(|preset| preset.name()).collect::<Vec<_>>()
    );
    assert_eq!(column(&["arm", "mask"], 0), Arm::ALL.iter().map(|arm| arm.name()).collect::<Vec<_>>());
    let criteria: Vec<&str> = PruningCriterion::ALL.iter().map(|criterion| criterion.name()).collect();
    assert_eq!(column(&["criterion", "what goes first"], 0), criteria);
}
