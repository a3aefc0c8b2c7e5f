//! Question 1: what the data set is.

use super::{Rubric, Slip, fact, slip};

pub(super) const DATA_SET: Rubric = Rubric {
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
