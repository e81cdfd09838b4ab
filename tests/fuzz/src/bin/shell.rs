//! Command lines in the dialects that tools run.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&first, script)) = input.split_first() else { return };
    let script = String::from_utf8_lossy(script);
    let name = ["Bash", "shell", "PowerShell", "run_terminal_cmd"][usize::from(first) % 4];
    lightmeter_fuzz::facts("command", name, &script, "");
});
