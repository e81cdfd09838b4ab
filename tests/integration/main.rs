//! Tests that run real parts together; one binary, because each links DataFusion.
mod samples;
