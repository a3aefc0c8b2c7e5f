//! The column for burn. It is no part of these tests, since burn takes minutes to build: put it into a package of its own as
//! `main.rs`, with the version that the page names and its features `std,flex,optim`, and run it.

use burn::nn::conv::Conv2dConfig;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{BatchNormConfig, DropoutConfig, Initializer, Linear, LinearConfig, PaddingConfig2d, Relu};
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams};
use burn::prelude::*;
use burn::tensor::activation::softmax;

// [describe]
#[derive(Module, Debug)]
struct Network {
    hidden: Linear,
    output: Linear,
}
impl Network {
    fn forward(&self, x: Tensor<3>) -> Tensor<2> {
        let x = Relu::new().forward(self.hidden.forward(x.flatten(1, 2)));
        self.output.forward(x)
    }
}

fn main() {
    let device = Device::flex().autodiff();
    // [seed]
    device.seed(42);

    let images: Tensor<3> = Tensor::ones([64, 28, 28], &device) * 128.0;
    let labels: Tensor<1, Int> = Tensor::zeros([64], &device);
    // [normalize]
    let x = images / 255.0;

    let hidden = LinearConfig::new(784, 128).init(&device);
    let output = LinearConfig::new(128, 10).init(&device);
    let mut model = Network { hidden, output };
    // [neurons]
    let init = Initializer::KaimingUniform { gain: 1.0, fan_out_only: false };
    let layer = LinearConfig::new(784, 128).with_bias(false).with_initializer(init).init(&device);

    assert_eq!(layer.num_params(), 100_352);
    // [convolution]
    let same = PaddingConfig2d::Explicit(1, 1, 1, 1);
    let conv = Conv2dConfig::new([1, 16], [3, 3]).with_stride([2, 2]).with_padding(same).init(&device);

    assert_eq!(conv.forward(x.clone().unsqueeze_dim(1)).dims(), [64, 16, 14, 14]);
    // [regularize]
    let norm = BatchNormConfig::new(128).init(&device);
    let dropout = DropoutConfig::new(0.3).init();

    let h: Tensor<2> = dropout.forward(norm.forward(Tensor::ones([4, 128], &device)));
    assert_eq!(h.dims(), [4, 128]);
    // [compile]
    let mut optimizer = AdamConfig::new().init();
    let loss_of = CrossEntropyLossConfig::new().init(&device);

    // [adamw]
    let adamw = AdamWConfig::new().with_weight_decay(0.01);

    let _ = adamw;
    // [fit]
    for _epoch in 0..10 {
        let loss = loss_of.forward(model.forward(x.clone()), labels.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(0.001, model, gradients);
    }

    // [logits]
    let logits = model.forward(x.clone());

    // [probabilities]
    let predictions = softmax(logits, 1);

    // [class]
    let classes = predictions.argmax(1);

    assert_eq!(classes.dims(), [64, 1]);
    // [save]
    model.clone().save_file("clothes").unwrap();
    let model = model.load_file("clothes");

    println!("{:?}", model.forward(x).dims());
}
