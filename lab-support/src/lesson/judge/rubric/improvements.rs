//! Question 6: what could improve the accuracy.

use super::{Fact, NOT, Rubric, Slip};

pub(super) const IMPROVEMENTS: Rubric = Rubric {
    facts: &[Fact {
        expected: "at least two ways to improve it",
        says: &[
            "neuron*|wider|width*|unit*|node*",
            "epoch*|longer",
            "layer*|deeper|depth",
            "convolution*|cnn*|conv",
            "pool*",
            "dropout",
            "batch_norm*|normaliz*|normalis*",
            "augment*|flip*|shift*|rotat*",
            "regulari*|decay|l2|penalt*",
            "early_stop*|stop*_early",
            "learning_rate*|schedule*",
            "batch_size*|larger_batch*|smaller_batch*",
            "optimi*|momentum|adam|adamw|rmsprop",
            "activation*|gelu|elu|tanh",
            "initiali*|he|glorot",
            "transfer*|pretrain*|fine*",
            "ensemble*|averag*",
            "more_data|more_image*|more_train*",
        ],
        at_least: 2,
        hint: "which of this notebook's experiments helped, and what else is named in it?",
    }],
    slips: &[
        Slip {
            says: &[
                "train*_on_test*|learn*_from_test*|add*_test_image*|includ*_test*|us*_test_set_train*|train*_with_test*|\
                 us*_test_image*_train*|us*_test_set_for_train*|us*_test_data_for_train*|fit*_on_test*",
            ],
            unless: NOT,
            so: "a test set that nothing is learned from: nobody can be examined on what he has seen",
            hint: "new images for training must come from elsewhere",
        },
        Slip {
            says: &["100|perfect|guarantee* accuracy|right|correct*|always"],
            unless: "not|no|never|neuron*|sgd|cannot|hardly|nobody|300|hidden|batch*",
            so: "what was measured: nothing makes every answer right, and people get 83.5 %",
            hint: "quote what your runs have measured",
        },
    ],
    numbers: &[
        128., 64., 256., 512., 300., 100., 32., 50., 20., 30., 40., 60_000., 55_000., 5_000., 10_000., 28.,
        83.5, 0.835, 0.001, 0.01, 0.1, 0.9, 0.5, 0.2, 0.25, 0.3, 784., 16., 99.,
    ],
};
