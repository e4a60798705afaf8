import CognitronPlots
import Testing
