/// The products of a convolution, on one image that lies pixel by pixel, its channels side by side, in its border
/// of zeros.
pub(crate) trait Products: Send + Sync {
    /// Numbers of all filters as the products read them: packed.
    fn packed_len(&self) -> usize;

    /// Numbers that the others need room for, whatever was in it.
    fn room(&self) -> usize;

    /// PyTorch's `[filters, channels, size, size]` as the way forward reads it.
    fn pack(&self, weight: &[f32], packed: &mut [f32], room: &mut [f32]);

    /// Packed weights as the way back reads them.
    fn pack_back(&self, packed: &[f32], back: &mut [f32]);

    /// The gradient of packed weights as the gradient of PyTorch's.
    fn unpack_gradient(&self, packed: &[f32], gradient: &mut [f32], room: &mut [f32]);

    /// Every sum of the image, plus the bias.
    fn forward(&self, image: &[f32], packed: &[f32], bias: &[f32], sums: &mut [f32], room: &mut [f32]);

    /// Adds the image's part to the gradient of the packed weights, and the slopes along the image's numbers to those
    /// in `d_image` where there is one.
    fn backward(&self, image: &[f32], slopes: &[f32], back: &[f32], to: Gradients, room: &mut [f32]);
}

/// Where a convolution's way back adds what it finds.
pub(crate) struct Gradients<'a> {
    pub packed: &'a mut [f32],
    pub d_image: Option<&'a mut [f32]>,
}
