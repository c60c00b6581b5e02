//! The Wycheproof vectors for JOSE: each judged as its label says, or refused for a reason that is written down.
//!
//! They are not part of this project. `OPENIAS_TEST_WYCHEPROOF` names the folder that holds them; where it is not set,
//! the tests are skipped and say so in one line, and with `OPENIAS_TEST_WYCHEPROOF_REQUIRED=1` they fail instead.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod vectors;
