import CognitronKernels

extension ImageDrawing {
    /// What the edges show, and how places between pixels are read.
    package struct PixelSampling: Sendable {
        var fillMode: FillMode
        var fillValue: Float
        var isNearest: Bool

        package init(_ fillMode: FillMode = .reflect, fillValue: Float = 0, isNearest: Bool = false) {
            (self.fillMode, self.fillValue, self.isNearest) = (fillMode, fillValue, isNearest)
        }

        func change(_ map: PlaneMap) -> ImageChange {
            .warp(ImageWarp(map, fillMode.edge(fillValue), isNearest: isNearest))
        }
    }

    package static func rotation(turns: ClosedRange<Float>, _ sampling: PixelSampling) -> ImageDrawing {
        ImageDrawing { size, generator in
            let degrees = 360 * generator.uniform(turns)
            let map = Warp.rotation(degrees: degrees, height: size.height, width: size.width).map
            return [sampling.change(map)]
        }
    }

    /// - Parameter columns: nil for as much as the rows.
    package static func zoom(
        rows: ClosedRange<Float>, columns: ClosedRange<Float>?, _ sampling: PixelSampling
    ) -> ImageDrawing {
        ImageDrawing { size, generator in
            let y = 1 + generator.uniform(rows)
            let x = columns.map { 1 + generator.uniform($0) } ?? y
            return [
                sampling.change(Warp.zoom(rows: y, columns: x, height: size.height, width: size.width).map)
            ]
        }
    }

    /// - Parameter down, right: shares of the height and the width.
    package static func translation(
        down: ClosedRange<Float>, right: ClosedRange<Float>, _ sampling: PixelSampling
    ) -> ImageDrawing {
        ImageDrawing { size, generator in
            let y = generator.uniform(down) * Float(size.height)
            let x = generator.uniform(right) * Float(size.width)
            return [sampling.change(.projective(Projection(1, 0, -x, 0, 1, -y)))]
        }
    }

    /// About the first pixel. Both directions change their sign together.
    package static func shear(
        x: ClosedRange<Float>, y: ClosedRange<Float>, _ sampling: PixelSampling
    ) -> ImageDrawing {
        ImageDrawing { size, generator in
            let sign = generator.eitherSign(1)
            let (down, right) = (generator.uniform(y) * sign, generator.uniform(x) * sign)
            return [sampling.change(.projective(Projection(1, right, 0, down, 1, 0)))]
        }
    }

    /// Each coordinate of the corners times a number up to half of `scale` from 1.
    package static func perspective(scale: Float, _ sampling: PixelSampling) -> ImageDrawing {
        ImageDrawing { size, generator in
            let (right, bottom) = (Float(size.width - 1), Float(size.height - 1))
            let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)].map { (x: Float, y: Float) in
                let (a, b) = (
                    generator.uniform(-scale / 2, scale / 2), generator.uniform(-scale / 2, scale / 2)
                )
                return (x: x + x * a, y: y + y * b)
            }
            return Warp.perspective(corners: corners, height: size.height, width: size.width)
                .map { [sampling.change($0.map)] } ?? []
        }
    }

    package static func elastic(
        scale: ClosedRange<Float>, _ sampling: PixelSampling, _ range: ValueRange
    ) -> ImageDrawing {
        ImageDrawing { size, generator in
            let scale = generator.uniform(scale)
            return Warp.elastic(scale: scale, height: size.height, width: size.width, &generator)
                .map { [sampling.change($0.map), .clip(range)] } ?? []
        }
    }

    /// Left and right, top and bottom, or both exchanged with probability ½.
    package static func flip(horizontal: Bool, vertical: Bool) -> ImageDrawing {
        ImageDrawing { _, generator in
            guard generator.uniform(0, 1) <= 0.5 else { return [] }
            let maps: [PlaneMap] = (horizontal ? [.mirror] : []) + (vertical ? [.flip] : [])
            return maps.map { .warp(ImageWarp($0, .constant(0))) }
        }
    }
}
