//! The same seed gives the same weights to the last bit, whatever the number of threads, and with blocks of eight numbers
//! or of sixteen.

use crate::data::{Dataset, Images, Source};
use crate::nn::kernels::simd::without_wide_blocks;
use crate::nn::kernels::{Padding, Threads};
use crate::nn::layers::Conv;
use crate::nn::layers::activation::Activation::{Gelu, Linear, Relu, Silu, Tanh};
use crate::nn::loss::CrossEntropy;
use crate::nn::model::Sequential;
use crate::nn::optim::{Adam, AdamW, Muon, Optimizer, RmsProp, Sgd};
use crate::nn::train::{Augment, Fit};

/// Images of 12 x 12 pixels of which one row is brighter: that row's number is the label.
pub(crate) fn striped(n: usize) -> Dataset {
    let pixel = |(i, row, column)| {
        let noise = (i * 7919 + row * 131 + column * 37) % 128;
        (noise + if row == i % 10 { 127 } else { 0 }) as u8
    };
    Images::made(Source::Practice, (n, 12, 12), pixel, |i| (i % 10) as u8).normalized()
}

/// Wide enough that five threads have a part in every product.
pub(crate) fn network(seed: u64, optimizer: impl Into<Optimizer>) -> Sequential {
    let model = Sequential::new([12, 12]).batch_norm().flatten().dropout(0.1).dense(90, Relu);
    let model = model.batch_norm().dropout(0.2).dense(85, Tanh).dense(80, Gelu).dense(10, Linear);
    let mut model = model.seed(seed);
    model.compile(optimizer, CrossEntropy::from_logits());
    model
}

pub(crate) fn bits(model: &Sequential) -> Vec<u32> {
    model.parameters().flat_map(|p| &p.value).map(|v| v.to_bits()).collect()
}

fn trained(seed: u64, optimizer: impl Into<Optimizer>, threads: usize) -> Vec<u32> {
    trained_as(Fit::epochs(2).clip_norm(1.0), seed, optimizer, threads)
}

fn trained_as(plan: Fit, seed: u64, optimizer: impl Into<Optimizer>, threads: usize) -> Vec<u32> {
    let (mut model, threads) = (network(seed, optimizer), Threads::with(threads).unwrap());
    let (train, validation) = striped(230).split(200).unwrap();
    let augment = Augment::new().shift(2).flip().rotate(10.0).zoom(0.1).erase(0.5);
    let mut weights = [1.0; 10];
    weights[3] = 2.0;
    let plan = plan.augment(augment).class_weight(weights).average_weights(0.9).quiet();
    // 200 is no multiple of 32: the last batch is a smaller one.
    model.train(&train, Some(&validation), &plan, None, &threads).unwrap();
    bits(&model)
}

#[test]
fn threads_change_no_bit() {
    let optimizers: [Optimizer; 5] = [
        Adam::default().into(),
        AdamW::default().into(),
        RmsProp::default().weight_decay(0.01).into(),
        Sgd::new(0.1).into(),
        Sgd::new(0.1).momentum(0.9).nesterov().into(),
    ];
    for optimizer in optimizers {
        let one = trained(42, optimizer, 1);
        for threads in [2, 3, 5] {
            assert!(trained(42, optimizer, threads) == one, "{threads} threads, {optimizer:?}");
        }
    }
}

/// Convolutions with and without a border, pooling of both kinds, a residual block with layer normalization, and
/// batches of which the last is smaller.
fn convolution_trained(optimizer: Optimizer, threads: usize) -> Vec<u32> {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([12, 12]).conv2d(16, 3, Relu).max_pool2d(2);
    let model = model.conv2d_with(24, 3, Relu, same).average_pool2d(2);
    let model = model
        .residual(|block| block.layer_norm().conv2d_with(24, 3, Silu, same.use_bias(false)))
        .conv2d_with(12, 2, Relu, same.stride(2));
    let mut model = model.flatten().dense(10, Linear).seed(3);
    model.compile(optimizer, CrossEntropy::from_logits());
    let threads = Threads::with(threads).unwrap();
    model.train(&striped(70), None, &Fit::epochs(2).quiet(), None, &threads).unwrap();
    bits(&model)
}

#[test]
fn threads_change_no_bit_of_a_convolution() {
    for optimizer in [Adam::default().into(), Muon::default().into()] {
        let one = convolution_trained(optimizer, 1);
        for threads in [2, 3, 5] {
            assert!(convolution_trained(optimizer, threads) == one, "{threads} threads, {optimizer:?}");
        }
    }
}

