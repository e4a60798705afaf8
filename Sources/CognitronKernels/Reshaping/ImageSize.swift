// Sizes of images and of their borders.

/// The size of one image with its channels last: an array (height, width, channels).
package struct ImageSize: Hashable, Sendable {
    package var height: Int
    package var width: Int
    package var channels: Int

    package init(_ height: Int, _ width: Int, channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    /// Floats of the array.
    package var count: Int { height * width * channels }
}

/// Rows and columns added on each side of an image. Negative values crop it.
package struct Border: Hashable, Sendable {
    package var top: Int
    package var bottom: Int
    package var left: Int
    package var right: Int

    package static let none = Border(0)

    package init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
        (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
    }

    /// The same width on every side.
    package init(_ amount: Int) { self.init(top: amount, bottom: amount, left: amount, right: amount) }

    /// The border from the padding before and after each axis.
    package init(rows: (before: Int, after: Int), columns: (before: Int, after: Int)) {
        self.init(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
    }
}
