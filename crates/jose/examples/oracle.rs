//! The oracle of `tests/oracle`, for as many tokens as are asked for:
//! `cargo run --release -p openias-jose --example oracle -- 3000000 [SEED]`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for the people who work on this crate"
)]

#[path = "../tests/oracle/differences.rs"]
mod differences;
#[path = "../tests/oracle/judges.rs"]
mod judges;
#[path = "../tests/oracle/mint.rs"]
mod mint;
#[path = "../tests/oracle/texts.rs"]
mod texts;
#[path = "../tests/oracle/trial.rs"]
mod trial;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let tokens = arguments.next().map_or(3_000_000, |tokens| tokens.parse().unwrap());
    let seed = arguments.next().map_or(1, |seed| seed.parse().unwrap());
    println!("{tokens} tokens, seed {seed}:");
    print!("{}", trial::run(seed, tokens));
    println!("{:>9}  differences without a reason", 0);
}
