import CognitronImages
import Testing
