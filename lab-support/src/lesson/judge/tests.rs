//! Answers, right and wrong, and what is said of them.

use super::*;
use crate::lesson::long_run;
use crate::lesson::run::tests::run;
use crate::lesson::run::{EpochPoint as Epoch, Run};

/// The runs of the lab as its notebooks record them, and a first image taken for what it is.
fn evidence() -> Evidence {
    let trained = |name: &str, layers: &str, test: f32, test_loss: f32, train: f32| Run {
        layers: layers.into(),
        test_loss: Some(test_loss),
        train_accuracy: train,
        train_loss: 0.2402,
        epochs: 10,
        seconds: 5.4,
        ..run(name, test)
    };
    let epoch = |loss, accuracy| Epoch { loss, accuracy, validation_loss: None, validation_accuracy: None };
    let baseline = trained("baseline", "784-128-10", 0.8856, 0.3309, 0.9105);
    let runs = vec![
        Run { epochs: 2, ..trained("normalized", "784-128-10", 0.8599, 0.3971, 0.8629) },
        Run { epochs: 2, ..trained("not normalized", "784-128-10", 0.7748, 0.6365, 0.7461) },
        Run { seed: 43, ..trained("baseline", "784-128-10", 0.8866, 0.3312, 0.9102) },
        Run { seed: 44, ..trained("baseline", "784-128-10", 0.8879, 0.3305, 0.9111) },
        Run { curve: vec![epoch(0.5032, 0.8217), epoch(0.2402, 0.9105)], ..baseline },
        trained("64 neurons", "784-64-10", 0.8782, 0.3480, 0.9035),
        trained("256 neurons", "784-256-10", 0.8872, 0.3330, 0.9140),
        Run { epochs: 50, ..trained("50 epochs", "784-128-10", 0.8868, 0.5214, 0.9643) },
        trained("two hidden layers", "784-128-64-10", 0.8773, 0.3551, 0.9101),
        Run { epochs: 30, ..trained("300-100, SGD", "784-300-100-10", 0.8841, 0.3332, 0.9191) },
    ];
    let mut probabilities = vec![0.0; 10];
    (probabilities[5], probabilities[7], probabilities[9]) = (0.0013, 0.0368, 0.9619);
    Evidence { runs, first_image: Some(FirstImage { actual: 9, probabilities }) }
}

/// What is open, in one text; nothing where the answer is complete.
fn open(number: usize, text: &str, evidence: &Evidence) -> String {
    let points = judge(number, text, evidence);
    points.iter().filter(|point| point.is_open()).map(|point| format!("{point:?}\n")).collect()
}

/// What the notebooks themselves answer.
#[test]
fn the_lab_s_own_answers_are_complete() {
    let file = include_str!("../../../../answers.md");
    let sections: Vec<&str> = file.split("<!-- answer ").skip(1).collect();
    assert_eq!(sections.len(), 6);
    for (section, number) in sections.into_iter().zip(1..) {
        let text: String = section
            .lines()
            .skip(2)
            .take_while(|line| !line.starts_with("<!--"))
            .collect::<Vec<_>>()
            .join("\n");
        let mut evidence = evidence();
        if number == 6 {
            evidence.runs.extend(long_run::recorded().unwrap());
        }
        assert_eq!(open(number, &text, &evidence), "", "{text}");
    }
}

