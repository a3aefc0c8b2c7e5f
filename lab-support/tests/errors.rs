//! Every mistake that a cell can make with a network is told in words of its own, and none panics.

use lab_support::data::Source;
use lab_support::nn::Optimizer;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};

/// `n` images of 4 x 4 pixels with the labels 0, 1 and 2.
fn images(n: usize) -> Dataset {
    let pixels = ArcArray::from_shape_fn((n, 4, 4), |(i, j, k)| ((i * 97 + j * 31 + k * 7) % 256) as u8);
    let labels = ArcArray1::from_shape_fn(n, |i| (i % 3) as u8);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

fn network(outputs: usize, last: Activation) -> Sequential {
    Sequential::new([4, 4]).flatten().dense(6, Relu).dense(outputs, last)
}

fn compiled(mut model: Sequential, optimizer: impl Into<Optimizer>, loss: CrossEntropy) -> Sequential {
    model.compile(optimizer, loss);
    model
}

fn ready() -> Sequential {
    compiled(network(3, Linear), Adam::default(), CrossEntropy::from_logits())
}

fn described(model: Sequential) -> Sequential {
    compiled(model, Adam::default(), CrossEntropy::from_logits())
}

/// What `fit` says.
fn refused(mut model: Sequential, data: &Dataset, plan: Fit) -> String {
    model.fit(data, plan.quiet()).unwrap_err().to_string()
}

/// Each line: what is wrong, what `fit` says, words that only this mistake has.
#[test]
fn fit_says_what_is_wrong() {
    let (data, once) = (images(30), || Fit::epochs(1));
    let logits = CrossEntropy::from_logits;
    let with =
        |optimizer: Optimizer| refused(compiled(network(3, Linear), optimizer, logits()), &data, once());
    let softmax = |loss| refused(compiled(network(3, Softmax), Adam::default(), loss), &data, once());
    let probabilities = CrossEntropy::from_probabilities();
    let wide = Images::new(ArcArray::zeros((2, 4, 5)), ArcArray1::zeros(2), Source::Practice).unwrap();
    let table = [
        ("not compiled", refused(network(3, Linear), &data, once()), "call model.compile("),
        ("no epochs", refused(ready(), &data, Fit::epochs(0)), "epochs to be at least 1, found 0"),
        ("no batch", refused(ready(), &data, once().batch_size(0)), "batch_size to be at least 1, found 0"),
        (
            "no patience",
            refused(ready(), &data, once().validation_split(0.1).early_stopping(0)),
            "early_stopping to be at least 1",
        ),
        ("nothing to watch", refused(ready(), &data, once().early_stopping(3)), "add .validation_split(0.1)"),
        (
            "norm NaN",
            refused(ready(), &data, once().clip_norm(f32::NAN)),
            "clip_norm to be a finite number above 0",
        ),
        ("a path", refused(ready(), &data, once().checkpoint("a/b")), "letters, digits, - and _"),
        (
            "long warm-up",
            refused(ready(), &data, once().schedule(Schedule::cosine().warm_up(1))),
            "a warm-up shorter than",
        ),
        (
            "smoothing 1",
            refused(
                compiled(network(3, Linear), Adam::default(), logits().label_smoothing(1.0)),
                &data,
                once(),
            ),
            "label_smoothing to be",
        ),
        ("split of 1.5", refused(ready(), &data, once().validation_split(1.5)), "found 1.5"),
        ("split of NaN", refused(ready(), &data, once().validation_split(f64::NAN)), "found NaN"),
        ("split too small", refused(ready(), &data, once().validation_split(0.001)), "splitting a data set"),
        ("no images", refused(ready(), &images(0), once()), "While training: expected at least one image"),
        (
            "nothing to split",
            refused(ready(), &images(0), once().validation_split(0.1)),
            "splitting a data set",
        ),
        ("nothing to validate", refused(ready(), &data, once().validation(&images(0))), "While validating"),
        ("other images", refused(ready(), &wide.normalized(), once()), "found images of 20 numbers"),
        ("few outputs", refused(described(network(2, Linear)), &data, once()), "labels below 2"),
        (
            "rate NaN",
            with(Adam::new(f32::NAN).into()),
            "learning_rate to be a finite number above 0, found NaN",
        ),
        ("rate 0", with(Sgd::new(0.0).into()), "learning_rate to be a finite number above 0, found 0"),
        ("momentum 1", with(Sgd::new(0.1).momentum(1.0).into()), "momentum to be a number from 0 to below 1"),
        ("beta 1", with(Adam::default().beta_1(1.0).into()), "beta_1 to be"),
        ("beta 2", with(Adam::default().beta_2(-0.1).into()), "beta_2 to be"),
        ("epsilon 0", with(Adam::default().epsilon(0.0).into()), "epsilon to be"),
        ("softmax twice", softmax(logits()), "compile with CrossEntropy::from_probabilities()"),
        (
            "no softmax",
            refused(compiled(network(3, Linear), Adam::default(), probabilities), &data, once()),
            "compile with CrossEntropy::from_logits()",
        ),
        (
            "rate 1e30",
            refused(compiled(network(3, Linear), Sgd::new(1e30), logits()), &data, Fit::epochs(2)),
            "try a smaller learning rate",
        ),
    ];
    for (mistake, message, words) in &table {
        assert!(message.contains(words), "{mistake}: {message}");
    }
}

/// Each line: the description, and words that only this mistake has.
#[test]
fn a_mistake_in_the_description_is_told_by_whatever_needs_the_network() {
    let table = [
        (Sequential::new([4, 4]), "expected at least one layer"),
        (Sequential::new([]).flatten(), "found []"),
        (Sequential::new([4, 0]).flatten(), "found [4, 0]"),
        (Sequential::new([4, 4]).dense(3, Linear), "write .flatten() before it"),
        (Sequential::new([4, 4]).flatten().dense(0, Relu).dense(3, Linear), "at least 1 unit, found 0"),
        (Sequential::new([4, 4]).flatten().dropout(1.0).dense(3, Linear), "from 0 to below 1, found 1"),
        (Sequential::new([4, 4]).flatten().dropout(f32::NAN).dense(3, Linear), "found NaN"),
        (Sequential::new([4, 4]).flatten().conv2d(8, 3, Relu), "found shape [16]"),
        (Sequential::new([4, 4]).conv2d(8, 5, Relu), "for conv2d, found 5 x 5 on 4 x 4"),
        (Sequential::new([4, 4]).conv2d(0, 3, Relu).flatten(), "at least 1 filter"),
        (Sequential::new([4, 4]).conv2d(8, 0, Relu), "for conv2d, found size 0, stride 1"),
        (
            Sequential::new([4, 4]).conv2d_with(8, 3, Relu, Conv::default().stride(0)),
            "found size 3, stride 0",
        ),
        (
            Sequential::new([4, 4]).conv2d_with(8, 3, Relu, Conv::default().stride(5).padding(Padding::Same)),
            "found stride 5 on 4 x 4",
        ),
        (
            Sequential::new([4, 4]).max_pool2d(2).max_pool2d(2).max_pool2d(2),
            "for max_pool2d, found 2 x 2 on 1 x 1",
        ),
        (Sequential::new([4, 4]).average_pool2d_with(2, 0), "for average_pool2d, found size 2, stride 0"),
        (
            Sequential::new([4]).residual(|block| block),
            "a residual block of at least one layer that keeps the shape",
        ),
        (
            Sequential::new([4]).residual(|block| block.dense(3, Relu)),
            "found [4] before it and [3] behind it",
        ),
        (
            Sequential::new([4]).dense(3, Relu).residual(|block| block.without_last(1)),
            "one that takes some away",
        ),
        (Sequential::new([4]).global_average_pool2d(), "for global_average_pool2d, found shape [4]"),
        (Sequential::new([4, 4]).conv2d(8, 3, Relu).dense(3, Linear), "found inputs of shape [8, 2, 2]"),
        (Sequential::new([4, 4]).dense(0, Relu).flatten().dense(0, Relu), "write .flatten() before it"),
        (
            Sequential::new([1 << 40, 1 << 40]).flatten().dense(3, Linear),
            "found [1099511627776, 1099511627776], more",
        ),
        (
            Sequential::new([1 << 20, 1 << 20]).conv2d(2, 3, Relu),
            "found [1048576, 1048576], 4398.0 GB of memory",
        ),
        (
            Sequential::new([4, 4]).flatten().dense(usize::MAX, Relu).dense(3, Linear),
            "more bytes than a computer",
        ),
        (Sequential::new([4, 4]).flatten().dense(1 << 40, Relu), "for dense, found 74766.8 GB of memory"),
        (Sequential::new([4, 4]).conv2d(1 << 54, 3, Relu).flatten(), "for conv2d, found"),
        (
            Sequential::new([4, 4]).conv2d_with(2, 1 << 30, Relu, Conv::default().padding(Padding::Same)),
            "a smaller window",
        ),
        (Sequential::new([28, 28, 1]).conv2d(8, 3, Relu), "last in Keras: write Sequential::new([28, 28])"),
        (
            Sequential::new([32, 32, 3]).conv2d(8, 5, Relu),
            "last in Keras: write Sequential::new([3, 32, 32])",
        ),
    ];
    let (data, folder) = (images(3), tempfile::tempdir().unwrap());
    for (model, words) in table {
        let messages = [
            refused(described(model.clone()), &data, Fit::epochs(1)),
            model.evaluate(&data).unwrap_err().to_string(),
            model.predict(&data).unwrap_err().to_string(),
            model.save(folder.path().join("none")).unwrap_err().to_string(),
        ];
        for message in messages {
            assert!(message.contains(words), "{words}: {message}");
        }
        assert!(model.summary().to_string().contains(words));
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was saved");
}

#[test]
fn a_loss_that_stops_being_a_number_ends_the_training() {
    let both = [(Linear, CrossEntropy::from_logits()), (Softmax, CrossEntropy::from_probabilities())];
    for (last, loss) in both {
        let model = compiled(network(3, last), Sgd::new(1e30), loss);
        let message = refused(model, &images(30), Fit::epochs(3).batch_size(5));
        assert!(
            message.contains("While training epoch 1: expected finite weights and a finite loss"),
            "{last:?}: {message}"
        );
    }
}

#[test]
fn evaluate_and_predict_say_what_is_wrong() {
    let wide = Images::new(ArcArray::zeros((2, 4, 5)), ArcArray1::zeros(2), Source::Practice).unwrap();
    let wide = wide.normalized();
    let table = [
        (ready().evaluate(&images(0)).unwrap_err(), "While evaluating: expected at least one image"),
        (ready().predict(&images(0)).unwrap_err(), "While predicting: expected at least one image"),
        (ready().evaluate(&wide).unwrap_err(), "While evaluating: expected images of 16 numbers"),
        (ready().predict(&wide).unwrap_err(), "While predicting: expected images of 16 numbers"),
        (network(2, Linear).evaluate(&images(3)).unwrap_err(), "end the network with .dense(3, Linear)"),
        (
            network(11, Linear).evaluate(&images(3)).unwrap_err(),
            "an output for each of 10 classes, found a network with 11",
        ),
        (
            compiled(network(3, Linear), Adam::default(), CrossEntropy::from_probabilities())
                .evaluate(&images(3))
                .unwrap_err(),
            "compile with CrossEntropy::from_logits()",
        ),
    ];
    for (error, words) in &table {
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}

#[test]
fn predictions_of_another_set_are_refused() {
    let predictions = network(10, Linear).predict(&images(3)).unwrap();
    let errors =
        [predictions.confusion(&images(4)).unwrap_err(), predictions.mistakes(&images(2)).unwrap_err()];
    for error in errors {
        assert!(error.to_string().contains("pass the data set that was given to `predict`"), "{error}");
    }
}

/// A network that was refused has learned nothing and forgotten nothing.
#[test]
fn a_refusal_changes_nothing() {
    let data = images(30);
    let (mut refused, mut fresh) = (ready(), ready());
    refused.fit(&images(0), Fit::epochs(1)).unwrap_err();
    refused.fit(&data, Fit::epochs(1).batch_size(0)).unwrap_err();
    refused.fit(&data, Fit::epochs(1).quiet()).unwrap();
    fresh.fit(&data, Fit::epochs(1).quiet()).unwrap();
    assert_eq!(refused.outputs(&data).unwrap(), fresh.outputs(&data).unwrap());
}

/// Each line: the shape that the network is given for images of 12 x 10 pixels, and what helps. None where it fits.
#[test]
fn shapes_are_compared_and_not_their_products() {
    let pixels = ArcArray::from_shape_fn((6, 12, 10), |(i, j, k)| ((i * 97 + j * 31 + k * 7) % 256) as u8);
    let labels = ArcArray1::from_shape_fn(6, |i| (i % 3) as u8);
    let data = Images::new(pixels, labels, Source::Practice).unwrap().normalized();
    let table: [(&[usize], Option<&str>); 8] = [
        (&[12, 10], None),
        (&[1, 12, 10], None),
        (&[120], None),
        (&[12, 10, 1], Some("last in Keras: write Sequential::new([12, 10])")),
        (&[10, 12], Some("found images of shape [12, 10].\n-> write Sequential::new([12, 10])")),
        (&[6, 20], Some("write Sequential::new([12, 10])")),
        (&[2, 6, 10], Some("write Sequential::new([12, 10])")),
        (&[1, 1, 12, 10], Some("write Sequential::new([12, 10])")),
    ];
    for (shape, words) in table {
        let model = described(Sequential::new(shape).flatten().dense(3, Linear));
        let errors = [
            model.clone().fit(&data, Fit::epochs(1).quiet()).map(drop),
            model.evaluate(&data).map(drop),
            model.predict(&data).map(drop),
            model.outputs(&data).map(drop),
            model.saliency(0, 0, &data).map(drop),
            model.activations("dense", &data).map(drop),
            model.find_learning_rate(&data, 3).map(drop),
        ];
        for error in errors.map(Result::err) {
            match (words, error.map(|error| error.to_string())) {
                (None, found) => assert_eq!(found, None, "{shape:?}"),
                (Some(words), found) => {
                    assert!(found.as_ref().is_some_and(|f| f.contains(words)), "{shape:?}: {found:?}")
                }
            }
        }
    }
}

/// Forgotten `.flatten().dense(10, Linear)`.
#[test]
fn a_network_that_does_not_end_in_a_number_for_each_class_is_refused() {
    let table = [
        (Sequential::new([4, 4]).conv2d(2, 3, Relu).max_pool2d(2), "a network that ends in 2 x 1 x 1, "),
        (
            Sequential::new([4, 4]).conv2d(10, 4, Linear),
            "a network that ends in 10 x 1 x 1.\n-> write .flatten()",
        ),
        (Sequential::new([4, 4]).batch_norm(), "a network that ends in 4 x 4"),
        (Sequential::new([4, 4]).conv2d(8, 3, Relu).flatten(), "10 classes, found a network with 32 outputs"),
        (Sequential::new([4, 4]).flatten(), "end the network with .dense(10, Linear)"),
    ];
    for (model, words) in table {
        let words = words.trim_end_matches(", ");
        let model = described(model);
        let data = images(30);
        let messages = [
            refused(model.clone(), &data, Fit::epochs(1)),
            model.evaluate(&data).unwrap_err().to_string(),
            model.predict(&data).unwrap_err().to_string(),
            model.with_softmax().predict(&data).unwrap_err().to_string(),
            Ensemble::predict(&[model.clone(), model.clone()], &data).unwrap_err().to_string(),
        ];
        for message in messages {
            assert!(message.contains(words), "{words}: {message}");
        }
    }
}

/// A hundred gigabytes and more of outputs.
#[test]
fn activations_that_do_not_fit_into_memory_are_refused() {
    let wide = Sequential::new([4, 4]).conv2d(1 << 16, 1, Relu).flatten().dense(1, Linear);
    let message = wide.activations("conv2d", &images(60_000)).unwrap_err().to_string();
    assert!(message.contains("outputs of 60000 images that fit into memory, found 251.7 GB"), "{message}");
    assert!(message.contains("data.take(1000)"), "{message}");
}

/// What stands behind a softmax and changes nothing leaves probabilities.
#[test]
fn a_softmax_is_seen_behind_layers_that_pass_its_outputs_on() {
    let data = images(30);
    let probable = |model: Sequential| model.activation(Softmax);
    let shown = Sequential::new([4, 4]).flatten();
    let networks = [
        probable(shown.clone().dense(3, Linear)).flatten(),
        shown.clone().dense(3, Softmax).dropout(0.5),
        probable(shown.clone().dense(3, Linear)).activation(Linear).dropout(0.5).flatten(),
        probable(Sequential::new([4, 4]).conv2d(3, 4, Linear)).flatten(),
    ];
    for model in networks {
        let wrong = compiled(model.clone(), Adam::default(), CrossEntropy::from_logits());
        assert!(refused(wrong, &data, Fit::epochs(1)).contains("CrossEntropy::from_probabilities()"));
        let predictions = model.predict(&data).unwrap();
        assert!(predictions.probabilities);
        assert!(predictions.outputs.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
        assert_eq!(model.with_softmax().predict(&data).unwrap().outputs, predictions.outputs);
        let mut right = compiled(model, Adam::default(), CrossEntropy::from_probabilities());
        right.fit(&data, Fit::epochs(1).quiet()).unwrap();
    }
    let logits = shown.dense(3, Softmax).dense(3, Linear).dropout(0.5);
    assert!(!logits.predict(&data).unwrap().probabilities);
}

#[test]
fn more_epochs_than_anyone_waits_for_are_refused() {
    let message = refused(ready(), &images(30), Fit::epochs(usize::MAX));
    assert!(message.contains("at most 1000000 epochs"), "{message}");
}

#[test]
fn a_file_of_weights_is_a_file_of_a_sensible_size() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", at("zeros")).unwrap();
    std::fs::File::create(at("huge")).unwrap().set_len(10 << 30).unwrap();
    for (name, what) in [("pipe", "a pipe"), ("zeros", "a device"), ("huge", "more than 1024 MB")] {
        let mut model = Sequential::new([28, 28]).flatten().dense(10, Linear);
        for error in [Sequential::load(at(name)).unwrap_err(), model.load_weights(at(name)).unwrap_err()] {
            assert!(error.to_string().contains(what), "{error}");
        }
    }
}
