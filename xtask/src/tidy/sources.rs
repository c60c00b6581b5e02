//! The sources: no file too long to hold in the head, no drawers, no loose ends.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Lines of a file, its inline tests left out.
const MAX_LINES: usize = 500;
/// Names that say nothing about what is inside.
const DRAWERS: [&str; 8] = ["util", "utils", "common", "helper", "helpers", "manager", "misc", "types"];
/// Marks of unfinished work. Spelt apart, so that this list is not found.
const LOOSE_ENDS: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];

pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask", "e2e"] {
        collect(&root.join(folder), &mut files)?;
    }
    let mut faults = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        check_file(&file, &shown, &text, &mut faults);
    }
    Ok(faults)
}

fn check_file(file: &Path, shown: &str, text: &str, faults: &mut Vec<String>) {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = code.lines().count();
    if lines > MAX_LINES {
        faults.push(format!("{shown} has {lines} lines; the limit is {MAX_LINES}"));
    }
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if DRAWERS.contains(&stem) {
        faults.push(format!("{shown} is named like a drawer; name it after what it holds"));
    }
    for mark in LOOSE_ENDS {
        if text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == mark) {
            faults.push(format!("{shown} holds a {mark}: do it, or file an issue"));
        }
    }
    // A module of tests stands beside what it tests, which says what it is.
    let rust = file.extension().is_some_and(|kind| kind == "rs");
    if rust && stem != "tests" && !text.starts_with("//!") {
        faults.push(format!("{shown} does not begin with what it is (//!)"));
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !matches!(name, "target" | "node_modules" | ".venv" | "output") {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|kind| ["rs", "js", "mjs", "css"].iter().any(|code| kind == *code))
        {
            files.push(path);
        }
    }
    Ok(())
}
