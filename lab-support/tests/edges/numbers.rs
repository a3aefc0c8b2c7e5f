//! Calls that take a network, images or a number. No number that is none comes back.

use lab_support::data::Source;
use lab_support::plot;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};

use crate::answer;

/// `n` images of the given height and width, with the labels 0 to 9 in turn.
fn images(n: usize, height: usize, width: usize) -> Images {
    let pixels =
        ArcArray::from_shape_fn((n, height, width), |(i, j, k)| ((i * 97 + j * 31 + k * 7) % 256) as u8);
    Images::new(pixels, ArcArray1::from_shape_fn(n, |i| (i % 10) as u8), Source::Practice).unwrap()
}

fn compiled(mut model: Sequential) -> Sequential {
    model.compile(Sgd::new(0.01), CrossEntropy::from_logits());
    model
}

fn good() -> Sequential {
    let model = Sequential::new([6, 5]).conv2d(2, 2, Relu).max_pool2d(2).batch_norm().flatten().dropout(0.1);
    compiled(model.dense(4, Relu).dense(10, Linear).seed(1))
}

fn in_steps_of(rate: f32) -> Sequential {
    let mut model = good();
    model.compile(Sgd::new(rate), CrossEntropy::from_logits());
    model
}

/// Networks by name, and whether they can be asked about images of 6 x 5 pixels, and be trained on them.
fn networks() -> Vec<(&'static str, Sequential, bool, bool)> {
    let dense = |shape: &[usize]| compiled(Sequential::new(shape).flatten().dense(10, Linear));
    let mut frozen = good();
    frozen.freeze(7).unwrap();
    let huge = {
        let mut model = dense(&[6, 5]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.safetensors");
        model.save(&path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let numbers = 4 * model.params();
        let start = bytes.len() - numbers;
        for chunk in bytes[start..].chunks_exact_mut(4) {
            chunk.copy_from_slice(&3e38f32.to_le_bytes());
        }
        std::fs::write(&path, bytes).unwrap();
        model.load_weights(&path).unwrap();
        model
    };
    vec![
        ("good", good(), true, true),
        ("no layers", compiled(Sequential::new([6, 5])), false, false),
        ("no shape", compiled(Sequential::new([]).flatten().dense(10, Linear)), false, false),
        ("a shape of 0", dense(&[6, 0]), false, false),
        ("a huge shape", dense(&[1 << 40, 1 << 40]), false, false),
        ("huge layers", compiled(Sequential::new([6, 5]).flatten().dense(usize::MAX, Relu)), false, false),
        ("swapped", dense(&[5, 6]), false, false),
        ("channels last", dense(&[6, 5, 1]), false, false),
        ("channels of its own", dense(&[5, 6, 1]), false, false),
        ("as many numbers", dense(&[3, 10]), false, false),
        ("four sizes", dense(&[1, 1, 6, 5]), false, false),
        ("channels first", dense(&[1, 6, 5]), true, true),
        ("a row", dense(&[30]), true, true),
        ("not flattened", compiled(Sequential::new([6, 5]).dense(10, Linear)), false, false),
        ("ends in an image", compiled(Sequential::new([6, 5]).conv2d(1, 2, Relu)), false, false),
        ("a thousand classes", compiled(Sequential::new([6, 5]).conv2d(9, 2, Relu).flatten()), false, false),
        ("eight classes", compiled(Sequential::new([6, 5]).flatten().dense(8, Linear)), false, false),
        ("frozen", compiled(frozen), true, false),
        ("without weights", compiled(Sequential::new([6, 5]).max_pool2d_with(2, 3).flatten()), false, false),
        ("not compiled", Sequential::new([6, 5]).flatten().dense(10, Linear), true, false),
        ("huge weights", huge, false, false),
        ("too large steps", in_steps_of(f32::MAX), true, false),
        ("no step", in_steps_of(f32::NAN), true, false),
    ]
}

type Call = fn(&Sequential, &Dataset) -> Result<Vec<f32>, lab_support::Error>;

/// Calls that ask a network; each returns its numbers.
const ASKING: [(&str, Call); 9] = [
    ("evaluate", |model, data| model.evaluate(data).map(|score| vec![score.loss, score.accuracy])),
    ("predict", |model, data| Ok(model.predict(data)?.outputs.into_iter().collect())),
    ("with_softmax", |model, data| Ok(model.with_softmax().predict(data)?.outputs.into_iter().collect())),
    ("predict_augmented", |model, data| {
        let model = model.with_softmax();
        match model.predict_augmented(data, &Augment::new(), 1) {
            // Variants are drawn of images that the network sees as such.
            Err(error) if error.to_string().contains("images of [height, width]") => model.predict(data),
            result => result,
        }
        .map(|predictions| predictions.outputs.into_iter().collect())
    }),
    ("saliency", |model, data| Ok(model.saliency(0, 0, data)?.gradient.into_iter().collect())),
    ("ensemble", |model, data| {
        Ok(Ensemble::predict(&[model.clone(), model.clone()], data)?.mean.outputs.into_iter().collect())
    }),
    ("gaps", |model, data| Ok(vec![gaps(&[("it", model)], data, data)?.networks[0].learned.loss])),
    ("confusion", |model, data| Ok(vec![model.predict(data)?.confusion(data)?.accuracy])),
    ("temperature", |model, data| Ok(vec![model.predict(data)?.temperature(data)?])),
];

/// Calls that train one.
const TRAINING: [(&str, Call); 4] = [
    ("fit", |model, data| trained(model, data, Fit::epochs(1))),
    ("fit, validated", |model, data| trained(model, data, Fit::epochs(2).validation(data).early_stopping(1))),
    ("fit, a batch of all", |model, data| trained(model, data, Fit::epochs(1).batch_size(usize::MAX))),
    ("fit, clipped", |model, data| {
        trained(model, data, Fit::epochs(1).clip_norm(1.0).schedule(Schedule::one_cycle()))
    }),
];

fn trained(model: &Sequential, data: &Dataset, plan: Fit) -> Result<Vec<f32>, lab_support::Error> {
    let mut model = model.clone();
    let history = model.fit(data, plan.quiet())?;
    let losses = history.epochs.iter().map(|epoch| epoch.train.loss);
    Ok(losses.chain([model.evaluate(data)?.loss]).collect())
}

#[test]
fn every_call_on_every_network_and_set_has_an_answer() {
    let sets = [
        ("good", images(30, 6, 5).normalized(), true),
        ("not normalized", images(30, 6, 5).unnormalized(), true),
        ("one image", images(1, 6, 5).normalized(), true),
        ("no images", images(0, 6, 5).normalized(), false),
        ("images of another shape", images(30, 5, 6).normalized(), false),
        ("images of another size", images(30, 7, 5).normalized(), false),
        ("images without pixels", images(30, 0, 5).normalized(), false),
    ];
    let mut wrong = Vec::new();
    for (network, model, asked, learns) in networks() {
        for (set, data, usable) in &sets {
            let asking = ASKING.iter().map(|call| (call, asked, ["eight classes", "without weights"]));
            let training = TRAINING.iter().map(|call| (call, learns, ["eight classes"; 2]));
            for ((name, call), works, few_outputs) in asking.chain(training) {
                let what = format!("{name} of \"{network}\" on \"{set}\"");
                let result = answer(&what, || call(&model, data));
                let works = *usable && works;
                // A network with few outputs does for the first class; one for other images, for those.
                // The slope of a huge weight is huge, and a number.
                let open = (*name, network) == ("saliency", "huge weights")
                    || *set == "one image" && few_outputs.contains(&network)
                    || *set == "images of another shape" && ["swapped", "a row"].contains(&network);
                match result {
                    Ok(_) if !works && !open => wrong.push(format!("{what} is not refused")),
                    Err(text) if works => wrong.push(format!("{what}: {text}")),
                    Ok(numbers) if numbers.iter().any(|number| !number.is_finite()) => {
                        wrong.push(format!("{what}: {numbers:?}"));
                    }
                    _ => (),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each call with numbers from nothing to far too much.
#[test]
fn every_number_has_an_answer() {
    let (data, model) = (images(30, 6, 5).normalized(), good());
    let logits = model.predict(&data).unwrap();
    let plan = || Fit::epochs(1).quiet();
    let fit = |plan: Fit| model.clone().fit(&data, plan).map(drop);
    let check = |model: Sequential| model.evaluate(&data).map(drop);
    let image = || Sequential::new([6, 5]);
    for n in [0, 1, 2, 3, 5, 6, 29, 30, 31, 100, 1 << 40, 1 << 54, usize::MAX / 2, usize::MAX] {
        let ask = |name: &str, call: &dyn Fn() -> Result<(), lab_support::Error>| {
            let _ = answer(&format!("{name} of {n}"), call);
        };
        ask("split", &|| data.split(n).map(drop));
        ask("only", &|| data.only(&[n, n]).map(drop));
        ask("per_class", &|| data.per_class(n).map(drop));
        ask("saliency", &|| model.saliency(n, 0, &data).map(drop));
        ask("saliency, class", &|| model.saliency(0, n, &data).map(drop));
        ask("running_mean", &|| model.running_mean(n).map(drop));
        ask("top_k", &|| logits.top_k(n, &data).map(drop));
        ask("weight", &|| model.weight(n).map(drop));
        ask("bias", &|| model.bias(n).map(drop));
        ask("freeze", &|| model.clone().freeze(n));
        ask("without_last", &|| check(model.without_last(n)));
        ask("find_learning_rate", &|| model.find_learning_rate(&data, n).map(drop));
        ask("epochs", &|| if n > 6 && n < 1 << 40 { Ok(()) } else { fit(Fit::epochs(n).quiet()) });
        ask("batch_size", &|| fit(plan().batch_size(n)));
        ask("early_stopping", &|| fit(plan().validation(&data).early_stopping(n)));
        ask("step", &|| fit(plan().schedule(Schedule::step(n, 0.5))));
        ask("plateau", &|| fit(plan().schedule(Schedule::reduce_on_plateau(n, 0.5))));
        ask("warm_up", &|| fit(plan().schedule(Schedule::cosine().warm_up(n))));
        ask("shift", &|| fit(plan().augment(Augment::new().shift(n))));
        if n <= 31 || n >= 1 << 40 {
            ask("predict_augmented", &|| {
                model.with_softmax().predict_augmented(&data, &Augment::new(), n).map(drop)
            });
        }
        ask("dense", &|| check(image().flatten().dense(n, Relu).dense(10, Linear)));
        ask("dense, last", &|| check(image().flatten().dense(n, Linear)));
        ask("conv2d", &|| check(image().conv2d(n, 2, Relu).flatten().dense(10, Linear)));
        ask("conv2d, kernel", &|| check(image().conv2d(2, n, Relu).flatten().dense(10, Linear)));
        for padding in [Padding::Valid, Padding::Same] {
            let conv = Conv::default().padding(padding);
            ask("conv2d_with", &|| check(image().conv2d_with(2, n, Relu, conv).flatten().dense(10, Linear)));
            ask("stride", &|| {
                check(image().conv2d_with(2, 2, Relu, conv.stride(n)).flatten().dense(10, Linear))
            });
        }
        ask("layer_norm", &|| check(Sequential::new([n]).layer_norm().dense(10, Linear)));
        ask("residual", &|| {
            check(image().flatten().residual(|block| block.dense(n, Silu)).dense(10, Linear))
        });
        ask("max_pool2d", &|| check(image().max_pool2d(n).flatten().dense(10, Linear)));
        ask("max_pool2d, stride", &|| check(image().max_pool2d_with(2, n).flatten().dense(10, Linear)));
        ask("average_pool2d", &|| check(image().average_pool2d(n).flatten().dense(10, Linear)));
        ask("average_pool2d, stride", &|| {
            check(image().average_pool2d_with(2, n).flatten().dense(10, Linear))
        });
        ask("new", &|| check(Sequential::new([n]).dense(10, Linear)));
        ask("new, image", &|| check(Sequential::new([n, n]).conv2d(2, 2, Relu).flatten().dense(10, Linear)));
        ask("new, channels", &|| check(Sequential::new([n, 6, 5]).batch_norm().flatten().dense(10, Linear)));
    }
    for x in
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE, -1.0, 0.0, 0.5, 1.0, 1e30]
    {
        let optimizers: [(&str, lab_support::nn::Optimizer); 12] = [
            ("sgd", Sgd::new(x).into()),
            ("momentum", Sgd::new(0.1).momentum(x).into()),
            ("decay", Sgd::new(0.1).weight_decay(x).into()),
            ("rmsprop", RmsProp::new(x).into()),
            ("rho", RmsProp::default().rho(x).into()),
            ("rmsprop's epsilon", RmsProp::default().epsilon(x).into()),
            ("adam", Adam::new(x).into()),
            ("beta_1", Adam::default().beta_1(x).into()),
            ("beta_2", Adam::default().beta_2(x).into()),
            ("epsilon", Adam::default().epsilon(x).into()),
            ("adamw", AdamW::new(x).weight_decay(x).into()),
            ("muon", Muon::new(x).into()),
        ];
        let finite = |what: &str, model: &Sequential| {
            let outputs = model.outputs(&data).unwrap_or_else(|error| panic!("{what} of {x}: {error}"));
            assert!(outputs.iter().all(|output| output.is_finite()), "{what} of {x}");
        };
        for (name, optimizer) in optimizers {
            let mut model = good();
            model.compile(optimizer, CrossEntropy::from_logits());
            let result =
                answer(&format!("{name} of {x}"), || model.fit(&data, Fit::epochs(2).batch_size(8).quiet()));
            if result.is_err() {
                finite(name, &model);
            }
        }
        let ask = |name: &str, call: &dyn Fn() -> Result<(), lab_support::Error>| {
            let _ = answer(&format!("{name} of {x}"), call);
        };
        ask("dropout", &|| check(image().flatten().dropout(x).dense(10, Linear)));
        ask("class_weight", &|| fit(plan().class_weight([x; 10])));
        ask("average_weights", &|| fit(plan().average_weights(x)));
        ask("set_weights", &|| {
            let mut model = good();
            let mut weights = model.weights();
            weights[0].fill(x);
            model.set_weights(&weights)?;
            model.evaluate(&data).map(drop)
        });
        ask("an image of it", &|| model.predict(&Array2::from_elem((6, 5), x)).map(drop));
        ask("clip_norm", &|| fit(plan().clip_norm(x)));
        ask("factor", &|| fit(plan().schedule(Schedule::step(1, x))));
        ask("plateau's factor", &|| fit(plan().schedule(Schedule::reduce_on_plateau(1, x))));
        ask("validation_split", &|| fit(plan().validation_split(f64::from(x))));
        ask("split_fraction", &|| data.split_fraction(f64::from(x)).map(drop));
        ask("standardized", &|| {
            for set in [images(30, 6, 5).standardized(x, 0.5), images(30, 6, 5).standardized(0.5, x)] {
                model.evaluate(&set?)?;
            }
            Ok(())
        });
        for augment in [Augment::new().rotate(x), Augment::new().zoom(x), Augment::new().erase(x)] {
            ask("augment", &|| fit(plan().augment(augment)));
            ask("augment, shown", &|| augment.show(0, &data).map(drop));
        }
        ask("label_smoothing", &|| {
            let mut model = good();
            model.compile(Sgd::default(), CrossEntropy::from_logits().label_smoothing(x));
            model.fit(&data, plan()).map(drop)
        });
        ask("at_temperature", &|| {
            let outputs = logits.at_temperature(x)?.outputs;
            assert!(outputs.iter().all(|output| output.is_finite()), "{x}: {outputs}");
            Ok(())
        });
    }
}

#[test]
fn every_number_for_a_figure_has_an_answer() {
    let (bytes, data, model) = (images(30, 6, 5), images(30, 6, 5).normalized(), good());
    let predictions = model.with_softmax().predict(&data).unwrap();
    let ensemble = Ensemble::predict(&[model.clone(), good().seed(2)], &data).unwrap();
    let maps = model.activations("conv2d", &data).unwrap();
    for n in [0, 1, 29, 30, 1000, usize::MAX] {
        let ask = |name: &str, call: &dyn Fn() -> Result<(), lab_support::Error>| {
            let _ = answer(&format!("{name} of {n}"), call);
        };
        ask("show", &|| data.show(n).map(drop));
        ask("show of bytes", &|| bytes.show(n).map(drop));
        ask("grid", &|| data.grid(n, 2).map(drop));
        ask("grid, columns", &|| bytes.grid(2, n).map(drop));
        ask("grid, both", &|| bytes.grid(n, n).map(drop));
        ask("take", &|| data.take(n).show(0).map(drop));
        ask("predictions, show", &|| predictions.show(n, &data).map(drop));
        ask("gallery", &|| predictions.gallery(n, 3, &data).map(drop));
        ask("gallery, columns", &|| predictions.gallery(3, n, &data).map(drop));
        ask("worst", &|| predictions.worst(n, &data).map(drop));
        ask("hardest", &|| ensemble.hardest(n, &data).map(drop));
        ask("feature_maps", &|| maps.feature_maps(n).map(drop));
        ask("weight_images", &|| model.weight_images("conv2d", n).map(drop));
        ask("augment", &|| Augment::new().shift(n).show(0, &data).map(drop));
        ask("augment, image", &|| Augment::new().flip().show(n, &data).map(drop));
    }
}

/// No image, no name, no run: and the same one twice.
#[test]
fn nothing_and_the_same_twice_have_an_answer() {
    let (data, none, model) = (images(30, 6, 5).normalized(), images(0, 6, 5).normalized(), good());
    let predictions = model.with_softmax().predict(&data).unwrap();
    let ask = |name: &str, call: &dyn Fn() -> Result<(), lab_support::Error>| answer(name, call);
    let refused = |name: &str, call: &dyn Fn() -> Result<(), lab_support::Error>| {
        assert!(ask(name, call).is_err(), "{name} is not refused");
    };
    refused("show", &|| none.show(0).map(drop));
    refused("split", &|| none.split(0).map(drop));
    refused("split_fraction", &|| none.split_fraction(0.5).map(drop));
    refused("only", &|| none.only(&[0]).map(drop));
    refused("no class", &|| data.only(&[]).map(drop));
    refused("confusion", &|| predictions.confusion(&none).map(drop));
    refused("calibration", &|| predictions.calibration(&none).map(drop));
    refused("gaps", &|| gaps(&[], &data, &data).map(drop));
    refused("curves", &|| curves(&[]).map(drop));
    refused("compare", &|| plot::compare(&[], Source::Practice).map(drop));
    refused("top_k", &|| predictions.top_k(1, &none).map(drop));
    refused("an array of nothing", &|| model.predict(&Array2::zeros((0, 30))).map(drop));
    refused("labels of nothing", &|| model.evaluate((&Array2::zeros((0, 30)), &[])).map(drop));
    refused("no weights", &|| good().set_weights(&[]));
    refused("a layer to freeze without a name", &|| good().freeze_layer(""));
    refused("a layer without a name", &|| model.activations("", &data).map(drop));
    refused("weights of no layer", &|| model.weight_images("", 1).map(drop));
    refused("a checkpoint without a name", &|| {
        model.clone().fit(&data, Fit::epochs(1).checkpoint("")).map(drop)
    });
    for (name, result) in [
        ("grid", ask("grid", &|| none.grid(1, 1).map(drop))),
        ("histogram", ask("histogram", &|| none.histogram().map(drop))),
        ("class_counts", ask("class_counts", &|| none.images().class_counts().map(drop))),
        ("only, twice", ask("only, twice", &|| data.only(&[3, 3]).map(drop))),
        (
            "gaps, twice",
            ask("gaps, twice", &|| gaps(&[("it", &model), ("it", &model)], &data, &data).map(drop)),
        ),
    ] {
        // Either answer is right: what matters is to have one.
        assert!(result.is_ok() || result.is_err_and(|text| !text.is_empty()), "{name}");
    }
    let twice = data.only(&[3, 3]).unwrap();
    assert_eq!(twice.len(), data.only(&[3]).unwrap().len(), "a class that is named twice comes once");
}
