import Cognitron

/// A feature pyramid: maps of all levels with as many channels, each with what the coarser ones know.
///
///     lateral[k]  = 1×1 convolution of levels[k] to `filters` channels
///     merged[k]   = lateral[k] + merged[k + 1], its pixels repeated to the size of lateral[k]
///     pyramid[k]  = 3×3 convolution of merged[k]
///     one more    = every second pixel of the last
///
/// The names are torchvision's: `fpn.inner_blocks.0.0`, `fpn.layer_blocks.0.0`.
///
/// - Parameters:
///   - levels: the maps (N, H, W, C) of a network's stages, the finest first.
///   - addsCoarseLevel: whether there is one more.
/// - Returns: the finest first.
/// - Source: Lin et al., "Feature Pyramid Networks for Object Detection" (2017); torchvision
///   `FeaturePyramidNetwork` with `LastLevelMaxPool`.
func featurePyramid(
    _ levels: [any Symbolic], filters: Int = 256, addsCoarseLevel: Bool = true
) -> [SymbolicTensor] {
    // PyTorch's kaiming_uniform with a = 1: uniform up to √(3 / inputs).
    func convolution(_ kernelSize: Int, _ name: String) -> Conv2D {
        Conv2D(
            filters, kernelSize: kernelSize, padding: .explicit(kernelSize / 2),
            kernelInitializer: .lecunUniform, name: name)
    }
    var merged: SymbolicTensor?
    var pyramid: [SymbolicTensor] = []
    for (number, level) in levels.enumerated().reversed() {
        let lateral = convolution(1, "fpn.inner_blocks.\(number).0")(level)
        let sum = merged.map { Add()(lateral, ResizeToMatch2D()($0, lateral)) } ?? lateral
        pyramid.insert(convolution(3, "fpn.layer_blocks.\(number).0")(sum), at: 0)
        merged = sum
    }
    if addsCoarseLevel, let last = pyramid.last {
        pyramid.append(MaxPooling2D(poolSize: 1, strides: 2, name: "fpn.pool")(last))
    }
    return pyramid
}
