//! Tests that run real parts together; one binary, because each links DataFusion.
mod samples;

mod licences;
mod s3;
mod s3_server;
