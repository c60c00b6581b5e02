//! What the compiler does not check: arrows between rooms, who may use which library, sizes, names.

mod layers;
mod sources;

use std::path::Path;

use anyhow::bail;

/// Runs every check and complains about all that is wrong at once.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut faults = layers::check(root)?;
    faults.extend(sources::check(root)?);
    if faults.is_empty() { Ok(()) } else { bail!("{} untidy:\n  {}", faults.len(), faults.join("\n  ")) }
}
