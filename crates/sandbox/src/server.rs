//! Starting the world: a listener on loopback for the directory, each QHIN and each place.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;

pub use crate::gate::Trust;
use crate::world::World;
use crate::{directory, responder};

/// A world whose addresses are known, but which does not answer yet: what trusts whom is settled between.
pub struct Bound {
    world: World,
    directory: TcpListener,
    /// Each QHIN's, and behind it its members'.
    servers: Vec<TcpListener>,
}

impl Bound {
    /// Takes a free loopback port for every server of the world.
    pub async fn bind(world: World) -> std::io::Result<Self> {
        let directory = listen().await?;
        let count = world.qhins.iter().map(|qhin| 1 + qhin.members.len()).sum();
        let mut servers = Vec::with_capacity(count);
        for _ in 0..count {
            servers.push(listen().await?);
        }
        Ok(Self { world, directory, servers })
    }

    /// FHIR base URL of the directory.
    pub fn directory_url(&self) -> String {
        format!("{}/fhir", origin(&self.directory))
    }

    /// The origins of all servers, for an egress list.
    pub fn origins(&self) -> Vec<String> {
        std::iter::once(&self.directory).chain(&self.servers).map(origin).collect()
    }

    /// Lets every server answer, for as long as the runtime lives.
    pub fn serve(self, trust: &Trust) {
        let base = origin(&self.directory);
        let urls: Vec<String> =
            self.servers.iter().map(|server| format!("{}/fhir", origin(server))).collect();
        spawn(self.directory, directory::router(&self.world, &base, &urls));
        let (seed, brake) = (self.world.seed, &self.world.brake);
        let mut servers = self.servers.into_iter().zip(urls);
        for qhin in self.world.qhins {
            let Some((listener, url)) = servers.next() else { return };
            let members: Vec<_> = qhin
                .members
                .iter()
                .filter_map(|member| Some((member.clone(), servers.next()?)))
                .map(|(member, (listener, url))| {
                    (
                        listener,
                        Arc::new(responder::Responder::new(member, url, seed, brake.clone(), trust.clone())),
                    )
                })
                .collect();
            if qhin.keeps_index {
                let members = members.iter().map(|(_, responder)| Arc::clone(responder)).collect();
                spawn(listener, responder::index_router(&qhin.name, url, members, trust.clone()));
            }
            for (listener, responder) in members {
                spawn(listener, responder::router(responder));
            }
        }
    }
}

async fn listen() -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await
}

fn origin(listener: &TcpListener) -> String {
    listener.local_addr().map(|address| format!("http://{address}")).unwrap_or_default()
}

fn spawn(listener: TcpListener, router: Router) {
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "a sandbox server stopped");
        }
    });
}
