#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| safelane_fuzz::tile_address(data));
