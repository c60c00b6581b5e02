//! A small faithful world to run OpenIAS against: synthetic patients and their records, a directory, two
//! QHINs and the places that answer for them, each a real HTTP server that trusts nobody.

mod brake;
mod directory;
mod gate;
pub mod integrator;
mod language;
mod page;
pub mod records;
mod reply;
mod responder;
mod server;
pub mod world;

pub use brake::Brake;
pub use server::{Bound, Trust};
pub use world::World;
