//! Tests that run real parts together; one binary, because each links DataFusion.
mod samples;

mod s3;
mod s3_server;
