//! Question 3: the layers and their functions.

use super::{Rubric, Slip, fact};

pub(super) const LAYERS: Rubric = Rubric {
    facts: &[
        fact(
            "Flatten, and what it does: 28 x 28 becomes one row of 784",
            &[
                "flatten* 784|row|vector|1d|dimension*|dimensional|array|line|list|column|long|reshap*|unroll*|turn*|\
                 convert*|transform*|lay*|one|1",
            ],
            "the table of `summary()` has its output shape",
        ),
        fact(
            "the hidden layer: dense, 128 neurons",
            &["128"],
            "the table of `summary()` has its output shape",
        ),
        fact("its activation: ReLU", &["relu|rectif*"], "see how the network was described"),
        fact(
            "what the hidden layer is for",
            &[
                "learn*|featur*|pattern*|weighted|nonlinear*|extract*|detect*|combin*|linear|edge*|recogni*|complex|\
                 abstract*|relationship*|relation*",
            ],
            "read 2.2 again: what does each of its neurons do with 784 numbers?",
        ),
        fact(
            "the output layer: 10 neurons, a score for each class",
            &["10|output|last|final class*|logit*|score*|probabilit*|categor*|garment*|prediction*"],
            "how many classes are there, and what does the network give for each?",
        ),
    ],
    slips: &[
        Slip {
            says: &[
                "conv*|convolution*|pooling|dropout|recurrent|lstm|attention layer*|first|second|then|neuron*|filter*",
            ],
            unless: "not|no|never|without|could|would|might|instead|unlike|later|add|adding|beyond|other|further|none",
            so: "Flatten, Dense, Dense and no other layer",
            hint: "`model.summary()` lists every layer",
        },
        Slip {
            says: &["hidden|128|first_dense sigmoid|tanh|softmax|elu|gelu"],
            unless: "relu|not|no|output|10",
            so: "ReLU as the activation of the hidden layer",
            hint: "see how the network was described",
        },
    ],
    numbers: &[28., 784., 128., 101_770., 100_480., 1_290., 397.54, 255., 100_352., 1_280., 2.303],
};
