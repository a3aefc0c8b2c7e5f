use serde_json::{Value, json};

/// The version of Jupyter's protocol that the kernel speaks.
pub const PROTOCOL: &str = "5.4";

/// What the kernel says of itself when a front end connects.
pub fn content() -> Value {
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": "fashion-mnist-lab",
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "banner": "Rust, with all that the Fashion-MNIST lab uses: cells are compiled and run by evcxr.",
        "language_info": {
            "name": "Rust",
            "version": "",
            "mimetype": "text/rust",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
        },
        "debugger": false,
        "help_links": [{ "text": "Rust's standard library", "url": "https://doc.rust-lang.org/stable/std/" }],
    })
}
