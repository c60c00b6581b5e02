//! `openias operator`

use std::process::ExitCode;

use super::open;
use crate::cli::{Operator, OperatorAction};
use crate::output::line;

pub(crate) async fn run(args: &Operator) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    match args.action {
        OperatorAction::SignIn => line(&web::sign_in_link(&app).await?),
    }
    Ok(ExitCode::SUCCESS)
}
