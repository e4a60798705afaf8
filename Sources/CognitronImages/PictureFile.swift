import CJPEG
import CPNG
import CWebP
import Cognitron
import CognitronData

/// Reads and writes pictures as files: PNG, JPEG, WebP.
public enum PictureFile {
}
