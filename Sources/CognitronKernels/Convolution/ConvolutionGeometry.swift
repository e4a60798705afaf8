/// The sizes of a two-dimensional convolution.
///
/// Arrays are row-major: x (N, H, W, C), w (KH, KW, C / groups, OC), y (N, OH, OW, OC). Output pixel (oh, ow)
/// reads input pixels (oh·strideY + kh·dilationY − top, ow·strideX + kw·dilationX − left); those outside the
/// image are zero.
///
/// Group i of the filters, from i·OC/groups on, reads the C/groups channels from i·C/groups on only.
///
/// A one-dimensional convolution is that of images with one row (`init(batch:length:…)`); `VolumeGeometry`
/// describes three-dimensional ones.
package struct ConvolutionGeometry: Hashable, Sendable {
    package var batch: Int
    package var height: Int, width: Int, channels: Int
    package var kernelHeight: Int, kernelWidth: Int, filters: Int
    package var strideY: Int, strideX: Int
    package var dilationY: Int, dilationX: Int
    package var top: Int, left: Int
    package var outputHeight: Int, outputWidth: Int
    package var groups: Int

    /// - Parameter padding: the zeros around the image; negative padding crops it.
    package init(
        batch: Int, input: ImageSize, kernel: (height: Int, width: Int), filters: Int,
        strides: (y: Int, x: Int) = (1, 1), dilation: (y: Int, x: Int) = (1, 1), padding: Border = .none,
        groups: Int = 1
    ) {
        self.batch = batch
        (height, width, channels) = (input.height, input.width, input.channels)
        (kernelHeight, kernelWidth) = kernel
        self.filters = filters
        self.groups = groups
        require(
            input.channels % groups == 0 && filters % groups == 0,
            "\(input.channels) channels and \(filters) filters in \(groups) groups")
        (strideY, strideX) = strides
        (dilationY, dilationX) = dilation
        (top, left) = (padding.top, padding.left)
        outputHeight = Self.outputSize(
            height + padding.top + padding.bottom, kernel.height, strides.y, dilation.y)
        outputWidth = Self.outputSize(
            width + padding.left + padding.right, kernel.width, strides.x, dilation.x)
    }

    /// A one-dimensional convolution: x (N, L, C), w (K, C / groups, OC), y (N, OL, OC).
    ///
    /// The arrays are those of images with one row. The steps are columns, not rows, because the algorithms
    /// are fast along rows: they copy patches one kernel row at a time, and strips and wide pixels combine
    /// neighbours in a row.
    package init(
        batch: Int, length: Int, channels: Int, kernel: Int, filters: Int, stride: Int = 1,
        dilation: Int = 1, padding: (before: Int, after: Int) = (0, 0), groups: Int = 1
    ) {
        self.init(
            batch: batch, input: ImageSize(1, length, channels: channels), kernel: (1, kernel),
            filters: filters, strides: (1, stride), dilation: (1, dilation),
            padding: Border(rows: (0, 0), columns: padding), groups: groups)
    }

    /// The number of positions of a window of `kernel` taps on `size` pixels, padding included; 0 if it does
    /// not fit.
    package static func outputSize(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
        let span = dilation * (kernel - 1) + 1
        return size < span ? 0 : (size - span) / stride + 1
    }

    /// The padding of TensorFlow's "same" before and after `size` pixels; an odd pixel goes after.
    package static func samePadding(
        _ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int = 1
    ) -> (before: Int, after: Int) {
        let output = (size + stride - 1) / stride
        let total = max(0, (output - 1) * stride + dilation * (kernel - 1) + 1 - size)
        return (total / 2, total - total / 2)
    }

    /// Taps of one filter in one channel.
    package var taps: Int { kernelHeight * kernelWidth }
    /// The channels that one filter reads, and the filters that read them.
    package var groupChannels: Int { channels / groups }
    package var groupFilters: Int { filters / groups }
    /// Terms of one output element's sum: the length of a row of the column matrix.
    package var terms: Int { taps * groupChannels }
    package var outputPixels: Int { outputHeight * outputWidth }
    /// Output pixels of the whole batch: the rows of the column matrix.
    package var positions: Int { batch * outputPixels }
    package var inputCount: Int { batch * height * width * channels }
    package var outputCount: Int { positions * filters }
    package var weightCount: Int { terms * filters }
    /// Multiplications of the direct sums, each with an addition.
    package var multiplyAdds: Int { positions * terms * filters }

    /// Rows and columns of zeros after the image that the last windows read.
    var paddingAfter: (bottom: Int, right: Int) {
        (
            max(0, (outputHeight - 1) * strideY + dilationY * (kernelHeight - 1) + 1 - top - height),
            max(0, (outputWidth - 1) * strideX + dilationX * (kernelWidth - 1) + 1 - left - width)
        )
    }

    /// Whether the first patch begins with the image's first pixel, all lie within their images, and
    /// neighbouring taps of a row are neighbours in memory.
    var isPlain: Bool { dilationX == 1 && top == 0 && left == 0 && paddingAfter == (0, 0) }

    /// The convolution of one group, on arrays with its channels and filters only.
    package var singleGroup: ConvolutionGeometry {
        var result = self
        (result.channels, result.filters, result.groups) = (groupChannels, groupFilters, 1)
        return result
    }

    /// The convolution that maps dy to dx, for strides of 1: input and output exchanged, the filters rotated
    /// by half a turn.
    package var transposed: ConvolutionGeometry {
        require(
            strideY == 1 && strideX == 1,
            "only the data gradient of a convolution with stride 1 is a convolution")
        var result = self
        (result.height, result.width, result.channels) = (outputHeight, outputWidth, filters)
        (result.outputHeight, result.outputWidth, result.filters) = (height, width, channels)
        result.top = dilationY * (kernelHeight - 1) - top
        result.left = dilationX * (kernelWidth - 1) - left
        return result
    }
}
