//! How much memory the pages take of the browsers that this program has started.

use anyhow::{Context, Result, ensure};
use std::{collections::BTreeMap, fs, process};

/// Bytes of memory of all pages and workers: the proportional set size of each renderer among the processes that descend
/// from this one. It is an error where the system does not list processes in `/proc`.
pub(crate) fn renderer_bytes() -> Result<u64> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc").context("processes are not listed in /proc")?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // The name of a program, in parentheses, may have spaces.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (id, parent)));
    }
    let is_ours = |mut id: u32| {
        while let Some(&parent) = parents.get(&id) {
            if parent == process::id() {
                return true;
            }
            id = parent;
        }
        false
    };
    let is_renderer = |id: u32| {
        let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        command.windows(15).any(|words| words == b"--type=renderer")
    };
    let sizes = parents.keys().filter(|&&id| is_ours(id) && is_renderer(id)).map(|id| {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find(|line| line.starts_with("Pss:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default()
    });
    let kilobytes: u64 = sizes.sum();
    ensure!(kilobytes > 0, "no renderer of this program was found");
    Ok(kilobytes << 10)
}
