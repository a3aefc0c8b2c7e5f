//! What an answer to each of the six questions must say, and which mistakes it must not make.

use super::pattern::Pattern;

pub(super) struct Rubric {
    pub facts: &'static [Fact],
    pub slips: &'static [Slip],
    /// Numbers that belong to the question, whatever was measured.
    pub numbers: &'static [f64],
}

/// Something that must be said.
pub(super) struct Fact {
    pub expected: &'static str,
    /// A sentence must say one of these.
    pub says: &'static [Pattern],
    /// How many of them must be said: 1, unless they are items of a list.
    pub at_least: usize,
    pub hint: &'static str,
}

/// Something that is not so.
pub(super) struct Slip {
    pub says: &'static [Pattern],
    /// Words that make another sense of the same sentence.
    pub unless: &'static str,
    /// What is so instead.
    pub so: &'static str,
    pub hint: &'static str,
}

const NOT: &str = "not|no|never|nothing|without|nor|neither|rather|instead|unlike|cannot";

const fn fact(expected: &'static str, says: &'static [Pattern], hint: &'static str) -> Fact {
    Fact { expected, says, at_least: 1, hint }
}

const fn slip(says: &'static [Pattern], so: &'static str, hint: &'static str) -> Slip {
    Slip { says, unless: NOT, so, hint }
}

/// In the order of the questions.
pub(super) const RUBRICS: [Rubric; 6] = [DATA_SET, NORMALIZING, LAYERS, EPOCH, FIRST_IMAGE, IMPROVEMENTS];

const DATA_SET: Rubric = Rubric {
    facts: &[
        fact(
            "what the pictures show: clothes",
            &["cloth*|garment*|apparel|fashion_item*|fashion_product*|fashion_article*|shoe*|wear*|shirt*"],
            "`CLASS_NAMES` says what they show",
        ),
        fact(
            "how many images there are to train with: 60,000",
            &["60000 train*|learn*|fit*", "60000 70000", "60000 10000"],
            "`data` shows both parts of the data set",
        ),
        fact(
            "how many images there are to test with: 10,000",
            &["10000 test*|evaluat*|exam*|assess*|unseen", "10000 70000", "60000 10000"],
            "`data` shows both parts of the data set",
        ),
        fact("the size of an image: 28 x 28 pixels", &["28", "784"], "`data.train.shape()` says it"),
        fact(
            "how many classes there are: 10",
            &[
                "10 class*|categor*|label*|kind*|type*|group*|sort*",
                "tshirt trouser* pullover* dress* coat* sandal* sneaker* bag*",
            ],
            "count `CLASS_NAMES`",
        ),
    ],
    slips: &[
        Slip {
            says: &[
                "handwrit*|handwritten|written digit*|number*|numeral*",
                "digit* image*|picture*|photo*|recogni*",
            ],
            unless: "replac*|instead|unlike|not|rather|successor|alternative|harder|hard|like|similar|dropin|label*|\
                     compar*|same|format|original|contrast|difficult|challeng*|substitut*|counterpart",
            so: "clothes: handwritten digits are in MNIST",
            hint: "look at the images: `data.train.grid(5, 5)`",
        },
        slip(
            &["color*|rgb image*|picture*|photo*|pixel*"],
            "grey images, one number for each pixel",
            "`data.train.shape()` has no place for colours",
        ),
        Slip {
            says: &["10000_train*|10000_image*_train*|10000_picture*_train*|10000_for_train*"],
            unless: "60000_train*",
            so: "60,000 images to train with and 10,000 to test, not the other way round",
            hint: "`data` shows both parts of the data set",
        },
    ],
    numbers: &[
        60_000.,
        10_000.,
        70_000.,
        6_000.,
        1_000.,
        7_000.,
        28.,
        784.,
        255.,
        256.,
        2017.,
        83.5,
        0.835,
        47_040_000.,
        7_840_000.,
        54_880_000.,
        8.,
    ],
};

const NORMALIZING: Rubric = Rubric {
    facts: &[
        fact(
            "what is done: 0 to 255 becomes 0 to 1",
            &[
                "255 divid*|division|scal*|rescal*|quotient|map*|shrink*|bring*|turn*|transform*|convert*",
                "0 1 rang*|between|scal*|from|to|interval|lie*|rescal*",
                "most_1|at_most_1|up_to_1",
            ],
            "`train.range()` before and after",
        ),
        fact(
            "why: what it does for the training",
            &[
                "train*|learn*|converg*|optimi*|descen*|step*|network*|model* \
                 fast*|quick*|speed*|stab*|stead*|smooth*|better|easi*|efficien*|well|effectiv*|help*|improv*|reliab*|soon*|accelerat*",
                "gradient*|step*|update*|sum*|loss large*|larger|big*|huge|explod*|jump*|overshoot*|vanish*|stab*|unstab*|\
                 smooth*|siz*|small*|wild*",
                "learning_rate",
                "weight* siz*|made|init*|start*|scale*|large*|small*",
                "dominat*|outweigh*",
                "converg*",
            ],
            "compare the losses of the two runs in this notebook: what went wrong without it?",
        ),
    ],
    slips: &[
        slip(
            &[
                "memory|storage|disk|file*_size|smaller_file*|compress* save*|less|reduc*|smaller|normaliz*|normalis*",
            ],
            "an effect on the training: a number from 0 to 1 takes no less memory than one from 0 to 255",
            "ask what the network does with large inputs",
        ),
        slip(
            &["resiz*|crop*|resolution|smaller_image*|smaller_picture*|same_size|fewer_pixel*"],
            "pictures that keep their 28 x 28 pixels: only the numbers in them change",
            "`train.shape()` is what `data.train.shape()` was",
        ),
        slip(
            &["normaliz*|normalis*|divid*|convert*|turn*|mak* grey|black_white"],
            "images that were grey from the beginning",
            "look at the picture in notebook 1: one number for each pixel",
        ),
        slip(
            &["noise|blur*|sharp*|contrast remov*|reduc*|increas*|improv*|enhanc*|clean*|clear*|more|better"],
            "pictures that look as before: dividing by 255 changes nothing that can be seen",
            "compare `train.grid(5, 5)` with the picture in notebook 1",
        ),
        slip(
            &["overfit* prevent*|avoid*|reduc*|stop*|less|against"],
            "an effect on the steps of the training: normalizing does not prevent overfitting",
            "compare the losses of the two runs in this notebook",
        ),
        slip(
            &["-1 1", "standard_deviation|unit_variance|zero_mean|mean_0|variance_1|deviation_1"],
            "a plain division by 255, to numbers from 0 to 1",
            "`train.range()` says what comes out",
        ),
    ],
    numbers: &[255., 28., 784., 100., 0.0039, 60_000., 10_000., 0.5, 72.9, 0.286, 50.],
};

const LAYERS: Rubric = Rubric {
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

const EPOCH: Rubric = Rubric {
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

const FIRST_IMAGE: Rubric = Rubric { facts: &[], slips: &[], numbers: &[10_000., 28., 60_000., 100.] };

const IMPROVEMENTS: Rubric = Rubric {
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
