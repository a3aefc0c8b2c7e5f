//! Question 4: what an epoch is.

use super::{Rubric, Slip, fact};

pub(super) const EPOCH: Rubric = Rubric {
    facts: &[
        fact(
            "one pass over the whole training set",
            &[
                "pass*|iterat*|cycle*|round*|run*|once|sweep*|loop*|go*|walk*|turn*|seen|see*|time|1_time|presented \
                 all|entire|entir*|whole|complete*|full*|every|each|everything|60000|55000 \
                 train*|data*|image*|picture*|sample*|example*|set|dataset|exercise*",
            ],
            "how many of the training images does the network see in one epoch, and how often each?",
        ),
        fact(
            "what happens in it (batches, steps, updates), or how many there are",
            &[
                "batch*|step*|update*|iteration*|adjust*|weight*|chang*",
                "several|many|more|multiple|repeat*|few|number|10|50 epoch*|time*|pass*",
            ],
            "the training prints its steps, and how many epochs there are",
        ),
    ],
    slips: &[
        Slip {
            says: &[
                "epoch*_is_1_batch|epoch*_is_1_step|epoch*_is_1_update|epoch*_is_1_image|epoch*_is_1_iteration|\
                 epoch*_is_batch|epoch*_is_step|epoch*_is_update|epoch*_is_iteration|epoch*_means_1_batch|\
                 epoch*_means_1_step|epoch*_means_1_update|epoch*_is_when_1_batch|epoch*_is_single_batch|\
                 epoch*_is_single_step|epoch*_is_single_update|epoch*_is_1_single",
                "epoch* 1_batch_of|single_batch|1_update_of|single_image",
            ],
            unless: "not|many|every|all|whole|entire|1875|after|each",
            so: "1,875 steps in an epoch: one batch of 32 is one step",
            hint: "60,000 / 32 = 1,875",
        },
        Slip {
            says: &[
                "pass*|once|through|goes|sees|run* test_set|test_image*|test_data|testing_data|testing_set",
            ],
            unless: "not|never|no|train*",
            so: "the training set: the network never learns from the test set",
            hint: "which set is given to `fit`?",
        },
    ],
    numbers: &[
        60_000., 32., 1_875., 55_000., 5_000., 1_719., 10_000., 50., 28., 128., 101_770., 600_000., 18_750.,
    ],
};
