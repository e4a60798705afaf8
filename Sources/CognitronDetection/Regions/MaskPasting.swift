import Cognitron

/// Puts the small mask of a box into the picture.
///
/// The mask gets a border of a pixel of zeros, its box grows likewise, and it is stretched over the whole
/// pixels that the box touches.
///
/// - Source: torchvision `paste_masks_in_image`.
enum MaskPasting {
    /// The probability of each pixel of a picture (H, W) to be the object's; 0 outside its box.
    ///
    /// - Parameter mask: (m, m), from 0 to 1.
    static func pasted(_ mask: Tensor, into box: Box, _ size: PictureSize) -> Tensor {
        let bordered = mask.padded([(1, 1), (1, 1)])
        let growth = Float(bordered.shape[0]) / Float(mask.shape[0])
        let (halfWidth, halfHeight) = (box.width / 2 * growth, box.height / 2 * growth)
        let (left, top) = (Int(box.centerX - halfWidth), Int(box.centerY - halfHeight))
        let (right, bottom) = (Int(box.centerX + halfWidth), Int(box.centerY + halfHeight))
        let (width, height) = (max(right - left + 1, 1), max(bottom - top + 1, 1))
        let columns = max(left, 0)..<max(min(right + 1, size.width), max(left, 0))
        let rows = max(top, 0)..<max(min(bottom + 1, size.height), max(top, 0))
        var picture = Tensor.zeros([size.height, size.width])
        guard !rows.isEmpty, !columns.isEmpty else { return picture }
        let stretched = Resizing(height, width)
            .forward(bordered.reshaped(bordered.shape.image), .inference).output
            .reshaped([height, width])
        let visible = stretched.slice(axis: 0, rows.lowerBound - top..<rows.upperBound - top)
            .slice(axis: 1, columns.lowerBound - left..<columns.upperBound - left)
        var band = picture.slice(axis: 0, rows)
        band.assign(visible, axis: 1, columns)
        picture.assign(band, axis: 0, rows)
        return picture
    }
}

extension Shape {
    /// (1, H, W, 1) of (H, W).
    fileprivate var image: Shape { [1, self[0], self[1], 1] }
}
