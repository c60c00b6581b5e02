//! `openias doctor`: checks one thing after the other and says what to do about each.

use std::process::ExitCode;

use egress::Request;
use store::Store;

use crate::cli::Doctor;
use crate::config::Config;
use crate::output::line;
use crate::wiring::egress_client;

pub(crate) async fn run(args: &Doctor) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.config.config.as_deref())?;
    line("ok    the configuration is valid");
    let mut healthy = true;
    let mut report = |name: &str, outcome: Result<String, String>| match outcome {
        Ok(said) => line(&format!("ok    {name}: {said}")),
        Err(why) => {
            healthy = false;
            line(&format!("FAIL  {name}: {why}"));
        }
    };
    report("store", store(&config).await);
    report("address", address(&config).await);
    report("base URL", base_url(&config));
    report("directory", directory(&config).await);
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn store(config: &Config) -> Result<String, String> {
    let opened = Store::open(&config.store_options(), ambient::Entropy::system()).await;
    opened.map(|_| "opens, keys and tables are in place".to_owned()).map_err(|error| error.to_string())
}

async fn address(config: &Config) -> Result<String, String> {
    let address = config.server.listen;
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) => {
            Err(format!("{address} cannot be listened on ({error}); is the server running already?"))
        }
    }
}

fn base_url(config: &Config) -> Result<String, String> {
    let base = &config.server.base_url;
    let local = ["http://localhost", "http://127.0.0.1"].iter().any(|prefix| base.starts_with(prefix));
    if base.starts_with("https://") || local {
        Ok(base.clone())
    } else {
        Err(format!("{base} is not https; browsers and CSPs will refuse it"))
    }
}

async fn directory(config: &Config) -> Result<String, String> {
    let Some(directory) = &config.network.directory_url else {
        return Err("network.directory_url is not set, so no records can be found".to_owned());
    };
    let client = egress_client(config).map_err(|error| error.to_string())?;
    let url = format!("{directory}/Organization?_count=1");
    let answer = client.fetch(Request::get(&url)).await;
    match answer {
        Ok(answer) if answer.status.is_success() => Ok(format!("{directory} answers")),
        Ok(answer) => Err(format!("{directory} answered with status {}", answer.status.as_u16())),
        Err(error) => Err(format!("{directory}: {error}")),
    }
}
