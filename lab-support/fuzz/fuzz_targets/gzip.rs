//! A packed file of the data set, as a server or a friend gave it.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab_base::gzip;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: &[u8]| {
    let (packed, unpacked) = (SCRATCH.file("packed.gz", input), SCRATCH.path().join("unpacked"));
    if gzip::unpack(&packed, &unpacked).is_ok() {
        assert!(
            gzip::is_up_to_date(&packed, &unpacked).unwrap(),
            "what was unpacked is what its end promises"
        );
    }
});
