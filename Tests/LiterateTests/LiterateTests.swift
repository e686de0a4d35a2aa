import Testing
import Literate
