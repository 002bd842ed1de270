#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| safelane_fuzz::revision_bytes(data));