/// Other words for the same things.
#[test]
fn honest_answers_in_other_words_are_complete() {
    let table = [
        (
            1,
            "A dataset of 70k grayscale photos of fashion articles (28x28 px) from Zalando. 60k are used for training, 10k for testing. There are ten categories such as Sneaker or Bag.",
        ),
        (
            1,
            "It's a collection of small pictures of garments: sixty thousand to train a model with and ten thousand to test it. Each has 784 pixels. Every picture belongs to one of 10 kinds.",
        ),
        (
            1,
            "Unlike MNIST, which has handwritten digits, it contains images of clothing. Training set: 60,000 images; test set: 10,000. Size 28\u{d7}28, ten labels (0-9).",
        ),
        (
            1,
            "Fashion-MNIST is a harder alternative to the MNIST images of digits. It has 60 000 training and 10 000 test images of shirts, shoes, bags and other clothes in 10 classes; each is 28 by 28 pixels, values 0-255. The label is a digit from 0 to 9.",
        ),
        (
            1,
            "- 60,000 training images and 10,000 test images\n- 28x28 pixels, grey\n- 10 classes of clothing",
        ),
        (
            2,
            "We divide by 255 so that the values lie between 0 and 1. Training then converges faster, because the gradients have a sensible size.",
        ),
        (
            2,
            "Pixels from 0 to 255 are scaled to the range [0, 1]. Large inputs would make the weight updates unstable.",
        ),
        (
            2,
            "To bring all inputs into the interval from 0 to 1: the learning rate suits numbers of that size. Without it the accuracy after two epochs was 77.5 % instead of 86 %.",
        ),
        (
            2,
            "Dividing by 255 rescales the pixels. It helps the network learn quickly and stably. It does not change how the pictures look.",
        ),
        (
            3,
            "First Flatten, which reshapes the 28x28 image to a vector of 784. Then a hidden Dense layer with 128 neurons and ReLU that learns features. Finally Dense(10), which outputs one logit per class.",
        ),
        (
            3,
            "| layer | function |\n|---|---|\n| Flatten | turns the picture into one row of 784 numbers |\n| Dense 128, ReLU | finds patterns in the pixels |\n| Dense 10 | gives a score for every class |",
        ),
        (
            3,
            "Flatten (no parameters) unrolls the image. The dense layer of 128 units computes weighted sums followed by a ReLU. The last one has 10 units, one per garment. There is no convolution. In all about 100,000 parameters.",
        ),
        (
            4,
            "One epoch = one complete pass through all training examples. With batches of 32 that makes 1875 updates of the weights.",
        ),
        (
            4,
            "It means that the network has seen every one of the 60,000 training images once. We repeated this for 10 epochs.",
        ),
        (
            4,
            "During an epoch the whole training data set goes through the network a single time, batch by batch (60000 / 32 = 1875 steps). Accuracy grew from 82 % to 91 %.",
        ),
        (
            5,
            "The network predicted Ankle boot (96 %), and the actual label is Ankle boot as well, so they match.",
        ),
        (5, "Predicted: 9. Actual: 9. Both are the same class."),
        (
            5,
            "The model's prediction for the first image is label 9 (ankle boot) with a confidence of 0.96; the true label is 9, too. No difference: it is correct. The second most likely class is Sneaker with 3.7 %.",
        ),
        (
            6,
            "More neurons: with 256 the test accuracy went from 88.56 % to 88.72 %. Training for 50 epochs gave 88.7 %. Dropout or convolution could help further.",
        ),
        (
            6,
            "A wider hidden layer gains 0.16 percentage points (0.8872). Data augmentation and early stopping would be next.",
        ),
        (
            6,
            "| change | test accuracy |\n|---|---|\n| 64 neurons | 0.878 |\n| 256 neurons | 0.887 |\n| two hidden layers | 0.877 |\n\nFurther: another optimizer, L2 regularization.",
        ),
    ];
    for (number, text) in table {
        assert_eq!(open(number, text, &evidence()), "", "question {number}: {text}");
    }
}

