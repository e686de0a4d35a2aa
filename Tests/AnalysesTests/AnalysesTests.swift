import Testing
import Analyses
