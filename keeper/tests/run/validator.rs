//! A real validator on loopback, for as long as a test runs.

use hurdle_interface::UnixTime;
use hurdle_keeper::chain::{Chain, Commitment, ConfirmPolicy, RpcChain};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ports that the validator takes: RPC and its websocket, the faucet, gossip, and its dynamic range.
const PORTS: u16 = 44;

/// The validator's executable, and where it was found: on PATH, or beside the project.
pub fn locate() -> Result<PathBuf, String> {
    const NAME: &str = "solana-test-validator";
    let path = std::env::var_os("PATH").unwrap_or_default();
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bin");
    std::env::split_paths(&path)
        .chain([beside])
        .map(|folder| folder.join(NAME))
        .find(|file| file.is_file())
        .ok_or_else(|| format!("{NAME} is neither on PATH nor in ../shared/bin of the project"))
}

/// A folder of one test, removed at its end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A child that does not outlive the test.
pub struct Guarded(pub Child);

impl Guarded {
    /// Waits for the end, at most so long.
    pub fn exit_code(&mut self, within: Duration) -> Option<i32> {
        eventually(within, || self.0.try_wait().unwrap()).and_then(|status| status.code())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until there is an answer, at most so long.
pub fn eventually<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if begun.elapsed() >= within {
            return None;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A validator with the programs in its genesis, stopped by its process id when dropped.
pub struct Validator {
    child: Guarded,
    pub url: String,
    pub chain: RpcChain,
    client: RpcClient,
    runtime: tokio::runtime::Runtime,
    _ledger: Folder,
}

impl Validator {
    /// Starts a validator and waits until it is healthy.
    pub fn start(executable: &Path, programs: &[(Address, PathBuf)], upgrade_authority: Address) -> Self {
        let ledger = Folder::new("ledger");
        let port = free_ports();
        let mut command = Command::new(executable);
        command
            .args(["--reset", "--quiet", "--bind-address", "127.0.0.1"])
            // a fifth of a percent of the supply is staked here: at mainnet's inflation it would yield 4,000 %
            .args(["--inflation-fixed", "0.0001"])
            .args(["--rpc-port", &port.to_string()])
            .args(["--faucet-port", &(port + 2).to_string()])
            .args(["--gossip-port", &(port + 3).to_string()])
            .args(["--dynamic-port-range", &format!("{}-{}", port + 4, port + PORTS)])
            .arg("--ledger")
            .arg(&ledger.0);
        for (id, file) in programs {
            command
                .arg("--upgradeable-program")
                .arg(id.to_string())
                .arg(file)
                .arg(upgrade_authority.to_string());
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let timeout = Duration::from_secs(10);
        let mut validator = Self {
            child: Guarded(child),
            chain: RpcChain::new(&url, Commitment::Confirmed, timeout, ConfirmPolicy::default()),
            client: RpcClient::new_with_timeout_and_commitment(
                url.clone(),
                timeout,
                CommitmentConfig::confirmed(),
            ),
            url,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            _ledger: ledger,
        };
        let healthy = eventually(Duration::from_secs(120), || {
            let ended = validator.child.0.try_wait().unwrap();
            assert!(ended.is_none(), "the validator ended: {ended:?}");
            validator.runtime.block_on(validator.client.get_health()).ok()
        });
        healthy.expect("the validator is not healthy after two minutes");
        validator
    }

    pub fn process_id(&self) -> u32 {
        self.child.0.id()
    }

    /// Asks the chain.
    pub fn ask<T>(&self, request: impl Future<Output = T>) -> T {
        self.runtime.block_on(request)
    }

    /// Gives an address SOL from the faucet.
    pub fn fund(&self, address: Address, lamports: u64) {
        // the faucet may come up after the health check
        let funded = eventually(Duration::from_secs(60), || {
            self.ask(self.client.request_airdrop(&address, lamports)).ok()?;
            eventually(Duration::from_secs(20), || {
                let account = self.ask(self.chain.account(&address)).ok()??;
                (account.lamports >= lamports).then_some(())
            })
        });
        funded.expect("the faucet does not pay");
    }

    pub fn time(&self) -> UnixTime {
        self.ask(self.chain.now()).unwrap().time
    }
}

/// The first of so many ports in a row that nobody listens on.
fn free_ports() -> u16 {
    let free = |port: &u16| {
        TcpListener::bind(("127.0.0.1", *port)).is_ok() && UdpSocket::bind(("127.0.0.1", *port)).is_ok()
    };
    // from the unregistered ports below those that the system hands out, another place for each process
    let offset = u16::try_from(std::process::id() % 200).unwrap() * PORTS;
    (0..200u16)
        .map(|place| 12_000 + (offset + place * PORTS) % (200 * PORTS))
        .find(|first| (*first..first + PORTS).all(|port| free(&port)))
        .expect("no free ports on loopback")
}