/// Each line: the question, a wrong answer, and words of what is said of it.
#[test]
fn wrong_answers_are_told_what_is_wrong() {
    let fashion = "Clothes in 10 classes, 28 x 28 pixels, 60,000 training images and 10,000 test images. ";
    let scaled = "Pixels are divided by 255, so that training converges faster. ";
    let layers = "Flatten makes one row of 784, Dense 128 with ReLU learns features, Dense 10 gives a score per class. ";
    let epoch = "An epoch is one pass through all training images, batch by batch. ";
    let boot = "The predicted label is 9, Ankle boot, and the actual label is 9, Ankle boot: the same. ";
    let better = "More neurons (0.8872 with 256) and more epochs. ";
    let table: &[(usize, &str, &str, &str)] = &[
        // The typical mistakes of answers that are handed in.
        (
            1,
            "",
            "It is a dataset of 70,000 handwritten digits from 0 to 9, 28 x 28 pixels, 60,000 training and 10,000 test images in 10 classes.",
            "handwritten digits are in MNIST",
        ),
        (4, epoch, "With 1,000 images in batches of 100 it takes 10 steps.", "batches of 100"),
        (5, boot, "The network is 98.7 % sure.", "98.7"),
        (
            5,
            "",
            "The predicted label and the actual label are the same.",
            "the predicted label: 9, Ankle boot",
        ),
        (6, better, "Convolution brings 93.4 %.", "93.4"),
        (6, better, "The accuracy of 50 epochs is 0.5214.", "0.5214, the loss of \\\"50 epochs\\\""),
        // And others.
        (1, "", "", "an answer"),
        (1, "", "It is a famous dataset for machine learning.", "what the pictures show"),
        (
            1,
            fashion,
            "Each image shows a digit, and the pictures of the digits are small.",
            "handwritten digits are in MNIST",
        ),
        (1, fashion, "They are RGB images with three values per pixel.", "grey images"),
        (
            1,
            "",
            "Clothes, 28 x 28 pixels, 10 classes: 10,000 for training and 60,000 for testing.",
            "not the other way round",
        ),
        (
            1,
            "",
            "Clothes in 10 classes, 28 x 28 pixels, 50,000 training images and 10,000 test images.",
            "60,000",
        ),
        (
            1,
            "",
            "60,000 training images and 10,000 test images of clothes, 28 x 28 pixels.",
            "how many classes",
        ),
        (
            1,
            "",
            "60,000 training images and 10,000 test images of clothes in 10 classes.",
            "the size of an image",
        ),
        (
            1,
            "",
            "Clothes in 10 classes, 32 x 32 pixels, 60,000 training images and 10,000 test images.",
            "32",
        ),
        (1, fashion, "There are 100 classes.", "100"),
        (2, "", "Because it is always done like that before training.", "0 to 255 becomes 0 to 1"),
        (2, "", "Dividing by 255 gives numbers from 0 to 1.", "what it does for the training"),
        (2, scaled, "Smaller numbers also save memory.", "no less memory"),
        (2, scaled, "All images are resized to the same size.", "keep their 28 x 28 pixels"),
        (2, scaled, "It removes noise from the pictures.", "pictures that look as before"),
        (2, scaled, "This prevents overfitting.", "does not prevent overfitting"),
        (2, scaled, "The values then lie between -1 and 1.", "a plain division by 255"),
        (2, scaled, "It converts the images to grayscale.", "grey from the beginning"),
        (2, "", "We divide by 256 so that training is faster and numbers lie between 0 and 1.", "256"),
        (2, scaled, "Accuracy rises from 10 % to 95 %.", "95"),
        (3, "", "Flatten makes one row of 784 and Dense 128 with ReLU learns features.", "the output layer"),
        (
            3,
            "",
            "A Dense layer of 128 with ReLU learns features, and Dense 10 gives a score per class.",
            "Flatten, and what it does",
        ),
        (
            3,
            "",
            "Flatten makes one row of 784, Dense 128 learns features, Dense 10 gives a score per class.",
            "its activation: ReLU",
        ),
        (3, layers, "Before them stands a convolutional layer.", "Flatten, Dense, Dense and no other layer"),
        (3, layers, "The hidden layer uses a sigmoid.", "ReLU as the activation"),
        (
            3,
            "",
            "Flatten makes one row of 784, Dense 512 with ReLU learns features, Dense 10 gives a score per class.",
            "512",
        ),
        (3, layers, "It has 235,146 parameters.", "235,146"),
        (
            4,
            "",
            "An epoch is one batch of 32 images going through the network.",
            "one batch of 32 is one step",
        ),
        (4, "", "An epoch is the time that training takes.", "one pass over the whole training set"),
        (4, "", "An epoch is one update of the weights.", "1,875 steps in an epoch"),
        (
            4,
            "",
            "An epoch is one pass through all the test images, in batches.",
            "never learns from the test set",
        ),
        (4, epoch, "That is 60,000 / 32 = 1,719 steps.", "a quotient of 1875"),
        (4, epoch, "Each batch has 64 images, 938 steps.", "batches of 64"),
        (5, "", "Predicted: Sneaker. Actual: Ankle boot. They differ.", "the predicted label: 9"),
        (5, "", "The network predicts Ankle boot with 96 %.", "that the two labels are the same"),
        (
            5,
            "",
            "The network predicts 9, Ankle boot, and the actual label is 9, Ankle boot, so the prediction is wrong.",
            "that they differ",
        ),
        (5, boot, "The prediction was made with a Sandal in mind: it predicts Sandal.", "one of Sandal"),
        (5, "", "I predict that it works well.", "nothing about it"),
        (6, "", "More neurons and more epochs.", "the measured test accuracy"),
        (6, "", "256 neurons give 0.8872.", "at least two ways"),
        (6, better, "With dropout the accuracy rises to 92 %.", "92"),
        (6, better, "One can also train on the test set.", "a test set that nothing is learned from"),
        (6, better, "With enough layers the accuracy is 100 %.", "nothing makes every answer right"),
        (6, better, "Its test accuracy was 0.9643.", "0.9643, the accuracy on the training set"),
        (
            6,
            "",
            "More neurons and dropout; the baseline has 0.8856.",
            "the measured test accuracy of a changed network",
        ),
    ];
    let mut misjudged = String::new();
    for (number, right, wrong, said) in table {
        if !right.is_empty() {
            assert_eq!(open(*number, right, &evidence()), "", "without the mistake it is complete: {right}");
        }
        let text = format!("{right}{wrong}");
        let open = open(*number, &text, &evidence());
        if !open.contains(said) {
            misjudged.push_str(&format!("question {number}: {text}\nsays: {open}\nnot: {said}\n\n"));
        }
    }
    assert!(misjudged.is_empty(), "{misjudged}");
}

#[test]
fn a_wrong_prediction_has_to_be_called_wrong() {
    let mut evidence = evidence();
    evidence.first_image = Some(FirstImage { actual: 7, ..evidence.first_image.unwrap() });
    let honest = "The network predicts Ankle boot, but the actual label is Sneaker: it is wrong.";
    assert_eq!(open(5, honest, &evidence), "");
    let false_one = "The network predicts Ankle boot and the actual label is Sneaker, so both are the same.";
    assert!(open(5, false_one, &evidence).contains("that the two labels are not the same"));
}

#[test]
fn without_records_nothing_measured_can_be_quoted() {
    let none = Evidence::default();
    assert!(open(5, "Predicted 9, actual 9, the same.", &none).contains("a trained network to ask"));
    assert!(open(6, "More neurons and epochs: 0.8872.", &none).contains("no run of one in the records"));
}
