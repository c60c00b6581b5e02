//! The attack checklist (V01 to V30 of the project's validator list) against this crate, by number.

#[cfg(test)]
mod bits;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod forgeries;
#[cfg(test)]
mod header;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod self_signed;
#[cfg(test)]
mod sets;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod structure;
