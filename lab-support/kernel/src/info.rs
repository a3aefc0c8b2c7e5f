use serde_json::{Value, json};

/// What the kernel says of itself when a front end connects.
pub fn content() -> Value {
    json!({
        "status": "ok",
        "protocol_version": "5.3",
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
        "help_links": [{ "text": "Rust's standard library", "url": "https://doc.rust-lang.org/stable/std/" }],
    })
}
