//! Words for the same thing. A list has the base of each word, between spaces; its regular forms count, too.

pub(super) type List = &'static str;

pub(super) const TRAIN: List =
    "train training learn learning trainset learned teach taught fit fitting study";
pub(super) const TEST: List =
    "test testing evaluate evaluation exam quiz examine examination unseen assess check testset";
pub(super) const VALIDATE: List = "validate validation";
pub(super) const IMAGE: List =
    "image picture photo photograph example sample item instance data drawing img pic observation";
pub(super) const DATA: List = "data dataset set trainset collection";
pub(super) const PIXEL: List = "pixel px intensity brightness";
pub(super) const CLASS: List = "class category label kind type group sort class-name cloth garment";
pub(super) const CLOTHES: List = "clothes clothing cloth garment apparel wear clothings article dress shirt shoe sneaker \
     trouser coat sandal tshirt pullover fashion footwear outfit";
pub(super) const NEURON: List = "neuron unit node neurone perceptron";
pub(super) const LOSS: List = "loss losses error entropy";
pub(super) const EPOCH: List = "epoch";
pub(super) const BATCH: List = "batch minibatch";
pub(super) const STEP: List = "step update iteration";
pub(super) const CONVOLUTION: List = "convolution convolutional conv cnn convnet conv2d cnns";
pub(super) const EACH: List = "each per every equally class";

/// Words of the lab that other languages don't have.
pub(super) const KNOWN: &[List] = &[TRAIN, TEST, IMAGE, CLASS, CLOTHES, NEURON, LOSS, BATCH, STEP, LAB];
const LAB: List = "accuracy prediction truth result correct right match equal ankleboot layer hidden flatten dense weight actual predicted predict same grey value faster \
     gradient normalize normalise pixel number input scale range converge convergence quick small large big purpose \
     reason network divide stable whole pass size dropout";

/// Whether it is one of these words, and no other form of one.
pub(super) fn has_word(list: List, word: &str) -> bool {
    list.split_ascii_whitespace().any(|other| other == word)
}
