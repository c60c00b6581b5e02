//! Every entry over a fixed number of inputs: the seeds, and what becomes of them in up to sixteen steps.

use openias_fuzzing::{ENTRIES, Mutator, issuer, lint, oauth};

#[test]
fn every_parser_keeps_its_word_over_seeds_and_mutations() {
    for entry in &ENTRIES {
        let mut mutator = Mutator::seeded(1);
        for seed in entry.seeds {
            (entry.run)(seed);
        }
        let mut input = Vec::new();
        for number in 0..entry.inputs {
            // Each input grows out of the one before, until a fresh start.
            if number % 16 == 0 {
                input.clear();
                input.extend_from_slice(mutator.pick(entry.seeds));
            }
            (entry.change)(&mut mutator, &mut input);
            (entry.run)(&input);
        }
    }
}

#[test]
fn the_seeds_reach_what_lies_behind_the_parsers() {
    assert!(lint::judge(issuer::TOKEN).is_ok(), "the one token that was signed");
    assert_eq!(issuer::KEY_SET.keys().len(), 2);
    assert!(oauth::prove(oauth::PROOF).is_ok());
    assert!(oauth::authenticate(oauth::ASSERTION).is_ok());
    assert!(oauth::admit(oauth::ACCESS_TOKEN).is_ok());
    let targets: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/targets"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    for entry in &ENTRIES {
        assert!(targets.iter().any(|target| target == entry.name), "{} has no target", entry.name);
        assert!(!entry.seeds.is_empty() && entry.inputs >= 10_000);
    }
    assert_eq!(targets.len(), ENTRIES.len());
}
