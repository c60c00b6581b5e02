//! Signed links: an export's file for whoever holds the link, for ten minutes.

use std::time::Duration;

use model::Timestamp;
use model::id::ExportId;

use crate::Connect;

/// How long a link works.
pub const LINK_LIFE: Duration = Duration::from_mins(10);

/// A link as it came back.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// The export, `task_id`.
    pub task: &'a str,
    /// Until when, in seconds since the epoch.
    pub expires: i64,
    /// The signature over both.
    pub signature: &'a str,
}

impl Link<'_> {
    /// A fresh link's URL.
    pub(crate) fn sign(connect: &Connect, export: &ExportId) -> String {
        let expires = connect.clock.now().plus(LINK_LIFE).seconds();
        let signature = connect.store.sign_link(&signed_text(export.as_str(), expires));
        let base = &connect.settings.base_url;
        format!("{base}/downloads/{export}?expires={expires}&signature={signature}")
    }

    /// Whether the link is ours and still works.
    pub(crate) fn is_valid(&self, connect: &Connect) -> bool {
        Timestamp::from_seconds(self.expires) > connect.clock.now()
            && connect.store.is_our_link(&signed_text(self.task, self.expires), self.signature)
    }
}

fn signed_text(task: &str, expires: i64) -> String {
    format!("{expires}/{task}")
}
