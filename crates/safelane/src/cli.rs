//! The command line: `safelane --help` reads like a page of a manual.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// The record of where explosive ordnance is, where it was, who found it and who released the ground.
#[derive(Debug, Parser)]
#[command(
    name = "safelane",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Every command ends with exit code 0, or with 1 and one clear line.\n\
    While `serve` runs, import, user, device and token do their work through its control socket."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a programme; makes what is missing in the data folder.
    Serve(Serve),
    /// Serve the made-up programme "Demo Isle".
    Demo(Demo),
    /// Read a GeoJSON file into the ledger.
    Import(AtData<Import>),
    /// Reads a file of somebody else's for `import`, confined.
    #[command(hide = true)]
    ImportWorker(ImportWorker),
    /// Write records of one kind to standard output or a file.
    Export(AtData<Export>),
    /// Print tables that add up.
    Report(AtData<Report>),
    /// List what the standing checks find in the whole ledger.
    Checks(AtData<Checks>),
    /// Copy a programme into an empty folder, while it is served or not, and verify the copy.
    Backup(AtData<To>),
    /// Put a verified backup into an empty data folder; the server must be stopped.
    Restore(AtData<From>),
    /// Compute every id, signature, leaf, head and derived row anew and compare.
    Verify(AtData<NoMore>),
    /// Derive everything anew from the ledger; the server must be stopped.
    Rebuild(AtData<NoMore>),
    /// People who sign in.
    User(AtData<UserWhat>),
    /// Devices that sign.
    Device(AtData<DeviceWhat>),
    /// Tokens for programs that read, such as QGIS.
    Token(AtData<TokenWhat>),
}

/// A command with the data folder that it works on.
#[derive(Debug, Args)]
pub struct AtData<T: Args> {
    /// Data folder of the programme.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "safelane-data",
        global = true
    )]
    pub data: PathBuf,
    #[command(flatten)]
    pub what: T,
}

#[derive(Debug, Args)]
pub struct NoMore {}

#[derive(Debug, Args)]
pub struct Serve {
    /// Data folder of the programme.
    #[arg(long, value_name = "DIR", default_value = "safelane-data")]
    pub data: PathBuf,
    #[command(flatten)]
    pub listen: Listen,
    /// Name of the programme, when it is made.
    #[arg(long, default_value = "Programme")]
    pub name: String,
    /// What references begin with, when the programme is made: BA gives BA-0001.
    #[arg(long, default_value = "REF")]
    pub prefix: String,
}

#[derive(Debug, Args)]
pub struct Listen {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Folder of the built app.
    #[arg(long, value_name = "DIR", env = "SAFELANE_APP")]
    pub app: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Data folder of the demo.
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    pub data: PathBuf,
    #[command(flatten)]
    pub listen: Listen,
    /// The day of start, YYYY-MM-DD: the story's days count back from it. Today without it.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Another table than the program's own; only read when the demo is built.
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
    /// Two made-up tablets send a report a minute, for a stand at a conference.
    #[arg(long)]
    pub live: bool,
}

#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct Import {
    /// The GeoJSON file, WGS 84.
    pub file: PathBuf,
    /// Kind of the records: hazardous-area, clearance, accident, admin-area, settlement.
    #[arg(long)]
    pub kind: String,
    /// Property that holds the source's id; without it the id follows from the content.
    #[arg(long, value_name = "COL")]
    pub id: Option<String>,
    /// Date of information, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Where to write the report, as JSON.
    #[arg(long, value_name = "OUT.json")]
    pub report: Option<PathBuf>,
    /// Only say what would be taken.
    #[arg(long)]
    pub dry_run: bool,
    /// Who imports: a sign-in name; without it the first administrator.
    #[arg(long = "as", value_name = "NAME")]
    pub by: Option<String>,
    /// Memory that reading the file may take, in MB; 512 without it.
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(16..=1_000_000))]
    pub memory: Option<u64>,
    /// Seconds that reading may take without a step forward; 60 without it.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: Option<u64>,
}

#[derive(Clone, Debug, Args)]
pub struct ImportWorker {
    /// What it is to do.
    #[arg(long, value_name = "JSON")]
    pub task: String,
}

#[derive(Clone, Debug, Args)]
pub struct Export {
    /// Kind of the records.
    #[arg(long)]
    pub kind: String,
    /// Format.
    #[arg(long)]
    pub format: ExportFormat,
    /// File to write; standard output without it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Geojson,
    Csv,
}

#[derive(Clone, Debug, Args)]
pub struct Report {
    /// Which one.
    pub which: WhichReport,
    /// First day, not included, YYYY-MM-DD; a year before the last without it.
    #[arg(long)]
    pub from: Option<String>,
    /// Last day, included, YYYY-MM-DD; today without it.
    #[arg(long)]
    pub to: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub struct Checks {
    /// As JSON, on one line.
    #[arg(long)]
    pub json: bool,
    /// The day on which they hold, YYYY-MM-DD; today without it.
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WhichReport {
    /// Accounts of all hazardous areas by district and class.
    LandRelease,
}

#[derive(Clone, Debug, Args)]
pub struct To {
    /// Empty or absent folder for the copy.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub struct From {
    /// Folder of the backup.
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub struct UserWhat {
    #[command(subcommand)]
    pub what: User,
}

#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub enum User {
    /// Add a person; prints a link that signs in once.
    Add {
        /// Name to sign in with.
        name: String,
        /// administrator, coordinator, approver, field or viewer; may be given several times.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Name to show; the sign-in name without it.
        #[arg(long)]
        display: Option<String>,
    },
    /// Print a new link for somebody who forgot the password.
    Reset {
        /// Name to sign in with.
        name: String,
    },
    /// List people and their roles.
    List,
}

#[derive(Clone, Debug, Args)]
pub struct DeviceWhat {
    #[command(subcommand)]
    pub what: Device,
}

#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub enum Device {
    /// List devices.
    List,
    /// Revoke a device; what it sends from now on is held.
    Revoke {
        /// Its id.
        device: String,
    },
}

#[derive(Clone, Debug, Args)]
pub struct TokenWhat {
    #[command(subcommand)]
    pub what: Token,
}

#[derive(Clone, Debug, Subcommand, Serialize, Deserialize)]
pub enum Token {
    /// Make a token; the last line of the output is the token alone.
    Create {
        /// Its name.
        name: String,
        /// viewer.
        #[arg(long, default_value = "viewer")]
        role: String,
    },
    /// List tokens by name.
    List,
    /// Take a token away.
    Revoke {
        /// Its name.
        name: String,
    },
}
