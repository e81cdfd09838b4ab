//! Makes Cargo notice new files under `queries/`, which are embedded into the program.

fn main() {
    println!("cargo:rerun-if-changed=queries");
}
