//! lightmeter's command line: parse, run, turn the outcome into an exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use lightmeter::cli::{Cli, LogFormat};
use lightmeter::error::{Error, showable};
use lightmeter::outcome::Outcome;
use lightmeter::{logging, panics};

/// Millions of small texts are made and dropped while converting; the system allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors. A closed pipe is no reason to complain.
            if !error.use_stderr() {
                let _ = error.print();
                return Outcome::Done.into();
            }
            // What was typed may hold a secret, and logs keep what is said here.
            let said = error.render().to_string();
            let shown = showable(&said);
            let _ = if shown == said.trim_end() { error.print() } else { writeln!(std::io::stderr(), "{shown}") };
            return Outcome::Usage.into();
        }
    };
    logging::start(&cli.global, &run_id());
    panics::guard();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&cli, &Error::Engine(error.to_string())),
    };
    let run = || runtime.block_on(lightmeter::commands::run(&cli, jiff::Timestamp::now()));
    match panics::survived(run).unwrap_or(Err(Error::Defect)) {
        Ok(outcome) => outcome.into(),
        Err(error) if error.is_broken_pipe() => Outcome::Done.into(),
        Err(error) => fail(&cli, &error),
    }
}

/// Tells runs apart in a log; random, because clocks and process numbers repeat.
fn run_id() -> String {
    format!("{:016x}", getrandom::u64().unwrap_or_default())
}

/// Says what went wrong and what to do about it, without secrets and without anything that could drive a terminal.
fn fail(cli: &Cli, error: &Error) -> ExitCode {
    let help = error.help();
    if cli.global.log_format == LogFormat::Json {
        tracing::error!(help, "{}", error.shown());
    } else {
        let mut err = std::io::stderr();
        let _ = writeln!(err, "lightmeter: {}", error.shown());
        if let Some(help) = help {
            let _ = writeln!(err, "help: {help}");
        }
    }
    error.outcome().into()
}
