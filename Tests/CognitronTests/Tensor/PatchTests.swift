import Testing

@testable import Cognitron

@Suite("Windows as matrices: im2col and back")
struct PatchTests {
    /// X of the courses: 1 … 16 in four rows.
    private static let x = Tensor((1...16).map { Float($0) }, shape: [1, 4, 4, 1])
    private static let orders = [PatchOrder.windows, .taps]

    @Test("im2col of the course, both ways")
    func course() {
        let windows = Self.x.im2col(kernelSize: 3)
        #expect(windows.shape == [1, 2, 2, 3, 3, 1])
        #expect(windows[0][0][1].squeezing() == [[2, 3, 4], [6, 7, 8], [10, 11, 12]])
        let taps = Self.x.im2col(kernelSize: 3, order: .taps)
        #expect(taps.shape == [1, 3, 3, 2, 2, 1])
        #expect(taps[0][0][0].squeezing() == [[1, 2], [5, 6]])
        #expect(taps[0][2][2].squeezing() == [[11, 12], [15, 16]])
    }

    @Test(
        "Both ways hold the same numbers", arguments: [(3, 1, 0), (2, 2, 0), (3, 2, 1), (1, 1, 0), (5, 3, 2)])
    func bothWays(kernel: Int, strides: Int, padding: Int) {
        let x = Tensor.randomUniform([2, 7, 6, 3], seed: 1)
        let windows = x.im2col(kernelSize: kernel, strides: strides, padding: padding)
        let taps = x.im2col(kernelSize: kernel, strides: strides, padding: padding, order: .taps)
        #expect(windows.permuted([0, 3, 4, 1, 2, 5]) == taps)
    }

    @Test("A product with the filters is a convolution", arguments: [(3, 1, 1), (2, 2, 0), (3, 2, 1)])
    func convolution(kernel: Int, strides: Int, padding: Int) {
        let x = Tensor.randomUniform([2, 7, 6, 3], seed: 1)
        let filters = Tensor.randomUniform([kernel, kernel, 3, 5], seed: 2)
        let columns = x.im2col(kernelSize: kernel, strides: strides, padding: padding)
        let rows = columns.shape.prefix(3).reduce(1, *)
        let y = columns.reshaped([rows, kernel * kernel * 3])
            .matmul(filters.reshaped([kernel * kernel * 3, 5]))
            .reshaped(Shape(Array(columns.shape.prefix(3)) + [5]))
        #expect(
            x.correlated(with: filters, strides: strides, padding: padding).isClose(to: y, absolute: 1e-5))
    }

    @Test("The convolution of mathematics turns the filter by half a turn")
    func flipped() {
        let filter = Tensor([1, 1, 1, 2, 0, 1, -1, -1, 0], shape: [3, 3, 1, 1])
        #expect(Self.x.correlated(with: filter).squeezing() == [[4, 8], [20, 24]])
        #expect(Self.x.convolved(with: filter).squeezing() == [[44, 48], [60, 64]])
        #expect(
            Self.x.correlated(with: filter, strides: 2, padding: 1).squeezing() == [[-3, -5], [8, 24]])
    }

    @Test("The way back is the transpose: ⟨im2col(x), y⟩ = ⟨x, col2im(y)⟩", arguments: orders)
    func transpose(_ order: PatchOrder) {
        for (kernel, strides, padding) in [(3, 1, 0), (2, 2, 0), (3, 2, 1)] {
            let x = Tensor.randomUniform([2, 7, 6, 3], seed: 3)
            let columns = x.im2col(kernelSize: kernel, strides: strides, padding: padding, order: order)
            let y = Tensor.randomUniform(columns.shape, seed: 4)
            let back = y.col2im(height: 7, width: 6, strides: strides, padding: padding, order: order)
            #expect(abs((columns * y).sum() - (x * back).sum()) < 1e-2)
        }
    }

    @Test("Windows without overlap come back as the image, overlapping ones counted")
    func counts() {
        for order in Self.orders {
            let columns = Self.x.im2col(kernelSize: 2, strides: 2, order: order)
            #expect(columns.col2im(height: 4, width: 4, strides: 2, order: order) == Self.x)
            let ones = Tensor.ones([1, 4, 4, 1]).im2col(kernelSize: 3, order: order)
            #expect(
                ones.col2im(height: 4, width: 4, order: order).squeezing() == [
                    [1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1],
                ])
        }
    }

    @Test("Pooling is a reduction of X̃; col2im takes its gradient back")
    func pooling() {
        let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8, 16, 15, 14, 13, 12, 11, 10, 9], shape: [1, 4, 4, 1])
        let windows = x.im2col(kernelSize: 2, strides: 2)  // (1, 2, 2, 2, 2, 1)
        let largest = windows.max(axis: 3).max(axis: 3)
        #expect(largest.squeezing() == [[6, 8], [16, 14]])
        let dy = Tensor([1, 2, 3, 4], shape: [1, 2, 2, 1])
        func spread(_ y: Tensor) -> Tensor { y.expandingDimensions(at: 3).expandingDimensions(at: 4) }
        let isLargest = Tensor(
            zip(windows.scalars, (spread(largest) + windows * 0).scalars).map { $0 == $1 ? 1 : 0 },
            shape: windows.shape)
        let dx = (isLargest * spread(dy)).col2im(height: 4, width: 4, strides: 2)
        #expect(dx.squeezing() == [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 4, 0], [0, 0, 0, 0]])
        #expect(MaxPooling2D(poolSize: 2).forward(x, .training).pullback(dy) == dx)
    }

    @Test("Layouts go over to PyTorch's and back")
    func layouts() {
        let x = Tensor((0..<24).map { Float($0) }, shape: [1, 2, 4, 3])
        #expect(x.channelsFirst.shape == [1, 3, 2, 4])
        #expect(x.channelsFirst[0, 2, 1, 3] == x[0, 1, 3, 2])
        #expect(x.channelsFirst.channelsLast == x)
        #expect(x.filtersFirst.shape == [3, 4, 1, 2])
        #expect(x.filtersFirst[2, 3, 0, 1] == x[0, 1, 3, 2])
        #expect(x.filtersFirst.filtersLast == x)
        let vectors = Tensor.ones([5, 7])
        #expect(vectors.channelsFirst.shape == [5, 7] && vectors.filtersFirst.shape == [7, 5])
    }
}
