import Cognitron
import CognitronKernels

extension Picture {
    /// The picture, or a part of it, in another size.
    ///
    ///     let thumbnail = picture.resized(height: 64, width: 64)
    ///     let mask = classes.resized(height: 64, width: 64, interpolation: .nearest)
    ///
    /// Bilinear, bicubic and Lanczos results are Pillow's and torchvision's to the bit: where the picture
    /// shrinks, all its pixels are averaged (their `antialias`). Use `.nearest` for masks, whose numbers must
    /// not be mixed.
    ///
    /// - Parameters:
    ///   - window: the part, which must lie within the picture; nil for all. Pixels outside do not count.
    ///   - interpolation: how pixels are mixed.
    public func resized(
        height: Int, width: Int, from window: PictureWindow? = nil, interpolation: Interpolation = .bilinear
    ) -> Picture {
        let window = window ?? PictureWindow(x: 0, y: 0, width: self.width, height: self.height)
        require(height > 0 && width > 0, "a picture of \(height) × \(width) pixels")
        require(window.lies(inHeight: self.height, width: self.width), "\(window) of a picture \(shape)")
        if window.height == height, window.width == width { return cropped(to: window) }
        let count = height * width * channels
        let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            pixels.withUnsafeBufferPointer { source in
                guard let x = source.baseAddress, let y = buffer.baseAddress else { return }
                let stride = self.width * channels
                let first = x + window.y * stride + window.x * channels
                switch interpolation {
                case .nearest:
                    PictureResampling.nearest(
                        first, stride: stride, rows: window.height, columns: window.width,
                        channels: channels, height: height, width: width, into: y)
                default:
                    Self.average(
                        first, stride: stride, window, channels: channels, height: height, width: width,
                        interpolation.filter, into: y)
                }
            }
            initialized = count
        }
        return Picture(height: height, width: width, channels: channels, pixels: result)
    }

    /// Along the rows first, as Pillow does; the order matters to the last bit. An axis that keeps its size
    /// is left as it is.
    private static func average(
        _ x: UnsafePointer<UInt8>, stride: Int, _ window: PictureWindow, channels: Int, height: Int,
        width: Int,
        _ filter: ResamplingFilter, into y: UnsafeMutablePointer<UInt8>
    ) {
        let columns = width == window.width ? nil : PictureAxis(filter, from: window.width, to: width)
        let rows = height == window.height ? nil : PictureAxis(filter, from: window.height, to: height)
        guard let columns else {
            if let rows {
                PictureResampling.alongColumns(x, stride: stride, width: width * channels, rows, into: y)
            }
            return
        }
        guard let rows else {
            PictureResampling.alongRows(
                x, stride: stride, rows: height, channels: channels, columns, into: y)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: window.height * width * channels) { between in
            guard let between = between.baseAddress else { return }
            PictureResampling.alongRows(
                x, stride: stride, rows: window.height, channels: channels, columns, into: between)
            PictureResampling.alongColumns(
                between, stride: width * channels, width: width * channels, rows, into: y)
        }
    }
}
