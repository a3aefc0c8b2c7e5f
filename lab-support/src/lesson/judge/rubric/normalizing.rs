//! Question 2: why pixels are normalized.

use super::{Rubric, fact, slip};

pub(super) const NORMALIZING: Rubric = Rubric {
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