/// On a machine with AVX-512; elsewhere there is nothing to compare.
#[test]
fn the_length_of_a_block_changes_no_bit() {
    let trained = || [trained(42, Adam::default(), 2), convolution_trained(Muon::default().into(), 2)];
    assert!(trained() == without_wide_blocks(trained));
}

/// On processors with a fused multiply-add: all of ARM's, and x86-64's with AVX2. A change of these sums
/// is a change of every number in the notebooks.
#[test]
fn the_bits_are_those_of_every_machine_with_a_fused_multiply_add() {
    #[cfg(target_arch = "x86_64")]
    if crate::nn::kernels::simd::Avx2::detect().is_none() {
        return;
    }
    let sums = [Adam::default().into(), Muon::default().into()].map(|optimizer| {
        let bytes: Vec<u8> =
            convolution_trained(optimizer, 1).into_iter().flat_map(u32::to_le_bytes).collect();
        crc32fast::hash(&bytes)
    });
    assert_eq!(sums, [2350891613, 3859071763]);
}

#[test]
fn threads_that_make_room_for_other_programs_change_no_bit() {
    let trained = |active: &'static [usize]| {
        let (mut model, threads) = (network(7, Adam::default()), Threads::with(5).unwrap());
        let crowd = threads.crowd().clone();
        let plan = Fit::epochs(active.len()).quiet();
        let plan = plan.on_epoch(move |epoch, _| crowd.set_active(active[epoch.number - 1]));
        model.train(&striped(200), None, &plan, None, &threads).unwrap();
        bits(&model)
    };
    assert!(trained(&[5, 5, 5, 5, 5]) == trained(&[1, 3, 2, 5, 4]));
}

/// Dense layers update their weights on the way back through the network, unless gradients are clipped: then all of them are
/// known first. Where nothing is so long that it is clipped, that changes nothing.
#[test]
fn weights_updated_on_the_way_back_are_those_updated_at_the_end() {
    let optimizers: [Optimizer; 4] = [
        Adam::default().weight_decay(0.01).into(),
        RmsProp::default().into(),
        Sgd::new(0.1).into(),
        Sgd::new(0.1).momentum(0.9).into(),
    ];
    for optimizer in optimizers {
        let at_the_end = trained_as(Fit::epochs(2).clip_norm(1e30), 7, optimizer, 1);
        for threads in [1, 2, 5] {
            let on_the_way = trained_as(Fit::epochs(2), 7, optimizer, threads);
            assert!(on_the_way == at_the_end, "{optimizer:?}, {threads} threads");
        }
    }
}

#[test]
fn threads_change_no_score() {
    let (model, data) = (network(1, Adam::default()), striped(500));
    let score =
        |threads| model.score(&data, CrossEntropy::from_logits(), &Threads::with(threads).unwrap(), &|_| ());
    for threads in [2, 3, 5] {
        assert_eq!(score(threads), score(1), "{threads} threads");
    }
}

#[test]
fn another_seed_is_another_network() {
    assert!(bits(&network(1, Adam::default())) != bits(&network(2, Adam::default())));
    assert!(trained(1, Adam::default(), 1) != trained(2, Adam::default(), 1));
}

#[test]
fn a_second_fit_goes_on_where_the_first_ended() {
    let data = striped(100);
    for optimizer in [Adam::default().into(), Optimizer::from(Sgd::new(0.1).momentum(0.9))] {
        let (mut twice, mut once) = (network(3, optimizer), network(3, optimizer));
        twice.fit(&data, Fit::epochs(1).quiet()).unwrap();
        twice.fit(&data, Fit::epochs(1).quiet()).unwrap();
        once.fit(&data, Fit::epochs(2).quiet()).unwrap();
        assert!(bits(&twice) == bits(&once), "{optimizer:?}");
    }
}

#[test]
fn a_new_seed_starts_from_nothing() {
    let data = striped(100);
    let mut used = network(1, Adam::default());
    used.fit(&data, Fit::epochs(1).quiet()).unwrap();
    let mut used = used.seed(2);
    let mut new = network(2, Adam::default());
    used.fit(&data, Fit::epochs(1).quiet()).unwrap();
    new.fit(&data, Fit::epochs(1).quiet()).unwrap();
    assert!(bits(&used) == bits(&new));
}
