//! Names of tools, and generic tools that hide others.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmeter_fuzz::normalise::tool::parse_name;
use lightmeter_fuzz::split;

fuzz_target!(|input: &[u8]| {
    let (name, arguments) = split(input);
    let (name, arguments) = (String::from_utf8_lossy(name), String::from_utf8_lossy(arguments));
    let parts = parse_name(&name);
    let server = parts.server.as_deref().unwrap_or_default();
    assert!(name.contains(&parts.tool) && name.contains(server), "a part that the name does not hold");
    assert!(parts.tool.is_empty() == name.is_empty(), "a name without a tool");
    lightmeter_fuzz::facts("", &name, &arguments, "");
});
