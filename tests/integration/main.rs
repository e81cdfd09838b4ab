//! Tests that run real parts together; one binary, because each links DataFusion.
mod common;
mod conversation;
mod samples;
mod schema;

mod architecture;
mod bad_input;
mod canary;
mod cli;
mod deploy;
mod documents;
mod export;
mod investigate;
mod pull;
mod report;
mod review;
mod s3;
mod s3_server;
mod secrets;
mod unattended;
mod year;
